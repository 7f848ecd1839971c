// SPDX-License-Identifier: Apache-2.0
#include "xl/commands/commands.hpp"
#include "xl/dispatch.hpp"

namespace zeroth::xl {
namespace {

Result<int> run(Context& context, const Arguments& arguments) {
    if (arguments.words().empty()) {
        print_general_help(context.out);
        return kSuccess;
    }
    const std::string_view name = arguments.words()[0];
    const Command* command = find_command(name);
    if (command == nullptr) {
        context.out.print("command \"{}\" not implemented\n", name);
        if (const AbsentCommand* absent = find_absent(name); absent != nullptr)
            context.err.print("hint: {}\n", absent->why);
        return kFailure;
    }
    print_help(context.out, *command);
    return kSuccess;
}

}  // namespace

constinit const Command kHelp{.name = "help",
                              .usage = "[Command]",
                              .summary = "List the commands, or explain one",
                              .can_dry_run = false,
                              .changes_host = false,
                              .least_words = 0,
                              .most_words = 1,
                              .options = {},
                              .run = run,
                              .reads_conf = false};

}  // namespace zeroth::xl
