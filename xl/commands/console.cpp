// SPDX-License-Identifier: Apache-2.0
#include <charconv>

#include "xl/attach.hpp"
#include "xl/commands/commands.hpp"
#include "xl/relay.hpp"
#include "xl/remote.hpp"

namespace zeroth::xl {
namespace {

constexpr Option kOptions[]{
    {'t', nullptr, "pv|vuart|serial", "the kind of console (default: pv)"},
    {'n', nullptr, "NUMBER", "which of that kind (default: 0)"},
    {'f', "force", nullptr, "take the keyboard from whoever types there"},
    {'e', nullptr, "ESCAPE", "the character that detaches, as it is or as ^X (default: ^])"},
};

int refuse(Context& context, std::string_view what, std::string_view given) {
    context.err.print("xl: `{}' is no {}\n", given, what);
    return kUsage;
}

Result<int> run(Context& context, const Arguments& arguments) {
    ConsoleChoice choice;
    choice.type = arguments.value('t').value_or(choice.type);
    if (choice.type != "pv" && choice.type != "vuart" && choice.type != "serial")
        return refuse(context, "kind of console: pv, vuart or serial", choice.type);
    if (const auto number = arguments.value('n')) {
        const char* end = number->data() + number->size();
        const auto parsed = std::from_chars(number->data(), end, choice.number);
        if (parsed.ec != std::errc{} || parsed.ptr != end)
            return refuse(context, "console's number", *number);
    }
    if (const auto escape = arguments.value('e')) {
        const auto parsed = parse_escape(*escape);
        if (!parsed) return refuse(context, "escape character: x or ^X", *escape);
        choice.escape = *parsed;
    }
    choice.force = arguments.has('f');
    const std::string_view domain = arguments.words()[0];
    if (is_domain0(domain)) {
        context.err.write("Can't specify Domain-0\n");
        return kFailure;
    }
    return attach_console(context, domain, choice);
}

}  // namespace

constinit const Command kConsole{.name = "console",
                                 .usage = "[options] <Domain>",
                                 .summary = "Attach to a domain's console",
                                 .can_dry_run = false,
                                 .changes_host = false,
                                 .least_words = 1,
                                 .most_words = 1,
                                 .options = kOptions,
                                 .run = run};

}  // namespace zeroth::xl
