// SPDX-License-Identifier: Apache-2.0
#include "daemon/console/marks.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <new>

#include "core/log.hpp"

namespace zeroth::daemon::console {
namespace {

/// The file is sparse: it takes room for those in use. The first place says what it is and how far
/// it is used.
constexpr std::size_t kPlaces = 16384;
constexpr std::size_t kSize = kPlaces * sizeof(Mark);
constexpr std::uint32_t kMagic = 0x7a63'6d31;  // this layout's

constexpr std::size_t kPage = 4096;

UniqueFd open_file(const std::string& path) {
    std::error_code made;
    std::filesystem::create_directories(std::filesystem::path{path}.parent_path(), made);
    UniqueFd fd{::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600)};
    if (fd && ::ftruncate(fd.get(), kSize) != 0) return {};
    return fd;
}

}  // namespace

Marks::Marks(const std::string& path) : file_{open_file(path)} {
    void* base = MAP_FAILED;
    if (file_ && reserve(1))
        base = ::mmap(nullptr, kSize, PROT_READ | PROT_WRITE, MAP_SHARED, file_.get(), 0);
    if (base == MAP_FAILED) {
        log::warning("{}: {}: a restart of xld may log the last bytes of consoles twice", path,
                     std::strerror(errno));
        file_ = UniqueFd{};
        base = ::mmap(nullptr, kSize, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (base == MAP_FAILED) throw std::bad_alloc{};
    }
    marks_ = {static_cast<Mark*>(base), kPlaces};
    auto& head = marks_.front();
    if (head.used == kMagic && head.number < kPlaces) return;
    std::ranges::fill(marks_.first(std::min<std::size_t>(head.number + 1, kPlaces)), Mark{});
    head.used = kMagic;
}

Marks::~Marks() { ::munmap(marks_.data(), kSize); }

bool Marks::reserve(std::size_t places) {
    if (!file_) return true;
    const std::size_t size = (places * sizeof(Mark) + kPage - 1) / kPage * kPage;
    const int error = ::posix_fallocate(file_.get(), 0, static_cast<off_t>(size));
    if (error != 0) errno = error;
    return error == 0;
}

std::span<Mark> Marks::used_part() { return marks_.subspan(1, marks_.front().number); }

Key Marks::key_of(const Mark& mark) {
    return {DomainId{mark.domain}, static_cast<zeroth::console::Kind>(mark.kind), mark.number};
}

Marks::Found Marks::find(const Key& key, const Uuid& uuid) {
    for (auto& mark : used_part()) {
        if (mark.used != 0 && key_of(mark) == key && mark.uuid == uuid.bytes) return {&mark, true};
    }
    const auto known = used_part();
    auto place = std::ranges::find(known, 0U, &Mark::used);
    Mark* mark = place == known.end() ? nullptr : &*place;
    if (mark == nullptr) {
        auto& head = marks_.front();
        if (head.number + 1 >= kPlaces || !reserve(head.number + std::size_t{2})) return {};
        mark = &marks_[++head.number];
    }
    *mark = Mark{};
    mark->domain = key.domain.raw();
    mark->kind = static_cast<std::uint8_t>(key.kind);
    mark->number = key.number;
    mark->uuid = uuid.bytes;
    mark->size = Mark::kNothing;
    // Last: a half-made one is free.
    mark->used = 1;
    return {mark, false};
}

void Marks::release(Mark* mark) {
    if (mark != nullptr) mark->used = 0;
}

}  // namespace zeroth::daemon::console
