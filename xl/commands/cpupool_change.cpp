// SPDX-License-Identifier: Apache-2.0
// The commands that change a CPU pool, a request each.
#include <boost/json/serialize.hpp>

#include "xl/commands/commands.hpp"
#include "xl/scheduling.hpp"

namespace zeroth::xl {
namespace {

Result<int> ask(Context& context, const char* method, std::string target,
                const boost::json::value& body = {}) {
    Request request{.method = method, .target = std::move(target), .body = {}};
    if (!body.is_null()) request.body = boost::json::serialize(body);
    ZEROTH_TRY(const Reply reply, call(context, request));
    if (reply.ok()) return kSuccess;
    return fail(problem_of(reply));
}

Result<int> destroy(Context& context, const Arguments& arguments) {
    return ask(context, "DELETE", pool_target(arguments.words()[0]));
}

Result<int> rename(Context& context, const Arguments& arguments) {
    const auto& words = arguments.words();
    return ask(context, "PUT", pool_target(words[0], "/name"),
               api::encode(api::RenameRequest{std::string{words[1]}}));
}

Result<int> add_cpus(Context& context, const Arguments& arguments) {
    const auto& words = arguments.words();
    return ask(context, "POST", pool_target(words[0], "/cpus"),
               api::encode(api::PoolCpusRequest{.add = std::string{words[1]}, .remove = {}}));
}

Result<int> remove_cpus(Context& context, const Arguments& arguments) {
    const auto& words = arguments.words();
    return ask(context, "POST", pool_target(words[0], "/cpus"),
               api::encode(api::PoolCpusRequest{.add = {}, .remove = std::string{words[1]}}));
}

Result<int> migrate(Context& context, const Arguments& arguments) {
    const auto& words = arguments.words();
    const auto body = boost::json::serialize(api::encode(api::PoolChoice{std::string{words[1]}}));
    ZEROTH_TRY(const Reply reply, call_domain(context, words[0], "/cpupool",
                                              {.method = "PUT", .target = {}, .body = body}));
    if (reply.ok()) return kSuccess;
    return fail(problem_of(reply));
}

Result<int> split(Context& context, const Arguments&) {
    return ask(context, "POST", "/v1/cpupools-by-node");
}

constexpr Command row(const char* name, const char* usage, const char* summary, std::size_t words,
                      Result<int> (*run)(Context&, const Arguments&)) {
    return {.name = name,
            .usage = usage,
            .summary = summary,
            .can_dry_run = false,
            .changes_host = true,
            .least_words = words,
            .most_words = words,
            .options = {},
            .run = run};
}

}  // namespace

constinit const Command kCpupoolDestroy =
    row("cpupool-destroy", "<CPU Pool>", "Remove a CPU pool; its CPUs become free", 1, destroy);
constinit const Command kCpupoolRename =
    row("cpupool-rename", "<CPU Pool> <new name>", "Give a CPU pool another name", 2, rename);
constinit const Command kCpupoolCpuAdd = row("cpupool-cpu-add", "<CPU Pool> <CPU list>|node:<node>",
                                             "Add free CPUs to a CPU pool", 2, add_cpus);
constinit const Command kCpupoolCpuRemove =
    row("cpupool-cpu-remove", "<CPU Pool> <CPU list>|node:<node>", "Take CPUs out of a CPU pool", 2,
        remove_cpus);
constinit const Command kCpupoolMigrate =
    row("cpupool-migrate", "<Domain> <CPU Pool>", "Move a domain to another CPU pool", 2, migrate);
constinit const Command kCpupoolNumaSplit =
    row("cpupool-numa-split", "", "Make a CPU pool for each NUMA node", 0, split);

}  // namespace zeroth::xl
