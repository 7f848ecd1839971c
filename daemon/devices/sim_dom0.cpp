// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "daemon/devices/dom0.hpp"
#include "daemon/devices/targets.hpp"

namespace zeroth::daemon::devices {
namespace {

constexpr std::uint32_t kEthernet = 1500;

/// Its backends live in XenStore alone: there are no interfaces, and files are only looked at.
/// What is to fail is told by a bridge's name, as the backends take some of them.
class SimulatedDom0 final : public Dom0 {
public:
    Result<std::vector<std::string>> bridges() override {
        return std::vector<std::string>{
            "br0", "sim-hotplug-fails", "sim-no-backend", "sim-refused", "virbr0", "xenbr0"};
    }
    bool has_interface(const std::string& name) override { return name == "eth0"; }
    plan::DiskTarget target(const std::string& path) override { return target_of(path); }
    /// The simulating host's own scripts are none of the simulation's.
    plan::ScriptFile script(const std::string& path) override {
        return path.starts_with("/etc/") ? plan::ScriptFile::kMissing : plan::ScriptFile::kForeign;
    }

    Result<OpenDisk> open_disk(const plan::BlockDevice& disk) override {
        const bool file = disk.source == plan::BlockDevice::Source::kFile;
        OpenDisk open;
        open.number = "7:0";
        open.path = file ? "/dev/loop0" : disk.target;
        if (file) open.loop = open.path;
        open.hold = std::make_shared<int>();
        return open;
    }
    std::optional<std::string> opened(const device::Paths&) override { return "7:0"; }
    Result<std::vector<std::string>> check(const plan::Nic& nic) override {
        std::vector<std::string> odd;
        if (nic.mtu != 0 && nic.mtu != kEthernet)
            odd.push_back(fmt::format("the MTU asked for, {}, is not that of the bridge {}, {}",
                                      nic.mtu, nic.bridge, kEthernet));
        return odd;
    }
    Result<std::uint32_t> connect(const plan::Nic& nic, const device::Paths&) override {
        if (nic.bridge == "sim-hotplug-fails")
            return fail(EBUSY, "join the bridge sim-hotplug-fails");
        return nic.mtu == 0 ? kEthernet : nic.mtu;
    }
    std::optional<NicCounts> nic_counts(const std::string&) override { return NicCounts{}; }
    std::optional<DiskCounts> disk_counts(const device::Paths&) override { return DiskCounts{}; }
    bool has_hooks() override { return false; }
    std::optional<hooks::ScriptCall> hooks_call(const device::Paths&, hooks::Phase,
                                                const std::string&) override {
        return std::nullopt;
    }
};

}  // namespace

std::unique_ptr<Dom0> simulated_dom0() { return std::make_unique<SimulatedDom0>(); }

}  // namespace zeroth::daemon::devices
