// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/api/members.hpp"

/// The tables of a DomainConfig and all it holds: the config's own keys and words, where it has
/// them.
namespace zeroth::api {

template <>
inline constexpr std::array kWords<config::GicVersion>{"default", "v2", "v3"};
template <>
inline constexpr std::array kWords<config::Tee>{"none", "optee", "ffa"};
template <>
inline constexpr std::array kWords<config::Passthrough>{"default", "disabled", "enabled",
                                                        "share_pt"};
template <>
inline constexpr std::array kWords<config::DiskFormat>{"raw", "qcow", "qcow2",
                                                       "vhd", "qed",  "empty"};
template <>
inline constexpr std::array kWords<config::DiskBackend>{"default", "phy", "tap", "qdisk",
                                                        "standalone"};
template <>
inline constexpr std::array kWords<config::Action>{
    "destroy",          "restart",          "rename-restart", "preserve",
    "coredump-destroy", "coredump-restart", "soft-reset"};

template <>
inline constexpr auto kMembers<config::IomemRange> = std::tuple{
    required("first", &config::IomemRange::first),
    required("count", &config::IomemRange::count),
    required("guest_first", &config::IomemRange::guest_first),
};

template <>
inline constexpr auto kMembers<config::Vif::Rate> = std::tuple{
    required("bytes", &config::Vif::Rate::bytes),
    required("interval_us", &config::Vif::Rate::interval_us),
};

template <>
inline constexpr auto kMembers<config::Vif> = std::tuple{
    defaulted("text", &config::Vif::text),       defaulted("mac", &config::Vif::mac),
    defaulted("bridge", &config::Vif::bridge),   defaulted("gatewaydev", &config::Vif::gatewaydev),
    defaulted("vifname", &config::Vif::vifname), defaulted("script", &config::Vif::script),
    defaulted("ip", &config::Vif::ip),           defaulted("model", &config::Vif::model),
    defaulted("backend", &config::Vif::backend), defaulted("devid", &config::Vif::devid),
    defaulted("mtu", &config::Vif::mtu),         defaulted("rate", &config::Vif::rate),
    defaulted("vlan", &config::Vif::vlan),       defaulted("trusted", &config::Vif::trusted),
};

template <>
inline constexpr auto kMembers<config::Disk> = std::tuple{
    defaulted("text", &config::Disk::text),
    defaulted("target", &config::Disk::target),
    required("vdev", &config::Disk::vdev),
    defaulted("format", &config::Disk::format),
    defaulted("backendtype", &config::Disk::backendtype),
    defaulted("writable", &config::Disk::writable),
    defaulted("cdrom", &config::Disk::cdrom),
    defaulted("removable", &config::Disk::removable),
    defaulted("direct_io_safe", &config::Disk::direct_io_safe),
    defaulted("trusted", &config::Disk::trusted),
    defaulted("discard", &config::Disk::discard),
    defaulted("virtio", &config::Disk::virtio),
    defaulted("shared", &config::Disk::shared),
    defaulted("script", &config::Disk::script),
    defaulted("backend", &config::Disk::backend),
};

template <>
inline constexpr auto kMembers<config::OtherDevice> = std::tuple{
    required("key", &config::OtherDevice::key),
    required("text", &config::OtherDevice::text),
};

template <>
inline constexpr auto kMembers<config::SchedulerParams> = std::tuple{
    defaulted("weight", &config::SchedulerParams::weight),
    defaulted("cap", &config::SchedulerParams::cap),
    defaulted("period", &config::SchedulerParams::period),
    defaulted("budget", &config::SchedulerParams::budget),
    defaulted("slice", &config::SchedulerParams::slice),
    defaulted("latency", &config::SchedulerParams::latency),
    defaulted("extratime", &config::SchedulerParams::extratime),
};

template <>
inline constexpr auto kMembers<config::DomainConfig> = std::tuple{
    required("name", &config::DomainConfig::name),
    defaulted("uuid", &config::DomainConfig::uuid),
    defaulted("pool", &config::DomainConfig::pool),
    defaulted("seclabel", &config::DomainConfig::seclabel),
    defaulted("init_seclabel", &config::DomainConfig::init_seclabel),
    defaulted("said_pv", &config::DomainConfig::said_pv),
    defaulted("kernel", &config::DomainConfig::kernel),
    defaulted("ramdisk", &config::DomainConfig::ramdisk),
    defaulted("device_tree", &config::DomainConfig::device_tree),
    defaulted("cmdline", &config::DomainConfig::cmdline),
    defaulted("bootloader", &config::DomainConfig::bootloader),
    defaulted("bootloader_args", &config::DomainConfig::bootloader_args),
    defaulted("memory_kib", &config::DomainConfig::memory),
    defaulted("maxmem_kib", &config::DomainConfig::maxmem),
    defaulted("shadow_memory_kib", &config::DomainConfig::shadow_memory),
    defaulted("vcpus", &config::DomainConfig::vcpus),
    defaulted("maxvcpus", &config::DomainConfig::maxvcpus),
    defaulted("cpus", &config::DomainConfig::cpus),
    defaulted("cpus_soft", &config::DomainConfig::cpus_soft),
    defaulted("cpus_is_list", &config::DomainConfig::cpus_is_list),
    defaulted("cpus_soft_is_list", &config::DomainConfig::cpus_soft_is_list),
    defaulted("sched", &config::DomainConfig::sched),
    defaulted("on_poweroff", &config::DomainConfig::on_poweroff),
    defaulted("on_reboot", &config::DomainConfig::on_reboot),
    defaulted("on_watchdog", &config::DomainConfig::on_watchdog),
    defaulted("on_crash", &config::DomainConfig::on_crash),
    defaulted("on_soft_reset", &config::DomainConfig::on_soft_reset),
    defaulted("iomem", &config::DomainConfig::iomem),
    defaulted("irqs", &config::DomainConfig::irqs),
    defaulted("dtdev", &config::DomainConfig::dtdev),
    defaulted("vif", &config::DomainConfig::vif),
    defaulted("disk", &config::DomainConfig::disk),
    defaulted("other_devices", &config::DomainConfig::other_devices),
    defaulted("gic_version", &config::DomainConfig::gic_version),
    defaulted("tee", &config::DomainConfig::tee),
    defaulted("passthrough", &config::DomainConfig::passthrough),
    defaulted("vuart_sbsa", &config::DomainConfig::vuart_sbsa),
    defaulted("vpmu", &config::DomainConfig::vpmu),
    defaulted("acpi", &config::DomainConfig::acpi),
    defaulted("nomigrate", &config::DomainConfig::nomigrate),
    defaulted("driver_domain", &config::DomainConfig::driver_domain),
    defaulted("trap_unmapped_accesses", &config::DomainConfig::trap_unmapped_accesses),
    defaulted("sve_bits", &config::DomainConfig::sve_bits),
    defaulted("nr_spis", &config::DomainConfig::nr_spis),
    defaulted("arm_sci", &config::DomainConfig::arm_sci),
    defaulted("max_grant_frames", &config::DomainConfig::max_grant_frames),
    defaulted("max_maptrack_frames", &config::DomainConfig::max_maptrack_frames),
    defaulted("max_grant_version", &config::DomainConfig::max_grant_version),
    defaulted("max_event_channels", &config::DomainConfig::max_event_channels),
    defaulted("xenstore_feature_mask", &config::DomainConfig::xenstore_feature_mask),
    defaulted("llc_colors", &config::DomainConfig::llc_colors),
    defaulted("xenstore_quota", &config::DomainConfig::xenstore_quota),
};

}  // namespace zeroth::api
