// SPDX-License-Identifier: Apache-2.0
#include "xl/commands/commands.hpp"
#include "xl/remote.hpp"

namespace zeroth::xl {
namespace {

constexpr Option kOptions[]{
    {'f', nullptr, nullptr, "even if it is domain 0"},
};

Result<int> run(Context& context, const Arguments& arguments) {
    const std::string_view domain = arguments.words()[0];
    if (is_domain0(domain) && !arguments.has('f')) {
        context.err.write(
            "Not destroying domain 0; use -f to force.\n"
            "This can only be done when using a disaggregated hardware domain and toolstack.\n\n");
        return kFailure;
    }
    ZEROTH_TRY(
        const Reply reply,
        call_domain(context, domain, "",
                    {.method = "DELETE", .target = {}, .body = {}, .patience = kChangePatience}));
    if (reply.status == 404 && !is_number(domain)) return no_such_domain(context, domain);
    if (reply.ok()) return kSuccess;
    print_error(context, problem_of(reply));
    // libxl's codes: no such domain, or any other failure.
    context.err.print("destroy failed (rc={})\n", reply.status == 404 ? -21 : -3);
    return kFailure;
}

}  // namespace

constinit const Command kDestroy{.name = "destroy",
                                 .usage = "[options] <Domain>",
                                 .summary = "Terminate a domain at once",
                                 .can_dry_run = false,
                                 .changes_host = true,
                                 .least_words = 1,
                                 .most_words = 1,
                                 .options = kOptions,
                                 .run = run};

}  // namespace zeroth::xl
