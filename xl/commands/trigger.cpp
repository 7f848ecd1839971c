// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <boost/json/serialize.hpp>
#include <charconv>

#include "xl/commands/commands.hpp"
#include "xl/remote.hpp"

namespace zeroth::xl {
namespace {

constexpr std::array<std::string_view, 6> kKinds{"nmi",   "reset", "init",
                                                 "power", "sleep", "s3resume"};

Result<int> run(Context& context, const Arguments& arguments) {
    const auto& words = arguments.words();
    const auto kind = std::ranges::find(kKinds, words[1]);
    if (kind == kKinds.end()) {
        context.err.print("Invalid trigger \"{}\"\n", words[1]);
        return kFailure;
    }
    api::TriggerRequest request;
    request.trigger = static_cast<api::TriggerRequest::Kind>(kind - kKinds.begin());
    if (words.size() > 2) {
        const auto* const end = words[2].data() + words[2].size();
        const auto [rest, error] = std::from_chars(words[2].data(), end, request.vcpu);
        if (error != std::errc{} || rest != end) {
            context.err.write("Error: Invalid argument.\n");
            return kFailure;
        }
    }
    const auto body = boost::json::serialize(api::encode(request));
    ZEROTH_TRY(const Reply reply, call_domain(context, words[0], "/trigger",
                                              {.method = "POST", .target = {}, .body = body}));
    if (reply.status == 404) return no_such_domain(context, words[0]);
    if (!reply.ok()) {
        return fail(problem_of(reply).within(fmt::format("Send trigger '{}' failed", words[1])));
    }
    return kSuccess;
}

}  // namespace

constinit const Command kTrigger{.name = "trigger",
                                 .usage = "<Domain> <nmi|reset|init|power|sleep|s3resume> [VCPU]",
                                 .summary = "Send a trigger to a domain, where Xen has one",
                                 .can_dry_run = false,
                                 .changes_host = true,
                                 .least_words = 2,
                                 .most_words = 3,
                                 .options = {},
                                 .run = run};

}  // namespace zeroth::xl
