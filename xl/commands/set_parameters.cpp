// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <boost/json/serialize.hpp>

#include "xl/commands/commands.hpp"
#include "xl/remote.hpp"

namespace zeroth::xl {
namespace {

/// "loglvl=all"; several may stand in one word, with blanks between them.
Result<std::vector<api::ParameterRequest>> read(const std::vector<std::string_view>& words) {
    std::vector<api::ParameterRequest> all;
    for (std::string_view rest : words) {
        while (!rest.empty()) {
            const auto one = rest.substr(0, rest.find(' '));
            rest.remove_prefix(std::min(one.size() + 1, rest.size()));
            if (one.empty()) continue;
            const auto equals = one.find('=');
            if (equals == one.npos || equals == 0)
                return fail(Error::message(EINVAL, fmt::format("`{}' has to be name=value", one)));
            all.push_back(
                {std::string{one.substr(0, equals)}, std::string{one.substr(equals + 1)}});
        }
    }
    return all;
}

Result<int> run(Context& context, const Arguments& arguments) {
    ZEROTH_TRY(const auto wanted, read(arguments.words()));
    for (const auto& request : wanted) {
        ZEROTH_TRY(const Reply reply,
                   call(context, {.method = "PUT",
                                  .target = "/v1/host/parameters",
                                  .body = boost::json::serialize(api::encode(request))}));
        if (reply.ok()) continue;
        print_error(context, problem_of(reply));
        context.err.print("cannot set parameters: {}={}\n", request.name, request.value);
        return kFailure;
    }
    return kSuccess;
}

}  // namespace

constinit const Command kSetParameters{.name = "set-parameters",
                                       .usage = "<name=value> ...",
                                       .summary = "Change the hypervisor's runtime parameters",
                                       .can_dry_run = false,
                                       .changes_host = true,
                                       .least_words = 1,
                                       .most_words = kAnyNumber,
                                       .options = {},
                                       .run = run};

}  // namespace zeroth::xl
