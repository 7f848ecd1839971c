// SPDX-License-Identifier: Apache-2.0
#include <boost/json/serialize.hpp>

#include "xl/commands/commands.hpp"
#include "xl/memory_size.hpp"
#include "xl/remote.hpp"

namespace zeroth::xl {
namespace {

/// `kind` is the reference's word for what is set: "dynamic" or "static".
Result<int> set(Context& context, const Arguments& arguments, const char* kind,
                std::optional<std::uint64_t> api::MemoryRequest::*member) {
    const auto& words = arguments.words();
    const auto size = parse_memory_size(words[1]);
    if (!size) {
        context.err.print("invalid memory size: {}\n", words[1]);
        return kFailure;
    }
    api::MemoryRequest request;
    request.*member = size->raw();
    const auto body = boost::json::serialize(api::encode(request));
    ZEROTH_TRY(const Reply reply, call_domain(context, words[0], "/memory",
                                              {.method = "PUT", .target = {}, .body = body}));
    if (reply.status == 404) return no_such_domain(context, words[0]);
    if (reply.ok()) return kSuccess;
    print_error(context, problem_of(reply));
    context.err.print("cannot set domid {} {} max memory to : {}\n", domid_of(context, words[0]),
                      kind, words[1]);
    return kFailure;
}

Result<int> run_set(Context& context, const Arguments& arguments) {
    return set(context, arguments, "dynamic", &api::MemoryRequest::target);
}

Result<int> run_max(Context& context, const Arguments& arguments) {
    return set(context, arguments, "static", &api::MemoryRequest::max);
}

}  // namespace

constinit const Command kMemMax{.name = "mem-max",
                                .usage = "<Domain> <Size['b'|'k'|'m'|'g'|'t']>",
                                .summary = "Set the most memory that a domain may ever have",
                                .can_dry_run = false,
                                .changes_host = true,
                                .least_words = 2,
                                .most_words = 2,
                                .options = {},
                                .run = run_max};

constinit const Command kMemSet{.name = "mem-set",
                                .usage = "<Domain> <Size['b'|'k'|'m'|'g'|'t']>",
                                .summary = "Set how much memory a domain is to use now",
                                .can_dry_run = false,
                                .changes_host = true,
                                .least_words = 2,
                                .most_words = 2,
                                .options = {},
                                .run = run_set};

}  // namespace zeroth::xl
