// SPDX-License-Identifier: Apache-2.0
#include <boost/json/serialize.hpp>

#include "xl/commands/commands.hpp"
#include "xl/remote.hpp"

namespace zeroth::xl {
namespace {

Result<int> run(Context& context, const Arguments& arguments) {
    api::DebugKeysRequest request;
    request.keys = arguments.words()[0];
    ZEROTH_TRY(const Reply reply,
               call(context, {.method = "POST",
                              .target = "/v1/host/debug-keys",
                              .body = boost::json::serialize(api::encode(request))}));
    if (!reply.ok()) return fail(problem_of(reply).within("cannot send debug keys"));
    return kSuccess;
}

}  // namespace

constinit const Command kDebugKeys{.name = "debug-keys",
                                   .usage = "<Keys>",
                                   .summary = "Send debug keys to the hypervisor",
                                   .can_dry_run = false,
                                   .changes_host = true,
                                   .least_words = 1,
                                   .most_words = 1,
                                   .options = {},
                                   .run = run};

}  // namespace zeroth::xl
