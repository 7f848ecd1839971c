// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cstring>

#include "core/unique_fd.hpp"
#include "xl/doctor/checks.hpp"

namespace zeroth::xl::doctor {
namespace {

Finding xenfs(const Root& root) {
    if (root.exists("/proc/xen/capabilities")) return ok("xenfs", "mounted on /proc/xen");
    return missing("xenfs", "/proc/xen/capabilities is not there",
                   "mount -t xenfs xenfs /proc/xen (xencommons does that)");
}

Finding device(const Root& root, std::string_view name, std::string_view module) {
    const std::string path = fmt::format("/dev/xen/{}", name);
    if (!root.exists(path))
        return missing(std::string{name}, path + " is not there",
                       fmt::format("modprobe {}", module));
    if (!root.is_host()) return ok(std::string{name}, path);
    const UniqueFd fd{::open(path.c_str(), O_RDWR | O_CLOEXEC)};
    if (fd) return ok(std::string{name}, path);
    return missing(std::string{name}, fmt::format("{}: {}", path, std::strerror(errno)),
                   errno == EACCES ? "root may open it: ask as root" : "see the kernel's log");
}

Finding devpts(const Root& root) {
    const std::string mounts = root.text("/proc/mounts").value_or("");
    if (mounts.find(" devpts ") != std::string::npos) return ok("devpts", "mounted");
    return missing("devpts", "not mounted: guests' consoles have no terminals",
                   "mount -t devpts devpts /dev/pts");
}

Finding run(const Root& root) {
    const std::string folder = root.path("/run");
    struct statvfs space {};
    if (::access(folder.c_str(), root.is_host() ? W_OK : F_OK) != 0)
        return missing(
            "/run", std::strerror(errno),
            errno == EACCES ? "ask as root" : "xld and xenstored keep their state there");
    constexpr std::uint64_t kLeast = 8U << 20U;
    if (!root.is_host() || ::statvfs(folder.c_str(), &space) != 0) return ok("/run", "writable");
    const std::uint64_t free = std::uint64_t{space.f_bavail} * space.f_frsize;
    if (free >= kLeast) return ok("/run", fmt::format("writable, {} MiB free", free >> 20U));
    return warning("/run", fmt::format("{} KiB free", free >> 10U),
                   "xenstored's journal and xld's notes are there: make room");
}

/// A driver of guests' devices: in the kernel, or loaded.
Finding backend(const Root& root, std::string_view subject, std::string_view driver,
                std::string_view module, std::string_view whose) {
    if (root.exists(fmt::format("/sys/bus/xen-backend/drivers/{}", driver)))
        return ok(std::string{subject}, std::string{module});
    return warning(std::string{subject}, fmt::format("{} is not loaded", module),
                   fmt::format("modprobe {}, if guests are to have {}", module, whose));
}

Finding bridge(const Root& root) {
    std::string bridges;
    for (const auto& name : root.names("/sys/class/net"))
        if (root.exists(fmt::format("/sys/class/net/{}/bridge", name)))
            bridges += (bridges.empty() ? "" : ", ") + name;
    if (!bridges.empty()) return ok("bridge", bridges);
    return warning("bridge", "there is none",
                   "guests with a vif need one: ip link add xenbr0 type bridge");
}

}  // namespace

void check_kernel(const Root& root, Findings& findings) {
    findings.push_back(xenfs(root));
    findings.push_back(device(root, "privcmd", "xen-privcmd"));
    findings.push_back(device(root, "evtchn", "xen-evtchn"));
    findings.push_back(device(root, "gntdev", "xen-gntdev"));
    findings.push_back(devpts(root));
    findings.push_back(run(root));
    findings.push_back(backend(root, "disks", "vbd", "xen-blkback", "disks"));
    findings.push_back(backend(root, "network", "vif", "xen-netback", "network interfaces"));
    findings.push_back(bridge(root));
}

}  // namespace zeroth::xl::doctor
