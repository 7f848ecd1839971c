// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <linux/loop.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <optional>

#include "hooks/loop_device.hpp"

namespace zeroth::hooks {
namespace {

namespace fs = std::filesystem;

std::optional<LoopUse> use_of(const std::string& path) {
    const UniqueFd fd{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
    loop_info64 info{};
    struct stat facts {};
    if (!fd || ::fstat(fd.get(), &facts) != 0 || ::ioctl(fd.get(), LOOP_GET_STATUS64, &info) != 0)
        return std::nullopt;  // it has gone meanwhile
    const bool read_only = (info.lo_flags & LO_FLAGS_READ_ONLY) != 0;
    return LoopUse{.path = path,
                   .number = DeviceNumber::from(facts.st_rdev),
                   .file = {.device = info.lo_device, .inode = info.lo_inode},
                   .access = read_only ? Access::kReadOnly : Access::kReadWrite,
                   .direct = (info.lo_flags & LO_FLAGS_DIRECT_IO) != 0};
}

}  // namespace

Result<std::vector<LoopUse>> loop_devices() {
    std::vector<LoopUse> found;
    std::error_code error;
    for (fs::directory_iterator entry{"/sys/block", error}, end; !error && entry != end;
         entry.increment(error)) {
        const std::string name = entry->path().filename();
        std::error_code ignored;
        // The folder `loop` is there while the device has a file.
        if (!name.starts_with("loop") || !fs::exists(entry->path() / "loop", ignored)) continue;
        if (auto use = use_of("/dev/" + name)) found.push_back(*std::move(use));
    }
    if (error) return fail(Error{error, "list the block devices in /sys/block"});
    return found;
}

Result<std::vector<LoopUse>> loops_of(FileId file) {
    ZEROTH_TRY(auto found, loop_devices());
    std::erase_if(found, [&](const LoopUse& use) { return use.file != file; });
    return found;
}

}  // namespace zeroth::hooks
