// SPDX-License-Identifier: Apache-2.0
#include <boost/json/serialize.hpp>

#include "xl/commands/commands.hpp"
#include "xl/remote.hpp"

namespace zeroth::xl {
namespace {

Result<int> run(Context& context, const Arguments& arguments) {
    const auto& words = arguments.words();
    const api::RenameRequest request{std::string{words[1]}};
    const auto body = boost::json::serialize(api::encode(request));
    ZEROTH_TRY(const Reply reply, call_domain(context, words[0], "/name",
                                              {.method = "PUT", .target = {}, .body = body}));
    if (reply.status == 404) return no_such_domain(context, words[0]);
    if (reply.ok()) return kSuccess;
    print_error(context, problem_of(reply));
    context.err.print("Can't rename domain '{}'.\n", words[0]);
    return kFailure;
}

}  // namespace

constinit const Command kRename{.name = "rename",
                                .usage = "<Domain> <NewDomainName>",
                                .summary = "Give a domain another name",
                                .can_dry_run = false,
                                .changes_host = true,
                                .least_words = 2,
                                .most_words = 2,
                                .options = {},
                                .run = run};

}  // namespace zeroth::xl
