// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "core/result.hpp"
#include "core/unique_fd.hpp"
#include "hooks/device_number.hpp"

/// What a guest's disk is made of in dom0: a block device, or a file behind a loop device.
namespace zeroth::hooks {

enum class Access { kReadOnly, kReadWrite };
enum class DirectIo { kNo, kWherePossible };

/// Something that a guest's disk can be: opened, so that it stays what it was found to be.
class DiskTarget {
public:
    enum class Kind { kBlockDevice, kFile };

    /// Refuses what is neither, and what cannot be opened with that access.
    static Result<DiskTarget> open(const std::string& path, Access access);

    Kind kind() const { return kind_; }
    const std::string& path() const { return path_; }
    Access access() const { return access_; }
    int fd() const { return fd_.get(); }
    /// A block device's number. While this object lives no other device can get it.
    DeviceNumber number() const { return number_; }
    std::uint64_t bytes() const { return bytes_; }
    /// Whether the path still leads to what was opened.
    Result<> check_again() const;

private:
    /// What a file is, whatever it is called: two names for one file have the same.
    struct FileId {
        dev_t device = 0;
        ino_t inode = 0;

        friend bool operator==(const FileId&, const FileId&) = default;
    };

    DiskTarget() = default;

    std::string path_;
    Access access_ = Access::kReadOnly;
    Kind kind_ = Kind::kFile;
    UniqueFd fd_;
    FileId file_;
    DeviceNumber number_;
    std::uint64_t bytes_ = 0;
};

/// A file as a block device. It goes with its last user: as long as this object lives that is we,
/// then the backend that has opened it. So a toolstack that dies leaves none behind, and nobody
/// need take it away when the guest ends.
class LoopDevice {
public:
    static Result<LoopDevice> acquire(const DiskTarget& file, DirectIo direct);

    /// "/dev/loop3"
    const std::string& path() const { return path_; }
    DeviceNumber number() const { return number_; }
    /// Whether I/O goes past dom0's page cache: not every file system can.
    bool is_direct() const { return direct_; }

private:
    static Result<LoopDevice> from_configured(std::string path, UniqueFd fd);
    LoopDevice(std::string path, UniqueFd fd, DeviceNumber number, bool direct)
        : path_{std::move(path)}, fd_{std::move(fd)}, number_{number}, direct_{direct} {}

    std::string path_;
    UniqueFd fd_;
    DeviceNumber number_;
    bool direct_;
};

}  // namespace zeroth::hooks
