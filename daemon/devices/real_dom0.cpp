// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <net/if.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <mutex>
#include <vector>

#include "daemon/devices/dom0.hpp"
#include "daemon/devices/targets.hpp"
#include "hooks/counters.hpp"
#include "hooks/firewall.hpp"
#include "hooks/installed.hpp"
#include "hooks/loop_device.hpp"
#include "hooks/vif_hotplug.hpp"

namespace zeroth::daemon::devices {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::seconds kLinkAppears{10};

hooks::VifMode mode_of(plan::Nic::Way way) {
    switch (way) {
        case plan::Nic::Way::kBridge:
            return hooks::VifMode::kBridge;
        case plan::Nic::Way::kRoute:
            return hooks::VifMode::kRoute;
        case plan::Nic::Way::kNat:
            break;
    }
    return hooks::VifMode::kNat;
}

Result<std::vector<hooks::IpPrefix>> addresses_of(std::string_view text) {
    std::vector<hooks::IpPrefix> addresses;
    while (!text.empty()) {
        const auto word = text.substr(0, text.find(' '));
        text.remove_prefix(std::min(word.size() + 1, text.size()));
        if (word.empty()) continue;
        const auto address = hooks::IpPrefix::parse(word);
        if (!address)
            return fail(Error::message(EINVAL, fmt::format("ip: '{}' is no address", word)));
        addresses.push_back(*address);
    }
    return addresses;
}

Result<hooks::VifRequest> request_of(const plan::Nic& nic, const device::Paths& paths) {
    hooks::VifRequest request;
    request.domain = paths.guest;
    request.devid = paths.id;
    request.mode = mode_of(nic.way);
    request.bridge = nic.bridge;
    if (!nic.vifname.empty()) request.vifname = nic.vifname;
    if (nic.mtu != 0) request.mtu = hooks::Mtu{nic.mtu};
    ZEROTH_TRY(request.addresses, addresses_of(nic.ip));
    if (!nic.gatewaydev.empty()) request.gatewaydev = nic.gatewaydev;
    return request;
}

/// Connections to the kernel's network configuration, each in the hands of one thread at a time.
/// One that has failed is not to come back: what is on its way in it is not known.
class Networks {
public:
    Result<hooks::Network> take() {
        const std::lock_guard lock{mutex_};
        if (idle_.empty()) return hooks::Network::open();
        auto network = std::move(idle_.back());
        idle_.pop_back();
        return network;
    }
    void give_back(hooks::Network network) {
        const std::lock_guard lock{mutex_};
        if (idle_.size() < kMost) idle_.push_back(std::move(network));
    }

private:
    static constexpr std::size_t kMost = 2;
    std::mutex mutex_;
    std::vector<hooks::Network> idle_;
};

/// A disk's bytes: the block device or file, and what makes a device of a file.
struct Held {
    hooks::DiskTarget target;
    std::optional<hooks::LoopDevice> loop;
};

class RealDom0 final : public Dom0 {
public:
    Result<std::vector<std::string>> bridges() override {
        std::vector<std::string> names;
        std::error_code error;
        for (const auto& entry : fs::directory_iterator{"/sys/class/net", error}) {
            if (fs::exists(entry.path() / "bridge", error))
                names.push_back(entry.path().filename().string());
        }
        std::ranges::sort(names);
        return names;
    }
    bool has_interface(const std::string& name) override {
        return ::if_nametoindex(name.c_str()) != 0;
    }
    plan::DiskTarget target(const std::string& path) override { return target_of(path); }
    plan::ScriptFile script(const std::string& path) override {
        switch (hooks::origin_of(path)) {
            case hooks::ScriptOrigin::kMissing:
                return plan::ScriptFile::kMissing;
            case hooks::ScriptOrigin::kChanged:
                return plan::ScriptFile::kForeign;
            case hooks::ScriptOrigin::kOurs:
                break;
        }
        const auto name = path.substr(path.rfind('/') + 1);
        const auto mode = name == "vif-route" ? hooks::VifMode::kRoute
                          : name == "vif-nat" ? hooks::VifMode::kNat
                                              : hooks::VifMode::kBridge;
        const bool vif = name.starts_with("vif-");
        return vif && hooks::needs_script(mode) ? plan::ScriptFile::kForeign
                                                : plan::ScriptFile::kShipped;
    }

    Result<OpenDisk> open_disk(const plan::BlockDevice& disk) override {
        const auto access = disk.writable ? hooks::Access::kReadWrite : hooks::Access::kReadOnly;
        ZEROTH_TRY(auto target, hooks::DiskTarget::open(disk.target, access));
        const auto hold = std::make_shared<Held>(Held{std::move(target), {}});
        OpenDisk open;
        open.hold = hold;
        open.check_again = [hold] { return hold->target.check_again(); };
        if (hold->target.kind() == hooks::DiskTarget::Kind::kBlockDevice) {
            open.number = hold->target.number().text();
            open.path = disk.target;
            return open;
        }
        ZEROTH_TRY(auto loop,
                   hooks::LoopDevice::acquire(hold->target, hooks::DirectIo::kWherePossible));
        open.number = loop.number().text();
        open.path = open.loop = loop.path();
        hold->loop.emplace(std::move(loop));
        return open;
    }
    std::optional<std::string> opened(const device::Paths& paths) override {
        const auto number = hooks::blkback_device(paths.guest, paths.id);
        return number ? std::optional{number->text()} : std::nullopt;
    }
    Result<std::vector<std::string>> check(const plan::Nic& nic) override {
        ZEROTH_TRY(const auto request, request_of(nic, {}));
        ZEROTH_TRY(auto network, networks_.take());
        ZEROTH_TRY(auto odd, hooks::check(network, request));
        networks_.give_back(std::move(network));
        return odd;
    }
    Result<std::uint32_t> connect(const plan::Nic& nic, const device::Paths& paths) override {
        ZEROTH_TRY(auto request, request_of(nic, paths));
        ZEROTH_TRY(auto network, networks_.take());
        ZEROTH_TRY(const auto ready, hooks::bring_up(network, std::move(request), kLinkAppears));
        networks_.give_back(std::move(network));
        return ready.mtu.raw();
    }
    std::optional<NicCounts> nic_counts(const std::string& interface) override {
        auto network = networks_.take();
        if (!network) return std::nullopt;
        const auto link = network->find(interface);
        if (!link || !*link) return std::nullopt;
        networks_.give_back(*std::move(network));
        // What the guest sends, dom0 receives.
        const auto& seen = (*link)->traffic;
        return NicCounts{seen.received_bytes, seen.received_packets, seen.sent_bytes,
                         seen.sent_packets};
    }
    std::optional<DiskCounts> disk_counts(const device::Paths& paths) override {
        const auto seen = hooks::blkback_traffic(paths.guest, paths.id);
        if (!seen) return std::nullopt;
        return DiskCounts{seen->reads, seen->writes, seen->sectors_read, seen->sectors_written};
    }
    bool has_hooks() override { return !hooks::vif_hooks().empty(); }
    std::optional<hooks::ScriptCall> hooks_call(const device::Paths& paths, hooks::Phase phase,
                                                const std::string& gatewaydev) override {
        if (!has_hooks()) return std::nullopt;
        return hooks::vif_hooks_call({paths.kind, paths.guest, paths.id}, phase, gatewaydev);
    }

private:
    Networks networks_;
};

}  // namespace

std::unique_ptr<Dom0> open_dom0() { return std::make_unique<RealDom0>(); }

}  // namespace zeroth::daemon::devices
