// SPDX-License-Identifier: Apache-2.0
#include <boost/json/value.hpp>

#include "daemon/api/reference_json.hpp"
#include "xl/commands/commands.hpp"
#include "xl/remote.hpp"

namespace zeroth::xl {
namespace {

constexpr Option kOptions[]{kJson};

std::int64_t number(const boost::json::object& channel, const char* key) {
    const auto* const value = channel.if_contains(key);
    return value != nullptr && value->is_int64() ? value->as_int64() : 0;
}

std::string text(const boost::json::object& channel, const char* key) {
    const auto* const value = channel.if_contains(key);
    return value != nullptr && value->is_string() ? std::string{value->as_string()} : "";
}

void print_channel(Output& out, const boost::json::object& channel) {
    const auto connection = text(channel, "connection");
    out.print("{:<3} {:<2} {:<5} {:<6} {:<8} {:<10} ", number(channel, "index"), 0,
              number(channel, "state"), number(channel, "evtchn"), number(channel, "ring_ref"),
              connection);
    if (connection == "pty") out.print("{:<30} ", text(channel, "path"));
    out.write("\n");
}

Result<int> run(Context& context, const Arguments& arguments) {
    int status = kSuccess;
    const bool as_json = arguments.has(kJsonKey);
    if (!as_json) {
        context.out.print("{:<3} {:<2} {:<5} {:<6} {:>8} {:<10} {:<30}\n", "Idx", "BE", "state",
                          "evt-ch", "ring-ref", "connection", "");
    }
    for (const std::string_view word : arguments.words()) {
        ZEROTH_TRY(const Reply reply, call_domain(context, word, "/channels"));
        if (reply.status == 404) {
            status = no_such_domain(context, word);
            continue;
        }
        ZEROTH_TRY(const auto list, json_of(reply));
        if (as_json) {
            context.out.write(api::print_reference(list));
            continue;
        }
        if (!list.is_array()) return fail("xld's answer is no list of channels");
        for (const auto& channel : list.as_array())
            if (channel.is_object()) print_channel(context.out, channel.as_object());
    }
    return status;
}

}  // namespace

constinit const Command kChannelList{.name = "channel-list",
                                     .usage = "[options] <Domain(s)>",
                                     .summary = "List the channels of domains",
                                     .can_dry_run = false,
                                     .changes_host = false,
                                     .least_words = 1,
                                     .most_words = kAnyNumber,
                                     .options = kOptions,
                                     .run = run};

}  // namespace zeroth::xl
