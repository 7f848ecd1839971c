// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "hooks/script_calls.hpp"
#include "libdomain/device/paths.hpp"
#include "libdomain/plan/device.hpp"
#include "libdomain/plan/host_info.hpp"

namespace zeroth::daemon::devices {

/// A disk, open in dom0.
struct OpenDisk {
    /// "7:0", in hexadecimal: what blkback opens.
    std::string number;
    /// "/dev/loop0", and again where it is a loop device made for this.
    std::string path, loop;
    /// While it lives, so does what was opened.
    std::shared_ptr<void> hold;
    /// Whether the name that it was opened by still leads to it.
    std::function<Result<>()> check_again = [] { return Result<>{}; };
};

/// What dom0's kernel counts of a device; nothing of one that is not there.
struct NicCounts {
    std::uint64_t sent_bytes = 0, sent_packets = 0, received_bytes = 0, received_packets = 0;
};
struct DiskCounts {
    std::uint64_t reads = 0, writes = 0, sectors_read = 0, sectors_written = 0;
};

/// What is asked of dom0 and done in it for guests' devices. A simulated machine has a simulated
/// dom0. Any thread may call, several at once.
class Dom0 {
public:
    virtual ~Dom0() = default;

    // Before a domain is planned.
    virtual Result<std::vector<std::string>> bridges() = 0;
    virtual bool has_interface(const std::string& name) = 0;
    virtual plan::DiskTarget target(const std::string& path) = 0;
    /// kForeign: one that is to be run, whatever the reason.
    virtual plan::ScriptFile script(const std::string& path) = 0;

    /// Whether dom0 has what the interface needs, whose device id is not known yet. The value is
    /// what is odd and no obstacle, a sentence each.
    virtual Result<std::vector<std::string>> check(const plan::Nic& nic) = 0;

    // The hotplug that we do ourselves; each takes milliseconds.
    virtual Result<OpenDisk> open_disk(const plan::BlockDevice& disk) = 0;
    /// The number ("7:0") of what the backend has opened, so that nobody else need hold it; nothing
    /// as long as it has not.
    virtual std::optional<std::string> opened(const device::Paths& paths) = 0;
    /// The backend's interface is there: it is given its name, its place and its power. The MTU
    /// that it has then.
    virtual Result<std::uint32_t> connect(const plan::Nic& nic, const device::Paths& paths) = 0;
    /// What the guest has sent and received through the interface, by its name in dom0.
    virtual std::optional<NicCounts> nic_counts(const std::string& interface) = 0;
    virtual std::optional<DiskCounts> disk_counts(const device::Paths& paths) = 0;

    /// Whether people have added anything.
    virtual bool has_hooks() = 0;
    /// What people have added to that (`vif-post.d`), where there is anything: to be run after an
    /// interface is up, and on its way out.
    virtual std::optional<hooks::ScriptCall> hooks_call(const device::Paths& paths,
                                                        hooks::Phase phase,
                                                        const std::string& gatewaydev) = 0;
};

/// dom0 as it is.
std::unique_ptr<Dom0> open_dom0();
/// One whose backends are those of the simulated guests' machine.
std::unique_ptr<Dom0> simulated_dom0();

}  // namespace zeroth::daemon::devices
