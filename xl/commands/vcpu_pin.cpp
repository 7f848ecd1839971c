// SPDX-License-Identifier: Apache-2.0
#include <boost/json/serialize.hpp>

#include "libdomain/config/cpu_set.hpp"
#include "xl/commands/commands.hpp"
#include "xl/remote.hpp"

namespace zeroth::xl {
namespace {

constexpr Option kOptions[]{
    {'f', "force", nullptr, "override an affinity that something else holds for a time"},
    {'i', "ignore-global-affinity-masks", nullptr,
     "accepted: zeroth has no masks of its own to ignore"},
};

/// A list that a map can be made of, or "-" to leave the map as it is.
Result<std::optional<std::string>> selection(std::string_view text) {
    if (text == "-") return std::nullopt;
    ZEROTH_TRY(const config::CpuSelection parsed, config::CpuSelection::parse(text));
    return parsed.text();
}

/// -N: what the maps would be on this host.
Result<int> print_maps(Context& context, const api::AffinityRequest& request) {
    ZEROTH_TRY(const Reply reply, call(context, {.target = "/v1/host", .body = {}}));
    ZEROTH_TRY(const api::Host host, decoded<api::Host>(reply));
    std::vector<std::uint32_t> node_of(std::size_t{host.max_cpu_id} + 1, 0);
    for (const api::CpuTopology& cpu : host.cpu_topology)
        if (cpu.cpu < node_of.size()) node_of[cpu.cpu] = cpu.node;
    for (const auto* text : {&request.hard, &request.soft}) {
        if (!*text) continue;
        ZEROTH_TRY(const config::CpuSelection cpus, config::CpuSelection::parse(**text));
        ZEROTH_TRY(const std::vector<bool> map, expand(cpus, node_of));
        context.out.print("cpumap: {}\n", config::print_cpu_map(map));
    }
    return kSuccess;
}

Result<int> run(Context& context, const Arguments& arguments) {
    const auto& words = arguments.words();
    const bool all = words[1] == "all";
    if (!all && !is_number(words[1])) {
        context.err.print("Error: Invalid argument {} as VCPU.\n", words[1]);
        return kFailure;
    }
    api::AffinityRequest request;
    request.force = arguments.has('f');
    if (request.force && all) {
        context.err.write("Error: -f can be used with a single VCPU only.\n");
        return kFailure;
    }
    for (std::size_t i = 2; i < words.size(); ++i) {
        auto chosen = selection(words[i]);
        if (!chosen) {
            context.err.print("Invalid pcpu range: {}.\n", words[i]);
            return fail(std::move(chosen).error());
        }
        (i == 2 ? request.hard : request.soft) = *std::move(chosen);
    }
    if (!request.hard && !request.soft)
        return fail("nothing to change: both the hard and the soft affinity are left as they are");
    if (context.dry_run) return print_maps(context, request);

    ZEROTH_TRY(
        const Reply reply,
        call_domain(
            context, words[0], fmt::format("/vcpus/{}/affinity", words[1]),
            {.method = "PUT", .target = {}, .body = boost::json::serialize(api::encode(request))}));
    if (reply.status == 404) return no_such_domain(context, words[0]);
    if (reply.ok()) return kSuccess;
    print_error(context, problem_of(reply));
    context.err.print("Could not set affinity for vcpu `{}'.\n", words[1]);
    return kFailure;
}

}  // namespace

constinit const Command kVcpuPin{
    .name = "vcpu-pin",
    .usage = "[options] <Domain> <VCPU|all> <Hard affinity|-|all> [Soft affinity|-|all]",
    .summary = "Set which CPUs a virtual CPU may use, and which it prefers",
    .can_dry_run = true,
    .changes_host = true,
    .least_words = 3,
    .most_words = 4,
    .options = kOptions,
    .run = run};

}  // namespace zeroth::xl
