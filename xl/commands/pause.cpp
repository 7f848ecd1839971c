// SPDX-License-Identifier: Apache-2.0
#include "xl/commands/commands.hpp"
#include "xl/remote.hpp"

namespace zeroth::xl {
namespace {

Result<int> pause(Context& context, const Arguments& arguments) {
    return change_domain(context, arguments.words()[0], "/pause", "POST");
}

Result<int> unpause(Context& context, const Arguments& arguments) {
    return change_domain(context, arguments.words()[0], "/unpause", "POST");
}

}  // namespace

constinit const Command kPause{.name = "pause",
                               .usage = "<Domain>",
                               .summary = "Pause execution of a domain",
                               .can_dry_run = false,
                               .changes_host = true,
                               .least_words = 1,
                               .most_words = 1,
                               .options = {},
                               .run = pause};

constinit const Command kUnpause{.name = "unpause",
                                 .usage = "<Domain>",
                                 .summary = "Unpause a paused domain",
                                 .can_dry_run = false,
                                 .changes_host = true,
                                 .least_words = 1,
                                 .most_words = 1,
                                 .options = {},
                                 .run = unpause};

}  // namespace zeroth::xl
