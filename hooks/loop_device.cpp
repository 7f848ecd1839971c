// SPDX-License-Identifier: Apache-2.0
#include "hooks/loop_device.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/fs.h>
#include <linux/loop.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace zeroth::hooks {
namespace {

/// Others take loop devices too: between learning of a free one and having it, it may be gone.
constexpr int kTries = 64;
constexpr unsigned kLoopMajor = 7;

Result<> check_writable(int fd, const std::string& path) {
    int read_only = 0;
    if (::ioctl(fd, BLKROGET, &read_only) != 0) return errno_error("look at " + path);
    if (read_only == 0) return {};
    return fail(Error::message(EROFS, path + " can only be read"));
}

Result<std::uint64_t> block_device_size(int fd, const std::string& path) {
    std::uint64_t bytes = 0;
    if (::ioctl(fd, BLKGETSIZE64, &bytes) != 0) return errno_error("size of " + path);
    return bytes;
}

loop_config configuration(const DiskTarget& file, DirectIo direct) {
    loop_config config{};
    config.fd = static_cast<std::uint32_t>(file.fd());
    config.info.lo_flags = LO_FLAGS_AUTOCLEAR;
    if (direct == DirectIo::kWherePossible) config.info.lo_flags |= LO_FLAGS_DIRECT_IO;
    if (file.access() == Access::kReadOnly) config.info.lo_flags |= LO_FLAGS_READ_ONLY;
    // For those who list loop devices; the kernel has the file itself.
    auto* const name = static_cast<void*>(config.info.lo_file_name);
    std::memcpy(name, file.path().data(),
                std::min<std::size_t>(file.path().size(), LO_NAME_SIZE - 1));
    return config;
}

bool is_direct(int fd) {
    loop_info64 info{};
    return ::ioctl(fd, LOOP_GET_STATUS64, &info) == 0 && (info.lo_flags & LO_FLAGS_DIRECT_IO) != 0;
}

}  // namespace

DeviceNumber DeviceNumber::from(dev_t number) {
    return {.major = major(number), .minor = minor(number)};
}

std::string DeviceNumber::text() const { return fmt::format("{:x}:{:x}", major, minor); }

Result<DiskTarget> DiskTarget::open(const std::string& path, Access access) {
    DiskTarget target;
    target.path_ = path;
    target.access_ = access;
    const int flags = access == Access::kReadOnly ? O_RDONLY : O_RDWR;
    // Without O_NONBLOCK a FIFO would hold us up, and a drive without a disk refuse.
    target.fd_ = UniqueFd{::open(path.c_str(), flags | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)};
    struct stat facts {};
    if (!target.fd_ || ::fstat(target.fd_.get(), &facts) != 0) return errno_error("open " + path);
    if (S_ISBLK(facts.st_mode)) {
        target.kind_ = Kind::kBlockDevice;
        target.number_ = DeviceNumber::from(facts.st_rdev);
        if (access == Access::kReadWrite) ZEROTH_CHECK(check_writable(target.fd_.get(), path));
        ZEROTH_TRY(target.bytes_, block_device_size(target.fd_.get(), path));
    } else if (S_ISREG(facts.st_mode)) {
        target.file_ = {.device = facts.st_dev, .inode = facts.st_ino};
        target.bytes_ = static_cast<std::uint64_t>(facts.st_size);
    } else {
        return fail(path + " is neither a file nor a block device");
    }
    return target;
}

Result<> DiskTarget::check_again() const {
    struct stat facts {};
    if (::stat(path_.c_str(), &facts) != 0) return errno_error("look again at " + path_);
    const bool same = kind_ == Kind::kBlockDevice
                          ? S_ISBLK(facts.st_mode) && DeviceNumber::from(facts.st_rdev) == number_
                          : S_ISREG(facts.st_mode) &&
                                FileId{.device = facts.st_dev, .inode = facts.st_ino} == file_;
    if (same) return {};
    return fail(path_ + " is not what it was a moment ago: somebody has put something else there");
}

Result<LoopDevice> LoopDevice::from_configured(std::string path, UniqueFd fd) {
    struct stat facts {};
    if (::fstat(fd.get(), &facts) != 0) return errno_error(path);
    const auto number = DeviceNumber::from(facts.st_rdev);
    if (!S_ISBLK(facts.st_mode) || number.major != kLoopMajor)
        return fail(path + " is no loop device");
    const bool direct = hooks::is_direct(fd.get());
    return LoopDevice{std::move(path), std::move(fd), number, direct};
}

Result<LoopDevice> LoopDevice::acquire(const DiskTarget& file, DirectIo direct) {
    const std::string what = "loop device for " + file.path();
    if (file.kind() != DiskTarget::Kind::kFile) return fail(what + ": it is no file");
    const UniqueFd control{::open("/dev/loop-control", O_RDWR | O_CLOEXEC)};
    if (!control)
        return fail(std::move(errno_error(what + ": open /dev/loop-control"))
                        .error()
                        .with_hint("`modprobe loop` loads what makes loop devices"));
    const loop_config config = configuration(file, direct);
    for (int tries = kTries;; --tries) {
        const int number = ::ioctl(control.get(), LOOP_CTL_GET_FREE);
        if (number < 0) return errno_error(what + ": find a free one");
        std::string path = fmt::format("/dev/loop{}", number);
        const int flags = file.access() == Access::kReadOnly ? O_RDONLY : O_RDWR;
        UniqueFd fd{::open(path.c_str(), flags | O_CLOEXEC)};
        if (fd && ::ioctl(fd.get(), LOOP_CONFIGURE, &config) == 0) {
            auto made = from_configured(std::move(path), std::move(fd));
            if (!made) return fail(std::move(made).error().within(what));
            return made;
        }
        const bool taken = errno == EBUSY || errno == ENXIO;
        if (!taken || tries == 0) return errno_error(fmt::format("{}: {}", what, path));
    }
}

}  // namespace zeroth::hooks
