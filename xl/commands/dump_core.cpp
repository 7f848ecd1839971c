// SPDX-License-Identifier: Apache-2.0
#include <boost/json/serialize.hpp>

#include "xl/commands/commands.hpp"
#include "xl/config_file.hpp"
#include "xl/remote.hpp"

namespace zeroth::xl {
namespace {

constexpr Option kOptions[]{
    {'L', "live", nullptr, "let the domain run meanwhile"},
    {'C', "crash", nullptr, "let it crash afterwards"},
    {'R', "reset", nullptr, "let it reboot afterwards"},
};

Result<int> run(Context& context, const Arguments& arguments) {
    const auto& words = arguments.words();
    if (arguments.has('C') && arguments.has('R')) {
        context.err.write("xl: a domain either crashes (-C) or reboots (-R) afterwards\n");
        return kUsage;
    }
    api::CoreRequest request;
    request.path = absolute_path(std::string{words[1]});
    request.live = arguments.has('L');
    if (arguments.has('C')) request.then = api::CoreRequest::Then::kCrash;
    if (arguments.has('R')) request.then = api::CoreRequest::Then::kReset;
    const auto body = boost::json::serialize(api::encode(request));
    ZEROTH_TRY(
        const Reply reply,
        call_domain(context, words[0], "/core",
                    {.method = "POST", .target = {}, .body = body, .patience = kChangePatience}));
    if (reply.status == 404 && problem_of(reply).is(ESRCH)) {
        return no_such_domain(context, words[0]);
    }
    if (reply.ok()) return kSuccess;
    print_error(context, problem_of(reply));
    context.err.write("core dump failed\n");
    return kFailure;
}

}  // namespace

constinit const Command kDumpCore{.name = "dump-core",
                                  .usage = "[options] <Domain> <filename>",
                                  .summary = "Write a domain's memory and registers to a file",
                                  .can_dry_run = false,
                                  .changes_host = true,
                                  .least_words = 2,
                                  .most_words = 2,
                                  .options = kOptions,
                                  .run = run};

}  // namespace zeroth::xl
