// SPDX-License-Identifier: Apache-2.0
#include "libdomain/config/keys.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "libdomain/config/handlers.hpp"
#include "libdomain/config/spelling.hpp"

namespace zeroth::config {
namespace {

using enum KeySpec::Takes;
using enum KeySpec::OnArm;
using enum KeySpec::Effect;
using Takes = KeySpec::Takes;
using Effect = KeySpec::Effect;
using C = DomainConfig;
using S = SchedulerParams;

constexpr char kAction[] = " action", kNothing[] = "";

constexpr std::array<std::pair<std::string_view, Action>, 7> kActions{{
    {"destroy", Action::kDestroy},
    {"restart", Action::kRestart},
    {"rename-restart", Action::kRenameRestart},
    {"preserve", Action::kPreserve},
    {"coredump-destroy", Action::kCoredumpDestroy},
    {"coredump-restart", Action::kCoredumpRestart},
    {"soft-reset", Action::kSoftReset},
}};
constexpr std::array<std::pair<std::string_view, GicVersion>, 3> kGics{
    {{"default", GicVersion::kDefault}, {"v2", GicVersion::kV2}, {"v3", GicVersion::kV3}}};
constexpr std::array<std::pair<std::string_view, Tee>, 3> kTees{
    {{"none", Tee::kNone}, {"optee", Tee::kOptee}, {"ffa", Tee::kFfa}}};
constexpr std::array<std::pair<std::string_view, bool>, 1> kVuarts{{{"sbsa_uart", true}}};

constexpr std::uint64_t from_mib(std::uint64_t mib) { return mib << 10U; }

/// Two banks of guest memory, 3 GiB and 1016 GiB (xen/include/public/arch-arm.h).
constexpr Bounds kMemory{.least = 1,
                         .most = 1019 * 1024,
                         .unit = "MiB",
                         .reason = " (1019 GiB) fit a guest's address space"};
constexpr Bounds kVcpus{.least = 1, .most = 128, .unit = "vCPU", .reason = "s on ARM"};
/// Event channels of the FIFO kind (xen/include/public/event_channel.h).
constexpr Bounds kEventChannels{.least = 1, .most = 131071};
constexpr Bounds kAny{};

template <auto Member>
constexpr auto kActionKey = word_key<Member, kActions, kAction>;

constexpr KeySpec device(std::string_view name, std::string_view doc) {
    return {name, kList, kYes, kLater, other_device_key, doc};
}
/// What its entries ask for is done.
constexpr KeySpec done_device(std::string_view name, std::string_view doc) {
    return {name, kList, kYes, kNow, other_device_key, doc};
}
constexpr KeySpec x86(std::string_view name, std::string_view doc = "of x86 guests") {
    return {name, kAnything, kNo, kNone, x86_key, doc};
}
constexpr KeySpec unused(std::string_view name, std::string_view doc) {
    return {name, kAnything, kPart, kNone, unused_key, doc};
}

constexpr std::array kTable{
    // General
    KeySpec{"name", kText, kYes, kNow, name_key, "the guest's name, unique on the host"},
    KeySpec{"uuid", kText, kYes, kNow, uuid_key, "the guest's UUID"},
    KeySpec{"type", kWord, kYes, kNow, type_key, "the kind of guest: pvh"},
    KeySpec{"builder", kWord, kPart, kNow, builder_key, "an old word for type"},
    KeySpec{"pool", kText, kYes, kNow, text_key<&C::pool>, "the CPU pool to run in"},
    KeySpec{"seclabel", kText, kYes, kLater, text_key<&C::seclabel>, "the XSM label"},
    KeySpec{"init_seclabel", kText, kYes, kLater, text_key<&C::init_seclabel>,
            "the XSM label while the guest is built"},
    KeySpec{"driver_domain", kBool, kYes, kNow, bool_key<&C::driver_domain>,
            "whether the guest serves devices to others"},
    KeySpec{"nomigrate", kBool, kYes, kNone, bool_key<&C::nomigrate>,
            "whether migration is forbidden"},
    KeySpec{"max_grant_frames", kNumber, kYes, kNow, number_key<&C::max_grant_frames>,
            "pages of the grant table", kAny},
    KeySpec{"max_maptrack_frames", kNumber, kYes, kNow, number_key<&C::max_maptrack_frames>,
            "pages for grants the guest maps", kAny},
    KeySpec{"max_grant_version",
            kNumber,
            kYes,
            kNow,
            number_key<&C::max_grant_version>,
            "the newest grant table format",
            {.most = 2}},
    KeySpec{"max_event_channels", kNumber, kYes, kNow, number_key<&C::max_event_channels>,
            "how many event channels", kEventChannels},
    KeySpec{"xenstore_feature_mask", kNumber, kYes, kLater, number_key<&C::xenstore_feature_mask>,
            "XenStore features offered", kAny},
    KeySpec{"xenstore_quota", kList, kYes, kLater, xenstore_quota_key,
            "limits in XenStore, name=value", kAny},
    // CPUs and scheduling
    KeySpec{"vcpus", kNumber, kYes, kNow, number_key<&C::vcpus>, "vCPUs online at start", kVcpus},
    KeySpec{"maxvcpus", kNumber, kYes, kNow, number_key<&C::maxvcpus>, "vCPUs at most", kVcpus},
    KeySpec{"cpus", kTextOrList, kYes, kNow, cpus_key, "CPUs that vCPUs may run on"},
    KeySpec{"cpus_soft", kTextOrList, kYes, kNow, cpus_soft_key, "CPUs that vCPUs prefer"},
    KeySpec{"cpu_weight",
            kNumber,
            kYes,
            kNow,
            sched_key<&S::weight>,
            "share of CPU time against other guests",
            {.least = 1, .most = 65535}},
    KeySpec{"cap",
            kNumber,
            kYes,
            kNow,
            sched_key<&S::cap>,
            "most CPU time, per cent of one CPU",
            {.most = 65535, .unit = "%"}},
    KeySpec{"period",
            kNumber,
            kPart,
            kNow,
            sched_key<&S::period>,
            "period of the RTDS scheduler",
            {.least = 1, .unit = "us"}},
    KeySpec{"budget",
            kNumber,
            kPart,
            kNow,
            sched_key<&S::budget>,
            "budget of the RTDS scheduler",
            {.least = 1, .unit = "us"}},
    KeySpec{"extratime", kBool, kPart, kNow,
            [](Draft& draft, const KeySpec& spec, const Setting& setting) {
                if (auto flag = read_bool(setting.value, spec.name, draft.report))
                    draft.config.sched.extratime = *flag;
            },
            "whether RTDS gives idle time too"},
    KeySpec{"slice", kNumber, kPart, kNone, sched_key<&S::slice>, "of schedulers long gone", kAny},
    KeySpec{"latency", kNumber, kPart, kNone, sched_key<&S::latency>, "of schedulers long gone",
            kAny},
    x86("vnuma", "virtual NUMA nodes"),
    // Memory
    KeySpec{"memory", kNumber, kYes, kNow, size_key<&C::memory, from_mib>, "memory at start",
            kMemory},
    KeySpec{"maxmem", kNumber, kYes, kNow, size_key<&C::maxmem, from_mib>, "memory at most",
            kMemory},
    KeySpec{"shadow_memory", kNumber, kYes, kNow, size_key<&C::shadow_memory, from_mib>,
            "memory for Xen's page tables of the guest", kMemory},
    KeySpec{"llc_colors",
            kList,
            kPart,
            kNow,
            llc_colors_key,
            "colours of the last-level cache",
            {.most = 65535}},
    // Boot
    KeySpec{"kernel", kText, kYes, kNow, text_key<&C::kernel>, "the kernel's file"},
    KeySpec{"ramdisk", kText, kYes, kNow, text_key<&C::ramdisk>, "the initial ramdisk's file"},
    KeySpec{"cmdline", kText, kYes, kNow, draft_text_key<&Draft::cmdline>,
            "the kernel's command line"},
    KeySpec{"root", kText, kYes, kNow, draft_text_key<&Draft::root>, "root= of the command line"},
    KeySpec{"extra", kText, kYes, kNow, draft_text_key<&Draft::extra>,
            "the rest of the command line"},
    KeySpec{"bootloader", kText, kYes, kLater, text_key<&C::bootloader>,
            "a program that finds the kernel"},
    KeySpec{"bootloader_args", kTextOrList, kYes, kLater, bootloader_args_key, "its arguments"},
    KeySpec{"bootloader_restrict", kBool, kYes, kNone, checked_unused_bool_key,
            "no boot loader program is run yet"},
    unused("bootloader_user", "no boot loader program is run yet"),
    KeySpec{"device_tree", kText, kYes, kNow, text_key<&C::device_tree>,
            "a partial device tree for the guest"},
    KeySpec{"acpi", kBool, kPart, kLater, bool_key<&C::acpi>, "whether the guest has ACPI tables"},
    // What happens when the guest ends
    KeySpec{"on_poweroff", kWord, kYes, kNow, kActionKey<&C::on_poweroff>,
            "what to do when it powers off"},
    KeySpec{"on_reboot", kWord, kYes, kNow, kActionKey<&C::on_reboot>,
            "what to do when it reboots"},
    KeySpec{"on_watchdog", kWord, kYes, kNow, kActionKey<&C::on_watchdog>,
            "what to do when its watchdog fires"},
    KeySpec{"on_crash", kWord, kYes, kNow, kActionKey<&C::on_crash>, "what to do when it crashes"},
    KeySpec{"on_soft_reset", kWord, kPart, kNow, kActionKey<&C::on_soft_reset>,
            "what to do when it asks for a soft reset"},
    // What the guest is made of on ARM
    KeySpec{"gic_version", kWord, kYes, kNow, word_key<&C::gic_version, kGics, kNothing>,
            "the interrupt controller"},
    KeySpec{"vuart", kWord, kYes, kNow, word_key<&C::vuart_sbsa, kVuarts, kNothing>,
            "an emulated UART"},
    KeySpec{"tee", kWord, kPart, kNow, word_key<&C::tee, kTees, kNothing>,
            "the trusted execution environment to reach"},
    KeySpec{"sve", kText, kPart, kNow, sve_key, "length of SVE vectors, in bits", {.most = 2048}},
    KeySpec{"vpmu", kBool, kPart, kNow, bool_key<&C::vpmu>, "whether it has a performance monitor"},
    KeySpec{"nr_spis",
            kNumber,
            kYes,
            kNow,
            number_key<&C::nr_spis>,
            "shared interrupts",
            {.most = 5088}},
    KeySpec{"trap_unmapped_accesses", kBool, kYes, kNow, bool_key<&C::trap_unmapped_accesses>,
            "whether touching unmapped memory is a fault"},
    KeySpec{"arm_sci", kText, kPart, kNow, arm_sci_key, "access to the system controller"},
    // The host's devices
    KeySpec{"passthrough", kWord, kPart, kNow, passthrough_key,
            "whether the IOMMU is set up for the guest"},
    KeySpec{"dtdev", kList, kPart, kNow, dtdev_key, "devices behind the IOMMU, by path"},
    KeySpec{"iomem", kList, kYes, kNow, iomem_key, "device memory the guest may reach"},
    KeySpec{"irqs", kList, kYes, kNow, irqs_key, "interrupts the guest receives"},
    // Virtual devices
    KeySpec{"vif", kList, kYes, kNow, vif_key, "network interfaces"},
    KeySpec{"disk", kList, kYes, kNow, disk_key, "block devices"},
    KeySpec{"vif2", kList, kNo, kNone, superseded_key, "an old list of interfaces"},
    done_device("p9", "file systems shared by 9P"),
    device("pvcalls", "sockets served by another domain"),
    device("virtio", "virtio devices over MMIO"),
    done_device("vkb", "keyboards and pointers"),
    device("vfb", "framebuffers"),
    done_device("vdispl", "displays"),
    done_device("vsnd", "sound cards"),
    done_device("channel", "byte channels to dom0"),
    device("vtpm", "trusted platform modules"),
    device("usbctrl", "USB controllers"),
    device("usbdev", "USB devices of the host"),
    device("pci", "PCI devices of the host"),
    unused("pci_msitranslate", "PCI devices cannot be passed through yet"),
    unused("pci_permissive", "PCI devices cannot be passed through yet"),
    unused("pci_seize", "PCI devices cannot be passed through yet"),
    unused("pci_power_mgmt", "PCI devices cannot be passed through yet"),
    // Of the device model, which no guest here has
    unused("device_model_version", "no device model is run"),
    unused("device_model_override", "no device model is run"),
    unused("device_model_args", "no device model is run"),
    unused("device_model_args_pv", "no device model is run"),
    unused("device_model_args_hvm", "no device model is run"),
    unused("device_model_user", "no device model is run"),
    unused("dm_restrict", "no device model is run"),
    unused("device_model_stubdomain_override", "no device model is run"),
    unused("device_model_stubdomain_seclabel", "no device model is run"),
    unused("device_model_stubdomain_init_seclabel", "no device model is run"),
    unused("stubdomain_memory", "no device model is run"),
    unused("stubdomain_kernel", "no device model is run"),
    unused("stubdomain_cmdline", "no device model is run"),
    unused("stubdomain_ramdisk", "no device model is run"),
    // Of x86
    x86("serial", "emulated serial ports; a guest's console is always there"),
    x86("hap"),
    x86("oos"),
    x86("pae"),
    x86("nx"),
    x86("apic"),
    x86("acpi_s3"),
    x86("acpi_s4"),
    x86("acpi_laptop_slate"),
    x86("acpi_firmware"),
    x86("smbios"),
    x86("smbios_firmware"),
    x86("bios"),
    x86("bios_path_override"),
    x86("firmware"),
    x86("firmware_override"),
    x86("hpet"),
    x86("vpt_align"),
    x86("timer_mode"),
    x86("tsc_mode"),
    x86("localtime"),
    x86("rtc_timeoffset"),
    x86("hvm_pirq"),
    x86("viridian"),
    x86("nestedhvm"),
    x86("altp2m"),
    x86("altp2mhvm"),
    x86("altp2m_count"),
    x86("cpuid"),
    x86("msr_relaxed"),
    x86("mca_caps"),
    x86("ms_vm_genid"),
    x86("mmio_hole"),
    x86("e820_host"),
    x86("pvshim"),
    x86("pvshim_path"),
    x86("pvshim_cmdline"),
    x86("pvshim_extra"),
    x86("ioports"),
    x86("rdm"),
    x86("rdm_mem_boundary"),
    x86("gfx_passthru"),
    x86("vga"),
    x86("stdvga"),
    x86("videoram"),
    x86("vnc"),
    x86("vnclisten"),
    x86("vncpasswd"),
    x86("vncdisplay"),
    x86("vncunused"),
    x86("keymap"),
    x86("display"),
    x86("spice"),
    x86("spicehost"),
    x86("spiceport"),
    x86("spicetls_port"),
    x86("spicepasswd"),
    x86("spicedisable_ticketing"),
    x86("spiceagent_mouse"),
    x86("spicevdagent"),
    x86("spice_clipboard_sharing"),
    x86("spiceusbredirection"),
    x86("spice_image_compression"),
    x86("spice_streaming_video"),
    x86("sdl"),
    x86("opengl"),
    x86("nographic"),
    x86("soundhw"),
    x86("usb"),
    x86("usbversion"),
    x86("usbdevice"),
    x86("vkb_device"),
    x86("xen_platform_pci"),
    x86("vendor_device"),
    x86("hdtype"),
    x86("boot"),
    x86("xend_suspend_evtchn_compat"),
    x86("vmtrace_buf_kb"),
};

void unknown_key(Draft& draft, const Setting& setting) {
    std::vector<std::string_view> names;
    // What will not be printed need not be searched for: a file of noise has thousands of keys.
    if (draft.report.keeps(Severity::kWarning)) {
        for (const KeySpec& spec : kTable) names.push_back(spec.name);
    }
    const std::string_view near = nearest(setting.key, names);
    draft.report.warning(
        setting.key_span, fmt::format("unknown key `{}`", shown(setting.key)),
        near.empty() ? std::string{"it is ignored"} : fmt::format("did you mean `{}`?", near));
}

}  // namespace

std::span<const KeySpec> key_table() { return kTable; }

const KeySpec* find_key(std::string_view name) {
    const auto* const spec = std::find_if(kTable.begin(), kTable.end(),
                                          [name](const KeySpec& row) { return row.name == name; });
    return spec == kTable.end() ? nullptr : spec;
}

void read_settings(Draft& draft) {
    for (const Setting& setting : draft.settings) {
        if (setting.value.kind == Value::Kind::kBroken) continue;
        const KeySpec* const spec = find_key(setting.key);
        if (spec == nullptr) {
            unknown_key(draft, setting);
        } else {
            spec->apply(draft, *spec, setting);
        }
    }
}

}  // namespace zeroth::config
