// SPDX-License-Identifier: Apache-2.0
#include <string>

#include "xl/command.hpp"

namespace zeroth::xl {
namespace {

std::string spelling(const Option& option) {
    std::string text;
    if (option.key < 256) text = fmt::format("-{}", static_cast<char>(option.key));
    if (option.name != nullptr) {
        if (!text.empty()) text += ", ";
        text += fmt::format("--{}", option.name);
        if (option.value != nullptr) text += fmt::format("={}", option.value);
    } else if (option.value != nullptr) {
        text += fmt::format(" {}", option.value);
    }
    return text;
}

}  // namespace

void print_general_help(Output& out) {
    out.write("Usage xl [-vfNtT] <subcommand> [args]\n\nxl full list of subcommands:\n\n");
    for (const Command* command : commands())
        out.print(" {:<19} {}\n", command->name, command->summary);
}

void print_help(Output& out, const Command& command) {
    out.print("Usage: xl [-vtT{}{}] {}{}{}\n\n{}.\n\n", command.can_dry_run ? "N" : "",
              command.changes_host ? "f" : "", command.name, command.usage[0] == '\0' ? "" : " ",
              command.usage, command.summary);
    if (command.options.empty()) return;
    out.write("Options:\n\n");
    for (const Option& option : command.options)
        out.print("{:<35} {}\n", spelling(option), option.help);
    out.write("\n");
}

}  // namespace zeroth::xl
