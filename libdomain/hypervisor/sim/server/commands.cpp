// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <string.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <sstream>
#include <vector>

#include "libdomain/hypervisor/hypervisor.hpp"
#include "libdomain/hypervisor/sim/dom0less.hpp"
#include "libdomain/hypervisor/sim/guests/program.hpp"
#include "libdomain/hypervisor/sim/server/connection.hpp"

namespace zeroth::hyper::sim {
namespace {

using Words = std::vector<std::string>;

struct Context {
    Machine& machine;
    Kills& kills;
    const Words& words;
};

Result<std::uint64_t> number(const std::string& text) {
    std::uint64_t value = 0;
    const auto* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    if (error == std::errc{} && stop == end) return value;
    return fail(Error::message(EINVAL, fmt::format("'{}' is not a number", text)));
}

/// "ENOMEM", or its number.
Result<int> errno_named(const std::string& text) {
    constexpr int kHighest = 133;
    for (int code = 1; code <= kHighest; ++code) {
        const char* const name = ::strerrorname_np(code);
        if (name != nullptr && text == name) return code;
    }
    ZEROTH_TRY(const auto value, number(text));
    if (value > 0 && value <= kHighest) return static_cast<int>(value);
    return fail(Error::message(EINVAL, fmt::format("there is no error {}", text)));
}

Result<ShutdownReason> reason_named(const std::string& text) {
    constexpr std::array<std::string_view, 6> kNames{"poweroff", "reboot",   "suspend",
                                                     "crash",    "watchdog", "soft-reset"};
    for (std::size_t i = 0; i < kNames.size(); ++i) {
        if (text == kNames.at(i)) return static_cast<ShutdownReason>(i);
    }
    return fail(Error::message(EINVAL, fmt::format("a guest does not end by '{}'", text)));
}

Result<std::string> status(const Context& context) {
    const auto& machine = context.machine;
    std::string domains;
    for (const auto id : machine.domains()) domains += fmt::format(" {}", id.raw());
    return fmt::format("free-pages {}\nmappings {}\nports {}\nuses {}\ndomains{}\n",
                       machine.free_pages(), machine.live_mappings(), machine.live_ports(),
                       machine.calls(), domains);
}

Result<std::string> fail_named(const Context& context) {
    ZEROTH_TRY(const int code, errno_named(context.words[2]));
    context.machine.fail(context.words[1], code);
    return std::string{};
}

Result<std::string> fail_nth(const Context& context) {
    ZEROTH_TRY(const auto n, number(context.words[1]));
    ZEROTH_TRY(const int code, errno_named(context.words[2]));
    context.machine.fail_nth_call(n, code);
    return std::string{};
}

Result<std::string> kill(const Context& context) {
    const auto& when = context.words[2];
    if (when != "before" && when != "after") {
        return fail(Error::message(EINVAL, "kill CLIENT before N, or kill CLIENT after N"));
    }
    ZEROTH_TRY(const auto n, number(context.words[3]));
    context.kills.arm(context.words[1],
                      when == "before" ? Kills::When::kBefore : Kills::When::kAfter, n);
    return std::string{};
}

Result<std::string> uses(const Context& context) {
    return fmt::format("{}\n", context.kills.uses(context.words[1]));
}

Result<std::string> clear(const Context& context) {
    context.machine.clear_faults();
    context.kills.clear();
    return std::string{};
}

Result<std::string> end(const Context& context) {
    ZEROTH_TRY(const auto id, number(context.words[1]));
    ZEROTH_TRY(const auto reason, reason_named(context.words[2]));
    ZEROTH_CHECK(context.machine.guest_shutdown(DomainId{static_cast<std::uint16_t>(id)}, reason));
    return std::string{};
}

Result<std::string> dom0less(const Context& context) {
    const auto &program = context.words[1], &kind = context.words[2];
    if (kind != "enhanced" && kind != "plain") {
        return fail(Error::message(EINVAL, "dom0less PROGRAM enhanced|plain"));
    }
    ZEROTH_CHECK(parse_program(program));
    ZEROTH_TRY(const auto id, make_dom0less(context.machine, kernel_image(program),
                                            kind == "enhanced" ? Enhanced::kYes : Enhanced::kNo));
    return fmt::format("{}\n", id.raw());
}

/// As Xen notes what is in a guest's partial device tree: of the frames one more than it maps.
Result<std::string> passthrough(const Context& context) {
    ZEROTH_TRY(const auto domain, number(context.words[1]));
    ZEROTH_TRY(const auto frame, number(context.words[2]));
    ZEROTH_TRY(const auto irq, number(context.words[3]));
    const DomainId id{static_cast<std::uint16_t>(domain)};
    ZEROTH_TRY(const auto xen, Hypervisor::open(context.machine));
    ZEROTH_CHECK(xen.iomem_permission(id, MachineFrame{frame}, 2, true));
    ZEROTH_CHECK(xen.memory_mapping(id, GuestFrame{frame}, MachineFrame{frame}, 1, true));
    ZEROTH_CHECK(xen.bind_spi(id, static_cast<std::uint32_t>(irq)));
    return std::string{};
}

Result<std::string> transcript(const Context& context) {
    std::string text;
    for (const auto& line : context.machine.transcript()) text += line + '\n';
    return text;
}

struct Command {
    std::string_view name;
    /// Words, its own among them.
    std::size_t words;
    Result<std::string> (*run)(const Context& context);
    std::string_view usage;
};

constexpr std::array kCommands{
    Command{"status", 1, &status, "status"},
    Command{"fail", 3, &fail_named, "fail OPERATION ERRNO"},
    Command{"fail-nth", 3, &fail_nth, "fail-nth N ERRNO"},
    Command{"kill", 4, &kill, "kill CLIENT before|after N"},
    Command{"uses", 2, &uses, "uses CLIENT"},
    Command{"clear", 1, &clear, "clear"},
    Command{"end", 3, &end, "end DOMID poweroff|reboot|suspend|crash|watchdog|soft-reset"},
    Command{"dom0less", 3, &dom0less, "dom0less PROGRAM enhanced|plain"},
    Command{"passthrough", 4, &passthrough, "passthrough DOMID FRAME IRQ"},
    Command{"transcript", 1, &transcript, "transcript"},
};

}  // namespace

Result<std::string> obey_command(Machine& machine, Kills& kills, const std::string& line) {
    std::istringstream stream{line};
    const Words words{std::istream_iterator<std::string>{stream}, {}};
    if (words.empty()) return fail(Error::message(EINVAL, "no command"));
    for (const auto& command : kCommands) {
        if (words[0] != command.name) continue;
        if (words.size() == command.words) return command.run({machine, kills, words});
        return fail(Error::message(EINVAL, fmt::format("it is: {}", command.usage)));
    }
    std::string all;
    for (const auto& command : kCommands) all += fmt::format("\n  {}", command.usage);
    return fail(Error::message(
        EINVAL, fmt::format("there is no command '{}'; there are:{}", words[0], all)));
}

}  // namespace zeroth::hyper::sim
