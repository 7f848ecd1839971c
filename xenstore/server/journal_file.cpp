// SPDX-License-Identifier: Apache-2.0
#include "xenstore/server/journal_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstdio>
#include <cstring>
#include <limits>

#include "core/units.hpp"
#include "xenstore/server/journal_format.hpp"

namespace zeroth::xenstored {
namespace {

constexpr std::uint64_t kWindow = 256 * 1024;
/// Reserved at once, where there is so much.
constexpr std::uint64_t kStep = 512 * 1024;

std::uint64_t page_size() {
    static const auto size = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
    return size;
}

Error no_space(int errno_value, const std::string& path) {
    return Error{errno_value, "reserve space for " + path}.with_hint(fmt::format(
        "make room in the file system that holds {}: what is stored is kept there", path));
}

int allocate(const UniqueFd& file, std::uint64_t begin, std::uint64_t end) {
    int error = 0;
    do {
        error = ::posix_fallocate(file.get(), static_cast<off_t>(begin),
                                  static_cast<off_t>(end - begin));
    } while (error == EINTR);
    return error;
}

}  // namespace

Result<FileMapping> FileMapping::create(const UniqueFd& file, std::uint64_t begin, std::size_t size,
                                        Access access) {
    FileMapping mapping;
    if (size == 0) return mapping;
    const std::uint64_t page = align_down(begin, page_size());
    mapping.before_ = static_cast<std::size_t>(begin - page);
    const bool write = access == Access::kWrite;
    void* at = ::mmap(nullptr, mapping.before_ + size, write ? PROT_READ | PROT_WRITE : PROT_READ,
                      write ? MAP_SHARED | MAP_POPULATE : MAP_SHARED, file.get(),
                      static_cast<off_t>(page));
    if (at == MAP_FAILED) return errno_error(fmt::format("map {} bytes of the journal", size));
    mapping.begin_ = begin;
    mapping.bytes_ = {static_cast<std::byte*>(at) + mapping.before_, size};
    return mapping;
}

FileMapping::~FileMapping() {
    if (!bytes_.empty()) ::munmap(bytes_.data() - before_, before_ + bytes_.size());
}

Result<JournalFile> JournalFile::create(std::string path, const Uuid& boot) {
    ::unlink(path.c_str());
    UniqueFd file{::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600)};
    if (!file) return errno_error("make " + path);
    JournalFile journal{std::move(path), std::move(file), 0};
    const std::string header = journal_header(boot);
    ZEROTH_CHECK(journal.append_records(std::as_bytes(std::span{header})));
    return journal;
}

Result<JournalFile> JournalFile::open(std::string path, std::uint64_t end) {
    UniqueFd file{::open(path.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW)};
    if (!file) return errno_error("open " + path);
    JournalFile journal{std::move(path), std::move(file), end};
    ZEROTH_CHECK(journal.give_back());
    return journal;
}

Result<> JournalFile::give_back() {
    window_ = {};
    reserved_ = end_;
    // What remains is the zero length behind the last record; `reserve` adds zeros only.
    if (::ftruncate(file_.get(), static_cast<off_t>(end_ + kRecordHeadSize)) == 0) return {};
    return errno_error("truncate " + path_);
}

Result<> JournalFile::reserve(std::uint64_t bytes) {
    // The zero length behind the last record has its place, too.
    const std::uint64_t needed = end_ + bytes + kRecordHeadSize;
    if (needed <= reserved_) return {};
    const std::uint64_t smallest = align_up(needed, page_size());
    const std::uint64_t wanted = std::max(smallest, align_down(end_, page_size()) + kStep);
    if (allocate(file_, reserved_, wanted) == 0) {
        reserved_ = wanted;
    } else if (const int error = allocate(file_, reserved_, smallest); error == 0) {
        reserved_ = smallest;
    } else {
        return fail(no_space(error, path_));
    }
    return {};
}

Result<> JournalFile::move_window(std::uint64_t bytes) {
    ZEROTH_CHECK(reserve(bytes));
    window_ = {};
    const std::uint64_t size =
        std::max(bytes, std::min(reserved_ - kRecordHeadSize - end_, kWindow));
    ZEROTH_TRY(window_, FileMapping::create(file_, end_, static_cast<std::size_t>(size),
                                            FileMapping::Access::kWrite));
    return {};
}

Result<std::byte*> JournalFile::room(std::uint64_t bytes) {
    if (end_ + bytes > window_.end()) ZEROTH_CHECK(move_window(bytes));
    return window_.bytes().data() + (end_ - window_.begin());
}

Result<> JournalFile::append(std::string_view payload) {
    if (payload.size() > std::numeric_limits<std::uint32_t>::max() - kRecordHeadSize) {
        return fail(EFBIG, "a record for " + path_);
    }
    ZEROTH_TRY(std::byte* const at, room(record_size(payload.size())));
    const auto put = [&](std::size_t offset, std::uint32_t value) {
        if constexpr (std::endian::native == std::endian::big) value = std::byteswap(value);
        auto& word = *reinterpret_cast<std::uint32_t*>(at + offset);
        std::atomic_ref{word}.store(value, std::memory_order_release);
    };
    std::memcpy(at + kRecordHeadSize, payload.data(), payload.size());
    put(4, record_checksum(payload));
    put(0, static_cast<std::uint32_t>(payload.size()));
    end_ += record_size(payload.size());
    return {};
}

Result<> JournalFile::append_records(std::span<const std::byte> records) {
    if (records.empty()) return {};
    ZEROTH_TRY(std::byte* const at, room(records.size()));
    std::memcpy(at, records.data(), records.size());
    end_ += records.size();
    return {};
}

Result<FileMapping> JournalFile::map(std::uint64_t begin, std::size_t size) const {
    return FileMapping::create(file_, begin, size, FileMapping::Access::kRead);
}

Result<> JournalFile::rename(const std::string& path) {
    if (::rename(path_.c_str(), path.c_str()) != 0) {
        return errno_error(fmt::format("rename {} to {}", path_, path));
    }
    path_ = path;
    return {};
}

}  // namespace zeroth::xenstored
