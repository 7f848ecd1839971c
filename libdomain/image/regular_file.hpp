// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "core/result.hpp"
#include "core/unique_fd.hpp"

namespace zeroth::image {

/// What tells one state of a file from another.
struct FileIdentity {
    std::uint64_t size = 0;
    std::uint64_t inode = 0;
    std::int64_t mtime_ns = 0;

    friend bool operator==(const FileIdentity&, const FileIdentity&) = default;
};

/// A file that can be read without waiting for anybody: FIFOs, devices and directories are refused
/// before they are opened.
class RegularFile {
public:
    static Result<RegularFile> open(const std::string& path);

    const FileIdentity& identity() const { return identity_; }
    /// Fills `out` from `offset`; an end of file on the way is an error.
    Result<> read_at(std::uint64_t offset, std::span<std::byte> out) const;
    /// An error if the file is no longer `expected`, which a caller saw earlier.
    Result<> check_still(const FileIdentity& expected) const;

private:
    RegularFile(UniqueFd fd, FileIdentity identity) : fd_{std::move(fd)}, identity_{identity} {}

    UniqueFd fd_;
    FileIdentity identity_;
};

}  // namespace zeroth::image
