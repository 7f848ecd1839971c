// SPDX-License-Identifier: Apache-2.0
#include "xenstore/server/journal_recovery.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <limits>
#include <span>

#include "core/log.hpp"
#include "core/unique_fd.hpp"
#include "xenstore/server/change_codec.hpp"
#include "xenstore/server/compaction.hpp"
#include "xenstore/server/journal_format.hpp"

namespace zeroth::xenstored {
namespace {

constexpr std::size_t kCopiedAtOnce = 1024 * 1024;

/// A new journal, which is seen under its name only when it has its header.
Result<JournalFile> begin(const std::string& path, const Uuid& boot) {
    ZEROTH_TRY(auto file, JournalFile::create(path_beside(path), boot));
    ZEROTH_CHECK(file.rename(path));
    return file;
}

Result<JournalFile> begin_anew(const std::string& path, const Uuid& boot, const Error& reason) {
    const std::string aside = path_aside(path);
    if (::rename(path.c_str(), aside.c_str()) != 0) return errno_error("rename " + path);
    log::warning("journal {}: {}: nothing of it is taken; it is kept as {}", path, reason.text(),
                 aside);
    return begin(path, boot);
}

Result<FileMapping> map_whole(const UniqueFd& file, const std::string& path) {
    struct stat status {};
    if (::fstat(file.get(), &status) != 0) return errno_error("stat " + path);
    if (!S_ISREG(status.st_mode)) return fail(EINVAL, path + " is no regular file");
    const auto size = static_cast<std::uint64_t>(status.st_size);
    if (size > std::numeric_limits<std::size_t>::max()) return fail(EFBIG, path);
    return FileMapping::create(file, 0, static_cast<std::size_t>(size), FileMapping::Access::kRead);
}

/// Whether all changes of a record can be read.
Result<> check(std::span<const std::byte> record) {
    ChangeReader changes{record};
    for (;;) {
        ZEROTH_TRY(const auto change, changes.next());
        if (!change) return {};
    }
}

/// Where the records end that can be trusted; an Error if that is not the end.
struct Extent {
    std::uint64_t end = 0;
    Result<> rest;
};
Extent extent_of(RecordReader reader) {
    for (;;) {
        const std::size_t begin = reader.position();
        auto record = reader.next();
        if (!record) return {begin, fail(std::move(record).error())};
        if (!*record) return {begin, {}};
        if (auto good = check(**record); !good) {
            auto error = std::move(good).error();
            return {begin, fail(std::move(error).within(fmt::format("record at byte {}", begin)))};
        }
    }
}

std::size_t used(std::span<const std::byte> bytes) {
    while (!bytes.empty() && bytes.back() == std::byte{0}) bytes = bytes.first(bytes.size() - 1);
    return bytes.size();
}

}  // namespace

std::string path_aside(const std::string& journal) { return journal + ".aside"; }

Result<JournalFile> recover(const std::string& path, const Uuid& boot) {
    ::unlink(path_beside(path).c_str());
    const UniqueFd file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)};
    if (!file && errno == ENOENT) return begin(path, boot);
    if (!file) return errno_error("open " + path);
    ZEROTH_TRY(const FileMapping mapping, map_whole(file, path));
    const auto reader = RecordReader::open(mapping.bytes(), boot);
    if (!reader) return begin_anew(path, boot, reader.error());
    const Extent extent = extent_of(*reader);
    if (!extent.rest) return cut(path, boot, extent.end, extent.rest.error());
    return JournalFile::open(path, extent.end);
}

Result<JournalFile> cut(const std::string& path, const Uuid& boot, std::uint64_t end,
                        const Error& reason) {
    const UniqueFd file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW)};
    if (!file) return errno_error("open " + path);
    ZEROTH_TRY(const FileMapping mapping, map_whole(file, path));
    const std::string aside = path_aside(path);
    const auto rest = mapping.bytes().subspan(static_cast<std::size_t>(end));
    log::warning(
        "journal {}: {}: the {} bytes before are taken, the {} from there on are not; the "
        "file is kept as {}",
        path, reason.text(), end, used(rest), aside);
    ::unlink(aside.c_str());
    if (::link(path.c_str(), aside.c_str()) != 0) return errno_error("link " + aside);
    ZEROTH_TRY(auto copy, JournalFile::create(path_beside(path), boot));
    auto records = mapping.bytes().first(static_cast<std::size_t>(end)).subspan(kJournalHeaderSize);
    while (!records.empty()) {
        const auto some = records.first(std::min(records.size(), kCopiedAtOnce));
        ZEROTH_CHECK(copy.append_records(some));
        records = records.subspan(some.size());
    }
    ZEROTH_CHECK(copy.rename(path));
    return copy;
}

}  // namespace zeroth::xenstored
