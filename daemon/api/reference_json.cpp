// SPDX-License-Identifier: Apache-2.0
#include "daemon/api/reference_json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <iterator>

#include "daemon/api/config_members.hpp"
#include "daemon/api/device_json.hpp"

namespace zeroth::api {
namespace {

namespace json = boost::json;
using config::DomainConfig;

/// libxl's "no domain yet" and its "frame not given".
constexpr std::uint32_t kInvalidDomid = 0xFFFFFFFFU;
/// Above what any Xen on ARM can have; a list that goes further is not expanded.
constexpr std::uint32_t kMaxCpus = 4096;

/// Adds members in the order of the calls, leaving out what was not given.
class Builder {
public:
    explicit Builder(json::object& object) : object_{object} {}

    void put(std::string_view key, json::value value) { object_.emplace(key, std::move(value)); }
    void text(std::string_view key, const std::string& value) {
        if (!value.empty()) put(key, json::string(value));
    }
    void text(std::string_view key, const std::optional<std::string>& value) {
        if (value) put(key, json::string(*value));
    }
    template <class T>
    void number(std::string_view key, const std::optional<T>& value) {
        if (value) put(key, static_cast<std::uint64_t>(*value));
    }
    void number(std::string_view key, const std::optional<KiB>& value) {
        if (value) put(key, value->raw());
    }
    void if_true(std::string_view key, bool value) {
        if (value) put(key, "True");
    }
    template <class T>
    void array(std::string_view key, const std::vector<T>& values, auto&& convert) {
        if (values.empty()) return;
        json::array elements;
        for (const T& value : values) elements.push_back(convert(value));
        put(key, std::move(elements));
    }
    void numbers(std::string_view key, const std::vector<std::uint32_t>& values) {
        array(key, values, [](std::uint32_t value) { return json::value(std::uint64_t{value}); });
    }

private:
    json::object& object_;
};

std::string action_name(config::Action action) {
    // libxl's words have underscores, and one of them another order.
    if (action == config::Action::kRenameRestart) return "restart_rename";
    std::string name = kWords<config::Action>[static_cast<std::size_t>(action)];
    std::ranges::replace(name, '-', '_');
    return name;
}

json::object create_info(const DomainConfig& config, const Uuid& uuid, bool stored) {
    json::object object;
    Builder add{object};
    add.put("type", "pvh");
    add.text("ssid_label", config.seclabel);
    add.put("name", json::string(config.name));
    if (stored) add.put("domid", kInvalidDomid);
    add.put("uuid", json::string(config.uuid.value_or(uuid).text()));
    add.text("pool_name", config.pool);
    add.put("run_hotplug_scripts", "True");
    add.if_true("driver_domain", config.driver_domain);
    if (config.passthrough != config::Passthrough::kDefault)
        add.put("passthrough",
                kWords<config::Passthrough>[static_cast<std::size_t>(config.passthrough)]);
    return object;
}

/// The CPUs of a selection, if they can be told: "all" and nodes need the host's topology.
std::optional<std::vector<bool>> cpus_of(const config::CpuSelection& selection,
                                         const std::vector<std::uint32_t>& node_of) {
    std::uint32_t highest = 0;
    for (const auto& part : selection.parts) {
        if (node_of.empty() && part.kind != config::CpuPart::Kind::kCpus) return std::nullopt;
        highest = std::max(highest, part.last);
    }
    if (highest >= kMaxCpus) return std::nullopt;
    const std::vector<std::uint32_t> one_node(highest + 1U, 0);
    auto map = expand(selection, node_of.empty() ? one_node : node_of);
    if (!map) return std::nullopt;
    return *std::move(map);
}

json::array bitmap(const std::vector<bool>& map) {
    json::array bits;
    for (std::size_t i = 0; i < map.size(); ++i)
        if (map[i]) bits.push_back(std::uint64_t{i});
    return bits;
}

void add_affinity(Builder& add, std::string_view key, const DomainConfig& config,
                  const std::vector<config::CpuSelection>& selections, bool is_list,
                  const std::vector<std::uint32_t>& node_of) {
    if (selections.empty()) return;
    const std::size_t vcpus = std::min(config.maxvcpus.value_or(config.vcpus), kMaxCpus);
    const std::size_t count = is_list ? std::min(selections.size(), vcpus) : vcpus;
    json::array maps;
    for (std::size_t i = 0; i < count; ++i) {
        const auto cpus = cpus_of(selections[is_list ? i : 0], node_of);
        if (!cpus) return;
        maps.push_back(bitmap(*cpus));
    }
    add.put(key, std::move(maps));
}

void add_processors(Builder& add, const DomainConfig& config,
                    const std::vector<std::uint32_t>& node_of) {
    add.put("max_vcpus", config.maxvcpus.value_or(config.vcpus));
    json::array available;
    for (std::uint32_t vcpu = 0; vcpu < std::min(config.vcpus, kMaxCpus); ++vcpu)
        available.push_back(vcpu);
    add.put("avail_vcpus", std::move(available));
    add_affinity(add, "vcpu_hard_affinity", config, config.cpus, config.cpus_is_list, node_of);
    add_affinity(add, "vcpu_soft_affinity", config, config.cpus_soft, config.cpus_soft_is_list,
                 node_of);
    if (!config.cpus.empty() || !config.cpus_soft.empty()) add.put("numa_placement", "False");
}

json::object sched_params(const config::SchedulerParams& sched) {
    json::object object;
    Builder add{object};
    add.number("weight", sched.weight);
    add.number("cap", sched.cap);
    add.number("period", sched.period);
    add.number("budget", sched.budget);
    if (sched.extratime) add.put("extratime", *sched.extratime ? 1 : 0);
    add.number("slice", sched.slice);
    add.number("latency", sched.latency);
    return object;
}

json::value iomem_range(const config::IomemRange& range) {
    json::object object{{"start", range.first.raw()}, {"number", range.count}};
    if (range.guest_first.raw() != range.first.raw())
        object.emplace("gfn", range.guest_first.raw());
    return object;
}

json::object arch_arm(const DomainConfig& config) {
    json::object object;
    Builder add{object};
    if (config.gic_version != config::GicVersion::kDefault)
        add.put("gic_version",
                kWords<config::GicVersion>[static_cast<std::size_t>(config.gic_version)]);
    if (config.vuart_sbsa) add.put("vuart", "sbsa_uart");
    if (config.sve_bits)
        add.put("sve_vl", *config.sve_bits == 0 ? json::string("hw")
                                                : json::string(fmt::to_string(*config.sve_bits)));
    add.number("nr_spis", config.nr_spis);
    if (config.arm_sci) {
        std::string_view type = *config.arm_sci;
        if (type.starts_with("type=")) type.remove_prefix(5);
        add.put("arm_sci", json::object{{"type", json::string(type)}});
    }
    return object;
}

void add_boot(Builder& add, const DomainConfig& config) {
    const auto text = [](const std::string& value) { return json::value(json::string(value)); };
    add.text("kernel", config.kernel);
    add.text("cmdline", config.cmdline);
    add.text("ramdisk", config.ramdisk);
    add.text("device_tree", config.device_tree);
    add.if_true("acpi", config.acpi);
    add.text("bootloader", config.bootloader);
    add.array("bootloader_args", config.bootloader_args, text);
    if (config.tee != config::Tee::kNone)
        add.put("tee", kWords<config::Tee>[static_cast<std::size_t>(config.tee)]);
}

void add_arch(Builder& add, json::object arm) {
    add.put("type.pvh", json::object{});
    add.put("arch_arm", std::move(arm));
    add.put("arch_x86", json::object{});
}

json::object build_info(const DomainConfig& config, bool stored,
                        const std::vector<std::uint32_t>& node_of) {
    json::object object;
    Builder add{object};
    add_processors(add, config, node_of);
    add.number("max_memkb", config.maxmem ? config.maxmem : config.memory);
    add.number("target_memkb", config.memory);
    if (stored) add.put("video_memkb", 0);
    add.number("shadow_memkb", config.shadow_memory);
    add.text("exec_ssid_label", config.init_seclabel);
    add.if_true("disable_migrate", config.nomigrate);
    add.number("max_grant_frames", config.max_grant_frames);
    add.number("max_maptrack_frames", config.max_maptrack_frames);
    add.number("max_grant_version", config.max_grant_version);
    add.put("sched_params", sched_params(config.sched));
    add.numbers("irqs", config.irqs);
    add.array("iomem", config.iomem, iomem_range);
    add.numbers("llc_colors", config.llc_colors);
    add.put("claim_mode", "True");
    add.number("event_channels", config.max_event_channels);
    add_boot(add, config);
    add_arch(add, arch_arm(config));
    add.if_true("vpmu", config.vpmu);
    if (config.trap_unmapped_accesses)
        add.put("trap_unmapped_accesses", *config.trap_unmapped_accesses ? "True" : "False");
    add.number("xenstore_feature_mask", config.xenstore_feature_mask);
    if (!config.xenstore_quota.empty()) {
        json::object quota;
        for (const auto& [name, value] : config.xenstore_quota) quota.emplace(name, value);
        add.put("xenstore_quota", std::move(quota));
    }
    return object;
}

}  // namespace

json::value reference_disk(const config::Disk& disk, Form form) {
    json::object object;
    Builder add{object};
    add.text("backend_domname", disk.backend);
    add.text("pdev_path", disk.target);
    add.text("vdev", disk.vdev);
    if (disk.backendtype != config::DiskBackend::kDefault &&
        disk.backendtype != config::DiskBackend::kStandalone)
        add.put("backend", kWords<config::DiskBackend>[static_cast<std::size_t>(disk.backendtype)]);
    add.put("format", kWords<config::DiskFormat>[static_cast<std::size_t>(disk.format)]);
    add.text("script", disk.script);
    if (disk.removable) add.put("removable", 1);
    if (disk.writable) add.put("readwrite", 1);
    if (disk.cdrom) add.put("is_cdrom", 1);
    if (disk.direct_io_safe) add.put("direct_io_safe", true);
    if (!disk.discard) add.put("discard_enable", "False");
    if (disk.virtio) add.put("specification", "virtio");
    if (form == Form::kStored) add.put("colo_restore_enable", "False");
    if (!disk.trusted) add.put("trusted", "False");
    return object;
}

json::value reference_nic(const config::Vif& vif, std::optional<std::uint32_t> devid, Form form) {
    json::object object;
    Builder add{object};
    add.text("backend_domname", vif.backend);
    add.number("devid", devid);
    add.number("mtu", vif.mtu);
    add.text("vlan", vif.vlan);
    add.text("model", vif.model);
    add.text("mac", vif.mac);
    add.text("ip", vif.ip);
    add.text("bridge", vif.bridge);
    add.text("ifname", vif.vifname);
    add.text("script", vif.script);
    if (form == Form::kStored) add.put("nictype", "vif");
    if (vif.rate) {
        add.put("rate_bytes_per_interval", vif.rate->bytes);
        add.put("rate_interval_usecs", vif.rate->interval_us);
    }
    add.text("gatewaydev", vif.gatewaydev);
    if (!vif.trusted) add.put("trusted", "False");
    return object;
}

namespace {

/// Each list under its name with an s: "vkbs".
void add_served(Builder& add, const DomainConfig& config) {
    for (const char* list : {"vkb", "p9", "vdispl", "vsnd"}) {
        std::vector<config::OtherDevice> entries;
        std::ranges::copy_if(config.other_devices, std::back_inserter(entries),
                             [&](const auto& entry) { return entry.key == list; });
        std::uint32_t position = 0;
        add.array(fmt::format("{}s", list), entries,
                  [&](const auto& entry) { return reference_served(entry, position++); });
    }
}

void add_devices(Builder& add, const DomainConfig& config, Form form) {
    add.array("disks", config.disk,
              [form](const config::Disk& disk) { return reference_disk(disk, form); });
    std::uint32_t position = 0;
    add.array("nics", config.vif, [&](const config::Vif& vif) {
        return reference_nic(vif, vif.devid.value_or(position++), form);
    });
    add.array("dtdevs", config.dtdev, [](const std::string& path) {
        return json::value(json::object{{"path", json::string(path)}});
    });
    add_served(add, config);
}

void add_action(Builder& add, std::string_view key, config::Action action) {
    // libxl's own default is destroy for every event, whatever xl's is.
    if (action != config::Action::kDestroy) add.put(key, json::string(action_name(action)));
}

json::value whole(const DomainConfig& config, const Uuid& uuid, bool stored,
                  const std::vector<std::uint32_t>& node_of) {
    json::object object;
    Builder add{object};
    add.put("c_info", create_info(config, uuid, stored));
    add.put("b_info", build_info(config, stored, node_of));
    add_devices(add, config, stored ? Form::kStored : Form::kAsked);
    add_action(add, "on_poweroff", config.on_poweroff);
    add_action(add, "on_reboot", config.on_reboot);
    add_action(add, "on_watchdog", config.on_watchdog);
    add_action(add, "on_crash", config.on_crash);
    add_action(add, "on_soft_reset", config.on_soft_reset);
    return object;
}

}  // namespace

json::value reference_json(const DomainConfig& config, const Uuid& uuid,
                           const std::vector<std::uint32_t>& node_of) {
    return whole(config, uuid, false, node_of);
}

json::value stored_reference_json(const DomainConfig& config, const Uuid& uuid,
                                  const std::vector<std::uint32_t>& node_of) {
    return whole(config, uuid, true, node_of);
}

json::value domain0_reference_json(std::uint64_t max_kib, std::uint64_t target_kib) {
    json::object build;
    Builder add{build};
    add.put("max_memkb", max_kib);
    add.put("target_memkb", target_kib);
    add.put("sched_params", json::object{});
    add_arch(add, json::object{});
    return json::object{{"c_info", json::object{{"type", "pvh"}, {"name", "Domain-0"}}},
                        {"b_info", std::move(build)}};
}

void set_scheduler(json::value& config, std::string_view scheduler, std::uint32_t weight,
                   std::uint32_t cap) {
    json::object* object = config.if_object();
    json::value* build = object != nullptr ? object->if_contains("b_info") : nullptr;
    if (build == nullptr || !build->is_object()) return;
    json::object params{{"sched", json::string(scheduler)}, {"weight", weight}, {"cap", cap}};
    json::value& slot = build->get_object()["sched_params"];
    if (slot.is_object())
        for (const auto& member : slot.get_object()) params.insert(member);
    slot = std::move(params);
}

}  // namespace zeroth::api
