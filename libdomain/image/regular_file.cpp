// SPDX-License-Identifier: Apache-2.0
#include "libdomain/image/regular_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

namespace zeroth::image {
namespace {

const char* kind_of(mode_t mode) {
    if (S_ISDIR(mode)) return "a directory";
    if (S_ISFIFO(mode)) return "a FIFO";
    if (S_ISCHR(mode)) return "a character device";
    if (S_ISBLK(mode)) return "a block device";
    if (S_ISSOCK(mode)) return "a socket";
    return "not a regular file";
}

FileIdentity identity_of(const struct stat& status) {
    return {
        .size = static_cast<std::uint64_t>(status.st_size),
        .inode = status.st_ino,
        .mtime_ns = std::int64_t{status.st_mtim.tv_sec} * 1'000'000'000 + status.st_mtim.tv_nsec};
}

Result<> require_regular(const struct stat& status) {
    if (S_ISREG(status.st_mode)) return {};
    return fail(Error::message(
        S_ISDIR(status.st_mode) ? EISDIR : EINVAL,
        std::string{"this is "} + kind_of(status.st_mode) + ", where a regular file is needed"));
}

}  // namespace

Result<RegularFile> RegularFile::open(const std::string& path) {
    // Asked before opening, since opening alone can wait (a FIFO) or have effects (a device); and
    // again afterwards, since the name may have changed hands in between.
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0) return errno_error("cannot open it");
    ZEROTH_CHECK(require_regular(status));
    UniqueFd fd{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)};
    if (!fd) return errno_error("cannot open it");
    if (::fstat(fd.get(), &status) != 0) return errno_error("fstat");
    ZEROTH_CHECK(require_regular(status));
    return RegularFile{std::move(fd), identity_of(status)};
}

Result<> RegularFile::read_at(std::uint64_t offset, std::span<std::byte> out) const {
    while (!out.empty()) {
        const auto count =
            ::pread(fd_.get(), out.data(), std::min<std::size_t>(out.size(), 1U << 30),
                    static_cast<off_t>(offset));
        if (count < 0) {
            if (errno == EINTR) continue;
            return errno_error("cannot read it");
        }
        if (count == 0) return fail("the file became shorter while it was read");
        out = out.subspan(static_cast<std::size_t>(count));
        offset += static_cast<std::uint64_t>(count);
    }
    return {};
}

Result<> RegularFile::check_still(const FileIdentity& expected) const {
    struct stat status {};
    if (::fstat(fd_.get(), &status) != 0) return errno_error("fstat");
    if (identity_of(status) == expected) return {};
    return fail(Error::message("the file changed while the domain was being built")
                    .with_hint("Create the domain again once nothing writes to the file."));
}

}  // namespace zeroth::image
