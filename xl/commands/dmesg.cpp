// SPDX-License-Identifier: Apache-2.0
#include <boost/json/object.hpp>

#include "daemon/api/reference_json.hpp"
#include "xl/commands/commands.hpp"
#include "xl/remote.hpp"

namespace zeroth::xl {
namespace {

constexpr Option kOptions[]{
    {'c', "clear", nullptr, "empty the buffer after printing it"},
    kJson,
};

Result<int> run(Context& context, const Arguments& arguments) {
    ZEROTH_TRY(const Reply reply, call(context, {.method = arguments.has('c') ? "DELETE" : "GET",
                                                 .target = "/v1/host/log",
                                                 .body = {}}));
    if (!reply.ok()) return fail(problem_of(reply));
    if (arguments.has(kJsonKey))
        context.out.write(
            api::print_reference(boost::json::object{{"log", boost::json::string(reply.body)}}));
    else
        context.out.write(reply.body);
    return kSuccess;
}

}  // namespace

constinit const Command kDmesg{.name = "dmesg",
                               .usage = "[options]",
                               .summary = "Print the hypervisor's message buffer",
                               .can_dry_run = false,
                               .changes_host = false,
                               .least_words = 0,
                               .most_words = 0,
                               .options = kOptions,
                               .run = run};

}  // namespace zeroth::xl
