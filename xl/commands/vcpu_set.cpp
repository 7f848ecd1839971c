// SPDX-License-Identifier: Apache-2.0
#include <boost/json/serialize.hpp>
#include <charconv>

#include "xl/commands/commands.hpp"
#include "xl/remote.hpp"

namespace zeroth::xl {
namespace {

constexpr Option kOptions[]{
    {'i', "ignore-host", nullptr, "even if the host has fewer CPUs"},
};

std::optional<std::uint32_t> parse_count(std::string_view text) {
    std::uint32_t count = 0;
    const auto* const end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, count);
    if (error != std::errc{} || rest != end) return std::nullopt;
    return count;
}

/// More vCPUs than the host has CPUs are most likely a mistake, unless they are there already.
Result<bool> overcommits(Context& context, std::string_view name, std::uint32_t count) {
    ZEROTH_TRY(const Reply host_reply, call(context, {.target = "/v1/host", .body = {}}));
    ZEROTH_TRY(const api::Host host, decoded<api::Host>(host_reply));
    if (count <= host.nr_cpus) return false;
    ZEROTH_TRY(const Reply reply, call_domain(context, name, ""));
    if (!reply.ok()) return false;  // the request itself will say what is wrong
    ZEROTH_TRY(const api::Domain domain, decoded<api::Domain>(reply));
    if (count <= domain.vcpus) return false;
    context.err.print(
        "You are overcommmitting! You have {} physical CPUs and want {} vCPUs! Aborting, use "
        "--ignore-host to continue\n",
        host.nr_cpus, count);
    return true;
}

Result<int> run(Context& context, const Arguments& arguments) {
    const auto& words = arguments.words();
    const auto count = parse_count(words[1]);
    if (!count) {
        context.err.write("Error: Invalid argument.\n");
        return kFailure;
    }
    if (!arguments.has('i')) {
        ZEROTH_TRY(const bool too_many, overcommits(context, words[0], *count));
        if (too_many) return kFailure;
    }
    const auto body = boost::json::serialize(api::encode(api::VcpusRequest{*count}));
    ZEROTH_TRY(const Reply reply, call_domain(context, words[0], "/vcpus",
                                              {.method = "PUT", .target = {}, .body = body}));
    if (reply.status == 404) return no_such_domain(context, words[0]);
    if (reply.ok()) return kSuccess;
    print_error(context, problem_of(reply));
    context.err.print("libxl_set_vcpuonline failed domid={} max_vcpus={}, rc: -3\n",
                      domid_of(context, words[0]), *count);
    return kFailure;
}

}  // namespace

constinit const Command kVcpuSet{.name = "vcpu-set",
                                 .usage = "[options] <Domain> <vCPUs>",
                                 .summary = "Set how many virtual CPUs a domain is to use",
                                 .can_dry_run = false,
                                 .changes_host = true,
                                 .least_words = 2,
                                 .most_words = 2,
                                 .options = kOptions,
                                 .run = run};

}  // namespace zeroth::xl
