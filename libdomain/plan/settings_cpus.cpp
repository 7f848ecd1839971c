// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "libdomain/plan/layout.hpp"
#include "libdomain/plan/settings.hpp"

namespace zeroth::plan {
namespace {

using Gic = hyper::DomainSpec::Gic;

/// The map for one vCPU; empty where the config leaves it alone.
Result<hyper::CpuMap> map_for(const std::vector<config::CpuSelection>& selections, bool is_list,
                              std::uint32_t vcpu, const Inputs& inputs, const char* key) {
    const std::size_t index = is_list ? vcpu : 0;
    if (index >= selections.size()) return hyper::CpuMap{};
    const auto name = is_list ? fmt::format("{}, entry {}", key, index + 1) : std::string{key};
    auto map = config::expand(selections[index], inputs.host.node_of_cpu);
    if (!map) return fail(std::move(map).error().within(name));
    if (std::ranges::find(*map, true) == map->end())
        return fail(Error::message(EINVAL, fmt::format("{}: \"{}\" leaves no CPU to run on", name,
                                                       selections[index].text())));
    return map;
}

}  // namespace

Result<> settle_vcpus(const Inputs& inputs, Settings& settings) {
    const auto& config = inputs.config;
    settings.vcpus = config.vcpus;
    settings.max_vcpus = config.maxvcpus.value_or(config.vcpus);
    const char* key = config.maxvcpus ? "maxvcpus" : "vcpus";
    if (settings.vcpus == 0)
        return fail(Error::message(EINVAL, "vcpus = 0: a guest needs at least one vCPU"));
    if (settings.max_vcpus < settings.vcpus)
        return fail(Error::message(EINVAL, fmt::format("maxvcpus = {} is less than vcpus = {}",
                                                       settings.max_vcpus, settings.vcpus)));
    const bool v2 = settings.gic == Gic::kV2;
    const auto most = v2 ? kMostVcpusGicV2 : kMostVcpus;
    if (settings.max_vcpus > most)
        return fail(Error::message(
            EINVAL, fmt::format("{} = {}: {} can have at most {} vCPUs", key, settings.max_vcpus,
                                v2 ? "a guest with a GICv2" : "a guest", most)));
    return {};
}

Result<> settle_pool(const Inputs& inputs, Settings& settings) {
    if (!inputs.config.pool) return {};
    const auto& wanted = *inputs.config.pool;
    std::uint32_t number = 0;
    const auto* end = wanted.data() + wanted.size();
    const auto parsed = std::from_chars(wanted.data(), end, number);
    const bool is_number = parsed.ec == std::errc{} && parsed.ptr == end;
    std::string names;
    for (const auto& [id, name] : inputs.host.pools) {
        if (name == wanted || (is_number && id.raw() == number)) {
            settings.spec.cpupool = id;
            return {};
        }
        names += fmt::format("{}\"{}\"", names.empty() ? "" : ", ", name);
    }
    return fail(
        Error::message(ENOENT, fmt::format("pool = \"{}\": there is no such CPU pool; there is {}",
                                           wanted, names.empty() ? "none" : names)));
}

Result<> settle_affinities(const Inputs& inputs, Settings& settings) {
    const auto& config = inputs.config;
    for (std::uint32_t vcpu = 0; vcpu < settings.max_vcpus; ++vcpu) {
        SetAffinity affinity{.vcpu = VcpuId{vcpu}, .hard = {}, .soft = {}};
        ZEROTH_TRY(affinity.hard, map_for(config.cpus, config.cpus_is_list, vcpu, inputs, "cpus"));
        ZEROTH_TRY(affinity.soft,
                   map_for(config.cpus_soft, config.cpus_soft_is_list, vcpu, inputs, "cpus_soft"));
        if (!affinity.hard.empty() || !affinity.soft.empty())
            settings.affinities.push_back(std::move(affinity));
    }
    return {};
}

void settle_scheduling(const Inputs& inputs, Settings& settings) {
    constexpr std::uint32_t kCredit = 5, kCredit2 = 6, kRtds = 8;
    const auto& wanted = inputs.config.sched;
    hyper::SchedParams params;
    params.scheduler = inputs.host.scheduler;
    if (params.scheduler == kCredit || params.scheduler == kCredit2) {
        params.weight = wanted.weight;
        params.cap = wanted.cap;
    } else if (params.scheduler == kRtds) {
        params.period = wanted.period;
        params.budget = wanted.budget;
        params.extratime = wanted.extratime;
    }
    const auto note = [&](const char* key, bool given, bool used) {
        if (given && !used)
            settings.notes.push_back(
                fmt::format("{} has no effect under this host's scheduler", key));
    };
    note("cpu_weight", wanted.weight.has_value(), params.weight.has_value());
    note("cap", wanted.cap.has_value(), params.cap.has_value());
    note("period", wanted.period.has_value(), params.period.has_value());
    note("budget", wanted.budget.has_value(), params.budget.has_value());
    note("extratime", wanted.extratime.has_value(), params.extratime.has_value());
    note("slice", wanted.slice.has_value(), false);
    note("latency", wanted.latency.has_value(), false);
    if (params.weight || params.cap || params.period || params.budget || params.extratime)
        settings.sched = params;
}

}  // namespace zeroth::plan
