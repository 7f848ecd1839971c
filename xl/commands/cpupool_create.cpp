// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <boost/json/serialize.hpp>

#include "libdomain/config/pool_config.hpp"
#include "xl/commands/commands.hpp"
#include "xl/config_file.hpp"
#include "xl/remote.hpp"

namespace zeroth::xl {
namespace {

constexpr Option kOptions[]{
    {'f', "defconfig", "FILE", "read that configuration file"},
    {'n', "dryrun", nullptr, "print what would be made, and make nothing"},
};

/// How many CPUs the pool would have here.
Result<std::size_t> count_cpus(const config::PoolConfig& pool, const api::Host& host) {
    if (!pool.cpus) return host.free_cpus > 0 ? 1 : 0;
    std::vector<std::uint32_t> node_of(std::size_t{host.max_cpu_id} + 1, 0);
    for (const api::CpuTopology& cpu : host.cpu_topology)
        if (cpu.cpu < node_of.size()) node_of[cpu.cpu] = cpu.node;
    ZEROTH_TRY(const std::vector<bool> map, expand(*pool.cpus, node_of));
    return static_cast<std::size_t>(std::ranges::count(map, true));
}

Result<int> make(Context& context, const config::PoolConfig& pool, bool dry_run) {
    ZEROTH_TRY(const Reply host_reply, call(context, {.target = "/v1/host", .body = {}}));
    ZEROTH_TRY(const api::Host host, decoded<api::Host>(host_reply));
    ZEROTH_TRY(const auto count, count_cpus(pool, host));
    context.out.print("cpupool name:   {}\nscheduler:      {}\nnumber of cpus: {}\n", pool.name,
                      pool.scheduler.value_or(host.xen_scheduler), count);
    if (dry_run) return kSuccess;
    api::CpupoolRequest request{.name = pool.name, .scheduler = pool.scheduler, .cpus = {}};
    if (pool.cpus) request.cpus = pool.cpus->text();
    ZEROTH_TRY(const Reply reply,
               call(context, {.method = "POST",
                              .target = "/v1/cpupools",
                              .body = boost::json::serialize(api::encode(request))}));
    if (reply.ok()) return kSuccess;
    print_error(context, problem_of(reply));
    context.err.write("error on creating cpupool\n");
    return kFailure;
}

Result<int> run(Context& context, const Arguments& arguments) {
    const auto words = sort_words(arguments.words(), arguments.value('f').value_or(""));
    if (!words) {
        print_error(context, words.error());
        return kUsage;
    }
    if (words->file.empty() && words->settings.empty()) {
        context.err.write("Missing config file or settings.\n");
        return kUsage;
    }
    const auto text = read_config(*words);
    if (!text) {
        context.err.print("Failed to read config file: {}\n", text.error().text());
        return kCreateFailed;
    }
    context.out.print("Using config file \"{}\"\n", text->source.name);
    const auto parsed = config::parse_pool(text->source, text->form);
    const auto colour = context.err.is_terminal() ? config::Colour::kYes : config::Colour::kNo;
    if (!parsed.diagnostics.empty())
        context.err.write(config::render(text->source, parsed.diagnostics, colour));
    if (!parsed.config) return kFailure;
    return make(context, *parsed.config, context.dry_run || arguments.has('n'));
}

}  // namespace

constinit const Command kCpupoolCreate{.name = "cpupool-create",
                                       .usage = "[options] [ConfigFile] [key=value, ...]",
                                       .summary = "Make a CPU pool",
                                       .can_dry_run = true,
                                       .changes_host = true,
                                       .least_words = 0,
                                       .most_words = kAnyNumber,
                                       .options = kOptions,
                                       .run = run};

}  // namespace zeroth::xl
