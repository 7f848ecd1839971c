// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/ids.hpp"
#include "core/units.hpp"
#include "core/uuid.hpp"
#include "libdomain/config/cpu_set.hpp"

/// What a user asks for, typed and checked, whatever the form it was written in (xl.cfg or TOML).
/// Optional members are keys that were not given: whoever uses them knows the default.
namespace zeroth::config {

enum class Action {
    kDestroy,
    kRestart,
    kRenameRestart,
    kPreserve,
    kCoredumpDestroy,
    kCoredumpRestart,
    kSoftReset,
};

enum class GicVersion { kDefault, kV2, kV3 };
enum class Tee { kNone, kOptee, kFfa };
enum class Passthrough { kDefault, kDisabled, kEnabled, kSharePt };

/// `iomem`: machine frames the guest may reach, and where it sees them.
struct IomemRange {
    MachineFrame first;
    std::uint64_t count = 0;
    GuestFrame guest_first;

    friend bool operator==(const IomemRange&, const IomemRange&) = default;
};

/// `vif`: one network interface. Devices are parsed whole; the entry's text is kept for messages.
struct Vif {
    std::string text;
    std::optional<std::string> mac, bridge, gatewaydev, vifname, script, ip, model, backend;
    std::optional<std::uint32_t> devid, mtu;
    /// Bytes per interval and the interval in microseconds.
    struct Rate {
        std::uint64_t bytes = 0;
        std::uint32_t interval_us = 0;

        friend bool operator==(const Rate&, const Rate&) = default;
    };
    std::optional<Rate> rate;
    std::optional<std::string> vlan;
    bool trusted = true;

    /// Whether they ask for the same, however it was written.
    friend bool operator==(const Vif& a, const Vif& b);
};

enum class DiskFormat { kRaw, kQcow, kQcow2, kVhd, kQed, kEmpty };
enum class DiskBackend { kDefault, kPhy, kTap, kQdisk, kStandalone };

/// `disk`: one block device.
struct Disk {
    std::string text;
    std::string target;
    std::string vdev;
    DiskFormat format = DiskFormat::kRaw;
    DiskBackend backendtype = DiskBackend::kDefault;
    bool writable = true, cdrom = false, removable = false, direct_io_safe = false, trusted = true,
         discard = true, virtio = false;
    /// Though others use it too (`w!`).
    bool shared = false;
    std::optional<std::string> script, backend;
    /// For `virtio`: whether the backend maps memory by grants; else it depends on the backend.
    std::optional<bool> grant_usage;

    /// Whether they ask for the same, however it was written.
    friend bool operator==(const Disk& a, const Disk& b);
};

/// A device kind that is recognised but not modelled yet: the key and the entry's own text. An
/// entry that is itself a list (of `vsnd`) is kept as xl.cfg writes lists, brackets included.
struct OtherDevice {
    std::string key;
    std::string text;

    friend bool operator==(const OtherDevice&, const OtherDevice&) = default;
};

struct SchedulerParams {
    std::optional<std::uint32_t> weight, cap, period, budget, slice, latency;
    std::optional<bool> extratime;

    friend bool operator==(const SchedulerParams&, const SchedulerParams&) = default;
};

struct DomainConfig {
    std::string name;
    std::optional<Uuid> uuid;
    std::optional<std::string> pool, seclabel, init_seclabel;
    /// The text said `type="pv"` (or `builder`), which on ARM means the same guest.
    bool said_pv = false;

    std::optional<std::string> kernel, ramdisk, device_tree;
    /// The guest's command line, from cmdline= or root= and extra=.
    std::string cmdline;
    std::optional<std::string> bootloader;
    std::vector<std::string> bootloader_args;

    std::optional<KiB> memory, maxmem, shadow_memory;
    std::uint32_t vcpus = 1;
    std::optional<std::uint32_t> maxvcpus;
    /// Hard and soft affinity: empty when not given; one element for all vCPUs when `cpus` was a
    /// string; else element i is vCPU i's and vCPUs beyond the list may run anywhere.
    std::vector<CpuSelection> cpus, cpus_soft;
    bool cpus_is_list = false, cpus_soft_is_list = false;
    SchedulerParams sched;

    Action on_poweroff = Action::kDestroy, on_reboot = Action::kRestart,
           on_watchdog = Action::kDestroy, on_crash = Action::kDestroy,
           on_soft_reset = Action::kSoftReset;

    std::vector<IomemRange> iomem;
    std::vector<std::uint32_t> irqs;
    std::vector<std::string> dtdev;
    std::vector<Vif> vif;
    std::vector<Disk> disk;
    std::vector<OtherDevice> other_devices;

    GicVersion gic_version = GicVersion::kDefault;
    Tee tee = Tee::kNone;
    Passthrough passthrough = Passthrough::kDefault;
    bool vuart_sbsa = false, vpmu = false, acpi = false, nomigrate = false, driver_domain = false;
    std::optional<bool> trap_unmapped_accesses;
    /// Vector length in bits; 0 asks for the host's longest.
    std::optional<std::uint32_t> sve_bits;
    std::optional<std::uint32_t> nr_spis;
    std::optional<std::string> arm_sci;
    std::optional<std::uint32_t> max_grant_frames, max_maptrack_frames, max_grant_version,
        max_event_channels, xenstore_feature_mask;
    std::vector<std::uint32_t> llc_colors;
    /// `xenstore_quota`: name and value.
    std::map<std::string, std::uint32_t> xenstore_quota;

    friend bool operator==(const DomainConfig&, const DomainConfig&) = default;
};

/// The config's own word for an action ("rename-restart"), and for a format ("qcow2").
const char* word(Action action);
const char* word(DiskFormat format);

}  // namespace zeroth::config
