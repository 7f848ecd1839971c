// SPDX-License-Identifier: Apache-2.0
#include "libdomain/config/written.hpp"

#include <fmt/format.h>

#include <optional>

#include "libdomain/config/xl_parser.hpp"

namespace zeroth::config {
namespace {

Value text_value(std::string text) {
    Value value;
    value.kind = Value::Kind::kString;
    value.text = std::move(text);
    return value;
}

Value number_value(std::uint64_t number) {
    Value value;
    value.kind = Value::Kind::kNumber;
    value.text = fmt::format("{}", number);
    return value;
}

Value bool_value(bool flag) {
    Value value;
    value.kind = Value::Kind::kBool;
    value.text = flag ? "1" : "0";
    return value;
}

template <class Range, class Make>
Value list_value(const Range& range, Make make) {
    Value value;
    value.kind = Value::Kind::kList;
    for (const auto& element : range) value.elements.push_back(make(element));
    return value;
}

class Writer {
public:
    explicit Writer(const DomainConfig& config) : config_{config} {}

    std::vector<Setting> all() {
        general();
        boot();
        memory_and_cpus();
        scheduler();
        actions();
        arm();
        limits();
        host_devices();
        other_devices();
        return std::move(settings_);
    }

private:
    void put(const char* key, Value value) {
        settings_.push_back({.key = key, .key_span = {}, .value = std::move(value)});
    }
    void put(const char* key, const std::optional<std::string>& text) {
        if (text) put(key, text_value(*text));
    }
    void put(const char* key, std::optional<std::uint32_t> number) {
        if (number) put(key, number_value(*number));
    }
    void put(const char* key, std::optional<KiB> size) {
        if (size) put(key, number_value(size->raw() >> 10U));
    }
    void put_flag(const char* key, bool flag) {
        if (flag) put(key, bool_value(true));
    }
    void put_action(const char* key, Action action, Action fallback) {
        if (action != fallback) put(key, text_value(word(action)));
    }

    void general();
    void boot();
    void memory_and_cpus();
    void affinity(const char* key, const std::vector<CpuSelection>& cpus, bool is_list);
    void scheduler();
    void actions();
    void arm();
    void limits();
    void colors();
    void host_devices();
    void other_devices();

    const DomainConfig& config_;
    std::vector<Setting> settings_;
};

void Writer::general() {
    put("name", text_value(config_.name));
    if (config_.uuid) put("uuid", text_value(config_.uuid->text()));
    if (config_.said_pv) put("type", text_value("pv"));
    put("pool", config_.pool);
    put("seclabel", config_.seclabel);
    put("init_seclabel", config_.init_seclabel);
    put_flag("driver_domain", config_.driver_domain);
    put_flag("nomigrate", config_.nomigrate);
}

void Writer::boot() {
    put("kernel", config_.kernel);
    put("ramdisk", config_.ramdisk);
    if (!config_.cmdline.empty()) put("cmdline", text_value(config_.cmdline));
    put("bootloader", config_.bootloader);
    if (!config_.bootloader_args.empty())
        put("bootloader_args", list_value(config_.bootloader_args, text_value));
    put("device_tree", config_.device_tree);
    put_flag("acpi", config_.acpi);
}

void Writer::memory_and_cpus() {
    put("memory", config_.memory);
    put("maxmem", config_.maxmem);
    put("shadow_memory", config_.shadow_memory);
    if (config_.vcpus != 1) put("vcpus", number_value(config_.vcpus));
    put("maxvcpus", config_.maxvcpus);
    affinity("cpus", config_.cpus, config_.cpus_is_list);
    affinity("cpus_soft", config_.cpus_soft, config_.cpus_soft_is_list);
}

void Writer::affinity(const char* key, const std::vector<CpuSelection>& cpus, bool is_list) {
    const auto text = [](const CpuSelection& selection) { return text_value(selection.text()); };
    if (is_list) {
        put(key, list_value(cpus, text));
    } else if (!cpus.empty()) {
        put(key, text(cpus.front()));
    }
}

void Writer::scheduler() {
    const SchedulerParams& sched = config_.sched;
    put("cpu_weight", sched.weight);
    put("cap", sched.cap);
    put("period", sched.period);
    put("budget", sched.budget);
    if (sched.extratime) put("extratime", bool_value(*sched.extratime));
    put("slice", sched.slice);
    put("latency", sched.latency);
}

void Writer::actions() {
    const DomainConfig defaults;
    put_action("on_poweroff", config_.on_poweroff, defaults.on_poweroff);
    put_action("on_reboot", config_.on_reboot, defaults.on_reboot);
    put_action("on_watchdog", config_.on_watchdog, defaults.on_watchdog);
    put_action("on_crash", config_.on_crash, defaults.on_crash);
    put_action("on_soft_reset", config_.on_soft_reset, defaults.on_soft_reset);
}

void Writer::arm() {
    if (config_.gic_version != GicVersion::kDefault)
        put("gic_version", text_value(config_.gic_version == GicVersion::kV2 ? "v2" : "v3"));
    if (config_.vuart_sbsa) put("vuart", text_value("sbsa_uart"));
    if (config_.tee != Tee::kNone)
        put("tee", text_value(config_.tee == Tee::kOptee ? "optee" : "ffa"));
    if (config_.sve_bits)
        put("sve", *config_.sve_bits == 0 ? text_value("hw") : number_value(*config_.sve_bits));
    put_flag("vpmu", config_.vpmu);
    put("nr_spis", config_.nr_spis);
    if (config_.trap_unmapped_accesses)
        put("trap_unmapped_accesses", bool_value(*config_.trap_unmapped_accesses));
    if (config_.arm_sci) put("arm_sci", text_value("type=" + *config_.arm_sci));
}

void Writer::limits() {
    put("max_grant_frames", config_.max_grant_frames);
    put("max_maptrack_frames", config_.max_maptrack_frames);
    put("max_grant_version", config_.max_grant_version);
    put("max_event_channels", config_.max_event_channels);
    put("xenstore_feature_mask", config_.xenstore_feature_mask);
    if (!config_.xenstore_quota.empty()) {
        put("xenstore_quota", list_value(config_.xenstore_quota, [](const auto& quota) {
                return text_value(fmt::format("{}={}", quota.first, quota.second));
            }));
    }
    colors();
}

/// Runs of neighbours are written as ranges.
void Writer::colors() {
    const std::vector<std::uint32_t>& colors = config_.llc_colors;
    std::vector<std::string> ranges;
    for (std::size_t i = 0; i < colors.size(); ++i) {
        const std::size_t first = i;
        while (i + 1 < colors.size() && colors[i + 1] == colors[i] + 1) ++i;
        ranges.push_back(first == i ? fmt::format("{}", colors[i])
                                    : fmt::format("{}-{}", colors[first], colors[i]));
    }
    if (!ranges.empty()) put("llc_colors", list_value(ranges, text_value));
}

void Writer::host_devices() {
    constexpr const char* kPassthrough[] = {"default", "disabled", "enabled", "share_pt"};
    if (config_.passthrough != Passthrough::kDefault)
        put("passthrough", text_value(kPassthrough[static_cast<std::size_t>(config_.passthrough)]));
    if (!config_.dtdev.empty()) put("dtdev", list_value(config_.dtdev, text_value));
    if (!config_.iomem.empty()) {
        put("iomem", list_value(config_.iomem, [](const IomemRange& range) {
                std::string text = fmt::format("{:x},{:x}", range.first.raw(), range.count);
                if (range.guest_first.raw() != range.first.raw())
                    text += fmt::format("@{:x}", range.guest_first.raw());
                return text_value(std::move(text));
            }));
    }
    if (!config_.irqs.empty()) put("irqs", list_value(config_.irqs, number_value));
}

/// An entry that was a list of its own was kept as xl.cfg's text of it.
Value device_value(const OtherDevice& device) {
    if (!device.text.starts_with('[')) return text_value(device.text);
    const std::string statement = "entry=" + device.text;
    const SourceMap map{statement};
    Report ignored{map};
    std::vector<Setting> read = parse_xl(statement, {0, statement.size()}, ignored);
    return read.size() == 1 ? std::move(read.front().value) : text_value(device.text);
}

void Writer::other_devices() {
    for (const OtherDevice& device : config_.other_devices) {
        const bool next_of_same = !settings_.empty() && settings_.back().key == device.key;
        if (!next_of_same)
            put(device.key.c_str(), list_value(std::vector<OtherDevice>{}, device_value));
        settings_.back().value.elements.push_back(device_value(device));
    }
}

}  // namespace

std::vector<Setting> settings_of(const DomainConfig& config) { return Writer{config}.all(); }

}  // namespace zeroth::config
