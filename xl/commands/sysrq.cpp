// SPDX-License-Identifier: Apache-2.0
#include <boost/json/serialize.hpp>

#include "xl/commands/commands.hpp"
#include "xl/remote.hpp"

namespace zeroth::xl {
namespace {

Result<int> run(Context& context, const Arguments& arguments) {
    const auto& words = arguments.words();
    if (words[1].size() != 1) {
        context.err.write("Invalid sysrq.\n\n");
        print_help(context.out, kSysrq);
        return kFailure;
    }
    const api::SysrqRequest request{std::string{words[1]}};
    const auto body = boost::json::serialize(api::encode(request));
    ZEROTH_TRY(const Reply reply, call_domain(context, words[0], "/sysrq",
                                              {.method = "POST", .target = {}, .body = body}));
    if (reply.status == 404) return no_such_domain(context, words[0]);
    if (!reply.ok()) return fail(problem_of(reply));
    return kSuccess;
}

}  // namespace

constinit const Command kSysrq{.name = "sysrq",
                               .usage = "<Domain> <letter>",
                               .summary = "Send a sysrq to a domain",
                               .can_dry_run = false,
                               .changes_host = true,
                               .least_words = 2,
                               .most_words = 2,
                               .options = {},
                               .run = run};

}  // namespace zeroth::xl
