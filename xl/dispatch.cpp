// SPDX-License-Identifier: Apache-2.0
#include "xl/dispatch.hpp"

#include <algorithm>
#include <optional>

#include "xl/absent.hpp"
#include "xl/xl_conf_file.hpp"

namespace zeroth::xl {
namespace {

struct Lookup {
    const Command* command = nullptr;
    const AbsentCommand* absent = nullptr;
    std::vector<std::string_view> candidates;
};

Lookup look_up(std::string_view name) {
    Lookup found;
    for (const Command* command : commands()) {
        if (name == command->name)
            return Lookup{.command = command, .absent = nullptr, .candidates = {}};
        if (!std::string_view{command->name}.starts_with(name)) continue;
        found.command = command;
        found.candidates.emplace_back(command->name);
    }
    for (const AbsentCommand& absent : absent_commands()) {
        if (absent.name == name)
            return Lookup{.command = nullptr, .absent = &absent, .candidates = {}};
        if (!absent.name.starts_with(name)) continue;
        found.absent = &absent;
        found.candidates.push_back(absent.name);
    }
    if (found.candidates.size() == 1) {
        found.candidates.clear();
    } else {
        found.command = nullptr;
        found.absent = nullptr;
    }
    return found;
}

/// The options before the command's name. Gives the exit status where they end it.
std::optional<int> global_option(Context& context, std::string_view word) {
    if (word == "--help") {
        print_general_help(context.out);
        return kSuccess;
    }
    if (word == "--version") {
        context.out.print("zeroth xl {}\n", ZEROTH_VERSION);
        return kSuccess;
    }
    for (const char letter : word.substr(1)) {
        switch (letter) {
            case 'v':
                ++context.verbosity;
                break;
            case 'N':
                context.dry_run = true;
                break;
            case 't':
                context.carriage_return = true;
                break;
            case 'T':
                context.timestamps = true;
                break;
            // The reference's lock of another toolstack, which is long gone.
            case 'f':
                break;
            default:
                context.err.print("xl: invalid option -- '{}'\nunknown global option\n", letter);
                return kFailure;
        }
    }
    return std::nullopt;
}

int unknown_command(Context& context, std::string_view name, const Lookup& found) {
    context.err.write("command not implemented\n");
    if (found.absent != nullptr) {
        context.err.print("hint: {}\n", found.absent->why);
    } else if (!found.candidates.empty() && !name.empty()) {
        context.err.print("hint: `{}' could be {}\n", name, fmt::join(found.candidates, ", "));
    } else {
        context.err.write("hint: `xl help' lists the commands\n");
    }
    return kFailure;
}

int run_command(Context& context, const Command& command, const std::vector<const char*>& words) {
    if (context.dry_run && !command.can_dry_run) {
        context.err.write("command does not implement -N (dryrun) option\n");
        return kFailure;
    }
    Arguments arguments;
    const std::string complaint = Arguments::parse(command.options, words, arguments);
    if (arguments.has('h')) {
        print_help(context.out, command);
        return kSuccess;
    }
    if (!complaint.empty()) {
        context.err.write(complaint);
        return kUsage;
    }
    if (arguments.words().size() < command.least_words) {
        context.err.print("'xl {}' requires at least {} argument{}.\n\n", command.name,
                          command.least_words, command.least_words == 1 ? "" : "s");
        print_help(context.out, command);
        return kUsage;
    }
    if (arguments.words().size() > command.most_words) {
        context.err.print("'xl {}' does not know what to do with `{}'.\n\n", command.name,
                          arguments.words()[command.most_words]);
        print_help(context.out, command);
        return kUsage;
    }
    if (command.reads_conf && !load_xl_conf(context)) return kFailure;
    const Result<int> status = command.run(context, arguments);
    if (status) return *status;
    print_error(context, status.error());
    return kFailure;
}

}  // namespace

const Command* find_command(std::string_view name) { return look_up(name).command; }
const AbsentCommand* find_absent(std::string_view name) { return look_up(name).absent; }

int dispatch(Context& context, const std::vector<const char*>& words) {
    std::size_t at = 0;
    while (at < words.size() && words[at][0] == '-' && words[at][1] != '\0') {
        if (std::string_view{words[at]} == "--") {
            ++at;
            break;
        }
        if (const auto status = global_option(context, words[at])) return *status;
        ++at;
    }
    if (at == words.size()) {
        print_general_help(context.out);
        return kFailure;
    }
    const Lookup found = look_up(words[at]);
    if (found.command == nullptr) return unknown_command(context, words[at], found);
    return run_command(context, *found.command,
                       {words.begin() + static_cast<std::ptrdiff_t>(at), words.end()});
}

}  // namespace zeroth::xl
