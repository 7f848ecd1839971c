// SPDX-License-Identifier: Apache-2.0
#include "daemon/devices/targets.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <cerrno>
#include <fstream>
#include <system_error>

namespace zeroth::daemon::devices {
namespace {

/// The file behind a loop device; empty for any other, and where that file has no name any more.
std::string behind_loop(dev_t number) {
    std::ifstream file{
        fmt::format("/sys/dev/block/{}:{}/loop/backing_file", ::major(number), ::minor(number))};
    std::string path;
    std::getline(file, path);
    return path;
}

std::string file_identity(const struct stat& found) {
    return fmt::format("file {} of {}:{}", found.st_ino, ::major(found.st_dev),
                       ::minor(found.st_dev));
}

std::string block_identity(dev_t number) {
    struct stat behind {};
    if (const auto path = behind_loop(number); !path.empty() && ::stat(path.c_str(), &behind) == 0)
        return file_identity(behind);
    return fmt::format("device {}:{}", ::major(number), ::minor(number));
}

}  // namespace

plan::DiskTarget target_of(const std::string& path) {
    using Kind = plan::DiskTarget::Kind;
    plan::DiskTarget target;
    struct stat found {};
    if (::stat(path.c_str(), &found) != 0) {
        target.trouble = std::generic_category().message(errno);
        return target;
    }
    target.size = static_cast<std::uint64_t>(found.st_size);
    if (S_ISBLK(found.st_mode)) {
        target.kind = Kind::kBlockDevice;
        target.identity = block_identity(found.st_rdev);
    } else if (S_ISREG(found.st_mode)) {
        target.kind = Kind::kFile;
        target.identity = file_identity(found);
    } else {
        target.kind = Kind::kOther;
    }
    return target;
}

}  // namespace zeroth::daemon::devices
