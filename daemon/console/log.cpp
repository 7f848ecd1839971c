// SPDX-License-Identifier: Apache-2.0
#include "daemon/console/log.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "core/log.hpp"
#include "daemon/console/log_folder.hpp"

namespace zeroth::daemon::console {
namespace {

constexpr std::chrono::seconds kRetry{1};
constexpr int kFlags = O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY;

struct Status {
    std::uint64_t inode = 0, size = 0;
};
Status status_of(int fd) {
    struct stat status {};
    if (::fstat(fd, &status) != 0) return {};
    return {status.st_ino, static_cast<std::uint64_t>(status.st_size)};
}

}  // namespace

/// Positions begin far from zero, so that there is always room for a note before what is there.
Log::Log(std::shared_ptr<LogFolder> folder, std::string name, Mark* mark)
    : folder_{std::move(folder)},
      mark_{mark},
      name_{std::move(name)},
      path_{folder_->path() + '/' + name_} {
    constexpr std::uint64_t kFirstPosition = std::uint64_t{1} << 40;
    folder_->begin_use(name_);
    folder_->make();
    // What is before a rotation can be replayed too.
    before_.fd = UniqueFd{
        ::open(zeroth::console::rotated_name(path_, 1).c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW)};
    if (before_.fd) before_.size = status_of(before_.fd.get()).size;
    const Mark former = mark != nullptr ? *mark : Mark{};
    open(kFirstPosition);
    recall(former);
    before_.base = now_.base - std::min(now_.base, before_.size);
    if (!now_.fd) fall_back({}, errno);
    folder_->prune();
}

/// Goes on as the xld before that left its mark, if this is still the file it was about.
void Log::recall(const Mark& former) {
    if (!now_.fd || former.file == 0 || former.file != status_of(now_.fd.get()).inode) return;
    now_.base = former.base;
    first_ = former.first;
    if (former.size < now_.size) {
        left_over_ = now_.size - former.size;
        left_over_from_ = former.consumer;
    }
    remember();
}

void Log::remember() {
    if (mark_ == nullptr) return;
    mark_->size = Mark::kNothing;
    mark_->file = now_.fd ? status_of(now_.fd.get()).inode : 0;
    mark_->base = now_.base;
    mark_->first = first_;
}

void Log::begin_here() {
    first_ = end();
    remember();
}

std::uint64_t Log::logged_from(std::uint32_t consumer) const {
    return consumer == left_over_from_ ? left_over_ : 0;
}

Log::Log() { memory_.emplace(0); }

Log::~Log() {
    if (folder_) folder_->end_use(name_);
}

void Log::open(std::uint64_t end) {
    now_.fd = UniqueFd{::open(path_.c_str(), kFlags, 0640)};
    now_.size = now_.fd ? status_of(now_.fd.get()).size : 0;
    now_.base = end - std::min(end, now_.size);
    remember();
}

std::uint64_t Log::end() const { return memory_ ? memory_->end() : now_.end(); }

Dropped Log::dropped() const {
    auto all = dropped_;
    if (folder_) all.unwritten += lost();
    return all;
}

std::uint64_t Log::back(std::uint64_t count) const {
    const std::uint64_t last = end();
    return std::max(first_, last - std::min(count, last));
}

void Log::note(std::string_view text) { append(fmt::format("[xld: {}]\r\n", text)); }

void Log::append(std::string_view bytes) {
    make_room(bytes.size());
    write(bytes);
}

void Log::append_from(std::uint32_t consumer, std::string_view bytes) {
    make_room(bytes.size());
    if (mark_ != nullptr && !memory_) {
        mark_->consumer = consumer;
        mark_->size = now_.size;
    }
    write(bytes);
}

void Log::make_room(std::size_t count) {
    if (memory_ && Clock::now() >= retry_at_) recover();
    if (!memory_ && now_.size > 0 && now_.size + count > folder_->limits().size) rotate();
    if (mark_ != nullptr) mark_->size = Mark::kNothing;
}

void Log::write(std::string_view bytes) {
    if (memory_) return memory_->append(bytes);
    while (!bytes.empty()) {
        const auto written = ::write(now_.fd.get(), bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return fall_back(bytes, written < 0 ? errno : EIO);
        now_.size += static_cast<std::uint64_t>(written);
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
}

void Log::fall_back(std::string_view unwritten, int errno_value) {
    if (errno_ != errno_value) {
        log::warning("{}: {}: the last bytes are kept in memory until it can be written to", path_,
                     std::strerror(errno_value));
    }
    memory_.emplace(now_.end());
    memory_->append(unwritten);
    errno_ = errno_value;
    retry_at_ = Clock::now() + kRetry;
}

/// What is still in memory goes to the file after all, behind a note about what is not.
void Log::recover() {
    retry_at_ = Clock::now() + kRetry;
    if (!folder_) return;
    if (!now_.fd) open(now_.end());
    if (!now_.fd) return;
    const auto gap = lost();
    std::string rest(static_cast<std::size_t>(memory_->end() - memory_->begin()), '\0');
    memory_->read(memory_->begin(), rest);
    if (gap > 0) {
        const auto text =
            fmt::format("[xld: {} bytes dropped: {}]\r\n", gap, std::strerror(errno_));
        const auto written = ::write(now_.fd.get(), text.data(), text.size());
        if (written != static_cast<std::ptrdiff_t>(text.size())) {
            // Half a note is taken back: a full disk has room for it again every second.
            if (written > 0 && ::ftruncate(now_.fd.get(), static_cast<off_t>(now_.size)) != 0)
                now_.size = status_of(now_.fd.get()).size;
            return;
        }
        now_.size += text.size();
        now_.base = memory_->begin() - now_.size;
        first_ = std::max(first_, memory_->begin() - text.size());
        before_ = {};
        dropped_.unwritten += gap;
    }
    remember();
    memory_.reset();
    write(rest);
    if (!memory_) errno_ = 0;
}

void Log::rotate() {
    const auto& limits = folder_->limits();
    if (limits.files <= 1) return start_over();
    const auto oldest = zeroth::console::rotated_name(path_, limits.files - 1);
    struct stat status {};
    const bool drops = ::lstat(oldest.c_str(), &status) == 0;
    for (const auto& move : zeroth::console::plan_rotation(path_, limits.files)) {
        if (::rename(move.from.c_str(), move.to.c_str()) == 0 || errno == ENOENT) continue;
        log::warning("{}: {}", move.to, std::strerror(errno));
        return start_over();
    }
    before_ = std::exchange(now_, {});
    open(before_.end());
    if (!now_.fd) {
        now_.base = before_.end();
        return fall_back({}, errno);
    }
    if (drops && status.st_size > 0) tell_of_rotation(static_cast<std::uint64_t>(status.st_size));
    folder_->prune();
}

/// Where nothing can be moved out of the way, the file still stays as small as it has to.
void Log::start_over() {
    const std::uint64_t gone = now_.size;
    if (::ftruncate(now_.fd.get(), 0) != 0) return fall_back({}, errno);
    now_.base += gone;
    now_.size = 0;
    remember();
    tell_of_rotation(gone);
}

void Log::tell_of_rotation(std::uint64_t bytes) {
    dropped_.rotated += bytes;
    write(fmt::format("[xld: {} bytes dropped: the oldest, by rotation]\r\n", bytes));
}

void Log::reopen() {
    if (memory_) return recover();
    before_ = std::exchange(now_, {});
    open(before_.end());
    if (!now_.fd) {
        now_.base = before_.end();
        return fall_back({}, errno);
    }
    // The same file as before, or one that somebody else put there.
    if (now_.base < before_.end()) before_ = {};
}

void Log::rename(const std::string& name) {
    if (!folder_ || name == name_) return;
    const auto path = folder_->path() + '/' + name;
    folder_->begin_use(name);
    folder_->end_use(name_);
    if (move_files(path)) {
        path_ = path;
    } else {
        go_on_in(path);
    }
    name_ = name;
}

/// False where a file is in the way, or cannot be moved.
bool Log::move_files(const std::string& path) const {
    using zeroth::console::rotated_name;
    struct stat status {};
    const auto files = folder_->limits().files;
    for (unsigned age = 0; age < files; ++age) {
        if (::lstat(rotated_name(path, age).c_str(), &status) == 0) return false;
    }
    if (now_.fd && ::rename(path_.c_str(), path.c_str()) != 0) return false;
    // One that stays behind is found under its old name, and counts among the old logs.
    for (unsigned age = 1; age < files; ++age)
        (void)::rename(rotated_name(path_, age).c_str(), rotated_name(path, age).c_str());
    return true;
}

void Log::go_on_in(const std::string& path) {
    note(fmt::format("the domain has another name: its log goes on in {}", path));
    const auto before = std::exchange(path_, path);
    if (memory_) return recover();
    const auto last = now_.end();
    before_ = {};
    now_ = {};
    open(last);
    // What another domain printed is shown to nobody as this one's.
    begin_here();
    if (!now_.fd) {
        now_.base = last;
        return fall_back({}, errno);
    }
    note(fmt::format("what it printed before is in {}", before));
}

Log::Piece Log::read(std::uint64_t position, std::span<char> copy) const {
    position = std::max(position, first_);
    for (const File* file : {&before_, &now_}) {
        if (!file->fd || position >= file->end()) continue;
        position = std::max(position, file->base);
        const auto left = static_cast<std::size_t>(file->end() - position);
        const auto got = ::pread(file->fd.get(), copy.data(), std::min(copy.size(), left),
                                 static_cast<off_t>(position - file->base));
        if (got > 0) return {position, static_cast<std::size_t>(got)};
        position = file->end();  // somebody cut the file: what is gone is skipped
    }
    if (!memory_) return {std::max(position, now_.base), 0};
    position = std::clamp(position, memory_->begin(), memory_->end());
    return {position, memory_->read(position, copy)};
}

}  // namespace zeroth::daemon::console
