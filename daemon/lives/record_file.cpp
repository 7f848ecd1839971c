// SPDX-License-Identifier: Apache-2.0
#include "daemon/lives/record_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <span>

#include "core/log.hpp"

namespace zeroth::daemon::lives {
namespace {

constexpr char kCrossedOut = ' ';
/// What is crossed out, in bytes, is swept when it is more than this and half of what counts.
constexpr std::uint64_t kNotMuch = 16384;

Result<> write_at(const UniqueFd& file, std::uint64_t at, std::string_view text) {
    while (!text.empty()) {
        const auto count = ::pwrite(file.get(), text.data(), text.size(), static_cast<off_t>(at));
        if (count < 0) return errno_error("write");
        text.remove_prefix(static_cast<std::size_t>(count));
        at += static_cast<std::uint64_t>(count);
    }
    return {};
}

Result<std::string> read_at(const UniqueFd& file, std::uint64_t at, std::size_t size) {
    std::string text(size, '\0');
    for (std::span<char> rest{text}; !rest.empty();) {
        const auto count = ::pread(file.get(), rest.data(), rest.size(), static_cast<off_t>(at));
        if (count < 0) return errno_error("read");
        if (count == 0) return fail("it is shorter than it was");
        rest = rest.subspan(static_cast<std::size_t>(count));
        at += static_cast<std::uint64_t>(count);
    }
    return text;
}

Result<std::string> read_whole(const UniqueFd& file) {
    struct stat status {};
    if (::fstat(file.get(), &status) != 0) return errno_error("stat");
    return read_at(file, 0, static_cast<std::size_t>(status.st_size));
}

/// The file at the path is the old one or the new one at any time.
Result<UniqueFd> replace_file(const std::string& path, std::string_view text) {
    const auto next = path + ".new";
    UniqueFd file{::open(next.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600)};
    if (!file) return errno_error("create " + next);
    auto done = write_at(file, 0, text);
    if (done && ::rename(next.c_str(), path.c_str()) != 0) done = errno_error("rename");
    if (done) return file;
    ::unlink(next.c_str());
    return fail(std::move(done.error()).within(next));
}

}  // namespace

Result<> RecordFile::open() {
    if (file_) return {};
    std::error_code made;
    std::filesystem::create_directories(std::filesystem::path{path_}.parent_path(), made);
    file_ = UniqueFd{::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600)};
    if (!file_) return errno_error("open " + path_);
    return {};
}

void RecordFile::load(const Owner& owner) {
    const auto opened = open();
    const auto text = opened ? read_whole(file_) : fail(opened.error());
    if (!text) {
        log::warning("records of domains cannot be read: {}", text.error().text());
        return put_aside();
    }
    if (!take(*text, owner)) {
        log::warning("{} has lines that are no records of domains, and is kept as {}.bad", path_,
                     path_);
        if (const auto kept = replace_file(path_ + ".bad", *text); !kept)
            log::warning("{}", kept.error().text());
    }
    if (used_ == text->size()) return;
    if (const auto swept = sweep(); !swept) log::warning("{}", swept.error().text());
}

void RecordFile::put_aside() {
    file_ = UniqueFd{};
    std::error_code ignored, failed;
    const auto status = std::filesystem::symlink_status(path_, ignored);
    if (!std::filesystem::exists(status) || std::filesystem::is_directory(status)) return;
    std::filesystem::rename(path_, path_ + ".bad", failed);
    if (failed) return log::warning("{}", Error{failed, "rename " + path_}.text());
    log::warning("what is there is kept as {}.bad", path_);
}

bool RecordFile::take(std::string_view text, const Owner& owner) {
    bool sense = true;
    // What has no line feed was being written when the process was killed, and never counted.
    for (auto size = text.find('\n'); size != text.npos; size = text.find('\n')) {
        const auto line = text.substr(0, size);
        if (!line.starts_with(kCrossedOut)) {
            const auto uuid = owner(line);
            if (uuid) places_[*uuid] = {end_, size + 1};
            sense &= uuid.has_value();
        }
        end_ += size + 1;
        text.remove_prefix(size + 1);
    }
    for (const auto& [uuid, place] : places_) used_ += place.size;
    return sense;
}

Result<> RecordFile::write(const Uuid& uuid, std::string_view line) {
    ZEROTH_CHECK(open());
    const Place place{end_, line.size() + 1};
    if (const auto done = write_at(file_, end_, std::string{line} + '\n'); !done) {
        // What there was room for is not to end the next line.
        (void)::ftruncate(file_.get(), static_cast<off_t>(end_));
        return fail(Error{done.error()}.within(path_));
    }
    end_ += place.size;
    used_ += place.size;
    if (const auto former = places_.find(uuid); former != places_.end()) cross_out(former->second);
    places_[uuid] = place;
    sweep_if_much();
    return {};
}

Result<std::string> RecordFile::read(const Uuid& uuid) const {
    const auto found = places_.find(uuid);
    if (found == places_.end()) return fail(ENOENT, "a record of domain " + uuid.text());
    auto line = read_at(file_, found->second.begin, found->second.size - 1);
    if (!line) return fail(std::move(line.error()).within(path_));
    return line;
}

void RecordFile::erase(const Uuid& uuid) {
    const auto found = places_.find(uuid);
    if (found == places_.end()) return;
    cross_out(found->second);
    places_.erase(found);
    sweep_if_much();
}

void RecordFile::cross_out(const Place& place) {
    used_ -= place.size;
    if (const auto done = write_at(file_, place.begin, {&kCrossedOut, 1}); !done)
        log::warning("{}: {}", path_, done.error().text());
}

void RecordFile::sweep_if_much() {
    const auto unused = end_ - used_;
    if (unused > 0 && (used_ == 0 || unused > kNotMuch + used_ / 2)) {
        if (const auto swept = sweep(); !swept) log::warning("{}", swept.error().text());
    }
}

Result<> RecordFile::sweep() {
    std::string kept;
    std::map<Uuid, Place> places;
    for (const auto& [uuid, place] : places_) {
        ZEROTH_TRY(const auto line, read(uuid));
        places[uuid] = {kept.size(), place.size};
        kept += line + '\n';
    }
    ZEROTH_TRY(file_, replace_file(path_, kept));
    places_ = std::move(places);
    end_ = used_ = kept.size();
    return {};
}

}  // namespace zeroth::daemon::lives
