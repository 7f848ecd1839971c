// SPDX-License-Identifier: Apache-2.0
#include "xl/xl_conf.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "libdomain/config/draft.hpp"
#include "libdomain/config/faults.hpp"
#include "libdomain/config/settings.hpp"
#include "libdomain/config/spelling.hpp"
#include "libdomain/config/utf8.hpp"
#include "libdomain/config/xl_parser.hpp"

namespace zeroth::xl {
namespace {

using config::Report;
using config::Setting;

constexpr std::size_t kMostCpus = 4096;
constexpr std::uint32_t kNoNode = 0xFFFFFFFF;

struct Row {
    std::string_view name;
    void (*take)(XlConf&, const Row&, const Setting&, Report&);
    /// Of a setting without an effect: why it has none.
    std::string_view why = {};
    config::Bounds bounds = {};
};
using Take = void(XlConf&, const Row&, const Setting&, Report&);

template <auto Member>
void text(XlConf& conf, const Row& row, const Setting& setting, Report& report) {
    if (auto value = config::read_text(setting.value, row.name, report))
        conf.*Member = *std::move(value);
}

template <auto Member>
void number(XlConf& conf, const Row& row, const Setting& setting, Report& report) {
    if (auto value = config::read_number(setting.value, row.name, row.bounds, report))
        conf.*Member = static_cast<std::uint32_t>(*value);
}

void no_effect(const Row& row, const Setting& setting, Report& report) {
    report.warning(setting.key_span, fmt::format("`{}` has no effect", row.name),
                   std::string{row.why});
}

void cpumask(XlConf& conf, const Row& row, const Setting& setting, Report& report) {
    const auto value = config::read_text(setting.value, row.name, report);
    if (!value) return;
    auto mask = config::CpuSelection::scan(*value);
    if (mask) {
        conf.cpumasks.push_back(*std::move(mask));
    } else {
        report.error(setting.value.part(mask.error().begin, mask.error().end),
                     fmt::format("{}: {}", row.name, mask.error().message), mask.error().help);
    }
}

void unused(XlConf&, const Row& row, const Setting& setting, Report& report) {
    no_effect(row, setting, report);
}

/// Of these two the value that stands for what is done anyway is no news.
void autoballoon(XlConf&, const Row& row, const Setting& setting, Report& report) {
    const auto value = config::read_text(setting.value, row.name, report);
    if (!value) return;
    constexpr std::array<std::string_view, 5> kWords{"auto", "off", "0", "on", "1"};
    if (std::ranges::find(kWords, *value) == kWords.end()) {
        report.error(setting.value.span, "invalid autoballoon option", "one of auto, on, off");
    } else if (*value == "on" || *value == "1") {
        no_effect(row, setting, report);
    }
}
template <bool Done>
void done_anyway(XlConf&, const Row& row, const Setting& setting, Report& report) {
    const auto value = config::read_bool(setting.value, row.name, report);
    if (value && *value != Done) no_effect(row, setting, report);
}
template <const char* const& Done>
void word_anyway(XlConf&, const Row& row, const Setting& setting, Report& report) {
    const auto value = config::read_text(setting.value, row.name, report);
    if (value && *value != Done) no_effect(row, setting, report);
}
constexpr const char* kJson = "json";
constexpr const char* kXen = "xen";

using C = XlConf;
constexpr std::array kRows{
    Row{"autoballoon", autoballoon, "domain 0 keeps its memory: give it less with dom0_mem="},
    Row{"run_hotplug_scripts", done_anyway<true>, "scripts are run by xld, never by udev"},
    Row{"lockfile", unused, "guests are made side by side, without a lock"},
    Row{"output_format", word_anyway<kJson>, "output is JSON"},
    Row{"blkdev_start", unused, "no boot loader looks into a guest's disks"},
    Row{"claim_mode", done_anyway<true>, "memory is always claimed"},
    Row{"domid_policy", word_anyway<kXen>, "Xen chooses the numbers of domains"},
    Row{"bootloader_restrict", unused, "no boot loader looks into a guest's disks"},
    Row{"bootloader_user", unused, "no boot loader looks into a guest's disks"},
    Row{"vif.default.script", text<&C::vif_script>},
    Row{"vif.default.bridge", text<&C::vif_bridge>},
    Row{"vif.default.gatewaydev", text<&C::vif_gatewaydev>},
    Row{"vif.default.backend", text<&C::vif_backend>},
    Row{"vifscript", text<&C::vif_script>},
    Row{"defaultbridge", text<&C::vif_bridge>},
    Row{"max_grant_frames", number<&C::max_grant_frames>},
    Row{"max_maptrack_frames", number<&C::max_maptrack_frames>},
    Row{"max_grant_version", number<&C::max_grant_version>, {}, {.most = 2}},
    Row{"vm.cpumask", cpumask},
    Row{"vm.hvm.cpumask", cpumask},
    Row{"vm.pv.cpumask", unused, "there are no PV guests on ARM"},
    Row{"remus.default.netbufscript", unused, "there is no Remus on ARM"},
    Row{"colo.default.proxyscript", unused, "there is no COLO on ARM"},
};

void unknown(const Setting& setting, Report& report) {
    std::vector<std::string_view> names;
    for (const Row& row : kRows) names.push_back(row.name);
    const std::string_view near = config::nearest(setting.key, names);
    report.warning(
        setting.key_span, fmt::format("unknown setting `{}`", config::shown(setting.key)),
        near.empty() ? std::string{"it is ignored"} : fmt::format("did you mean `{}`?", near));
}

void read(const std::vector<Setting>& settings, XlConf& conf, Report& report) {
    for (const Setting& setting : settings) {
        if (setting.value.kind == config::Value::Kind::kBroken) continue;
        const auto* const row = std::ranges::find(kRows, setting.key, &Row::name);
        if (row == kRows.end())
            unknown(setting, report);
        else
            row->take(conf, *row, setting, report);
    }
}

/// A selection of exactly these CPUs.
config::CpuSelection selection_of(const std::vector<bool>& cpus) {
    config::CpuSelection out;
    for (std::uint32_t cpu = 0; cpu < cpus.size(); ++cpu)
        if (cpus[cpu]) out.parts.push_back({config::CpuPart::Kind::kCpus, false, cpu, cpu});
    return out;
}

}  // namespace

ReadXlConf parse_xl_conf(const config::Source& source) {
    const config::SourceMap map{source.text};
    Report report{map};
    ReadXlConf out;
    if (config::is_text(source.text, report)) {
        auto statements = config::parse_xl(source.text, {0, source.text.size()}, report);
        read(config::settle(std::move(statements), report), out.conf, report);
    }
    out.diagnostics = std::move(report).take();
    return out;
}

void apply_defaults(const XlConf& conf, config::DomainConfig& config) {
    const auto fill = [](auto& member, const auto& otherwise) {
        if (!member) member = otherwise;
    };
    fill(config.max_grant_frames, conf.max_grant_frames);
    fill(config.max_maptrack_frames, conf.max_maptrack_frames);
    fill(config.max_grant_version, conf.max_grant_version);
    for (config::Vif& vif : config.vif) {
        fill(vif.script, conf.vif_script);
        fill(vif.bridge, conf.vif_bridge);
        fill(vif.gatewaydev, conf.vif_gatewaydev);
        fill(vif.backend, conf.vif_backend);
    }
}

Result<> apply_cpumasks(const XlConf& conf, const std::vector<std::uint32_t>& node_of_cpu,
                        config::DomainConfig& config) {
    if (conf.cpumasks.empty()) return {};
    if (config.cpus.empty()) {
        config.cpus.push_back({{config::CpuPart{config::CpuPart::Kind::kAll, false, 0, 0}}});
        config.cpus_is_list = false;
    }
    // A mask may name CPUs that this host has not.
    auto beyond = node_of_cpu;
    beyond.resize(std::max(beyond.size(), kMostCpus), kNoNode);
    for (config::CpuSelection& cpus : config.cpus) {
        ZEROTH_TRY(auto allowed, config::expand(cpus, node_of_cpu));
        for (const config::CpuSelection& selection : conf.cpumasks) {
            ZEROTH_TRY(const auto mask, config::expand(selection, beyond));
            for (std::size_t cpu = 0; cpu < allowed.size(); ++cpu)
                allowed[cpu] = allowed[cpu] && mask[cpu];
        }
        if (std::ranges::find(allowed, true) == allowed.end())
            return fail(fmt::format("cpus={} and the cpumask of xl.conf have no CPU in common",
                                    cpus.text()));
        cpus = selection_of(allowed);
    }
    return {};
}

}  // namespace zeroth::xl
