// SPDX-License-Identifier: Apache-2.0
#include "tests/guests/rtos/commands.hpp"

#include "tests/guests/rtos/line.hpp"
#include "tests/guests/rtos/pin_page.hpp"

// README.md beside this file has the protocol.
namespace zeroth::rtos {
namespace {

constexpr const char* kCommandPath = "data/command";

void say(Machine& machine, std::string_view what, std::string_view value) {
    Line line;
    machine.console.print_line((line << what << ": " << value).text());
}

void say_reply(Machine& machine, std::string_view what, const XenBus::Reply& reply) {
    say(machine, what, reply.text);
}

void info(Machine& machine, std::string_view) {
    Line line;
    line << "info: " << cpu::kName << ", GICv" << machine.gic->version() << ", timer "
         << cpu::counter_frequency() << " Hz, gpio ";
    line.hex(machine.gpio.registers()) << ", domain " << machine.xenbus.read("domid").text;
    line << ", " << machine.events->count() << " events";
    machine.console.print_line(line.text());
}

void pin(Machine& machine, std::string_view arguments) {
    if (arguments == "0" || arguments == "1")
        machine.gpio.set(arguments == "1");
    else if (!arguments.empty())
        return say(machine, "pin", "0, 1 or nothing is wanted");
    say(machine, "pin", machine.gpio.is_high() ? "1" : "0");
}

bool has_interrupt(Machine& machine, std::string_view command) {
    if (!machine.gpio_interrupt) say(machine, command, "no interrupt was given");
    return machine.gpio_interrupt.has_value();
}

/// Raises the GPIO's interrupt, by its own pin, and waits for it.
void irq(Machine& machine, std::string_view) {
    if (!has_interrupt(machine, "irq")) return;
    const auto before = machine.gpio.count();
    machine.gpio.set(false);
    machine.gpio.interrupt_when_high();
    machine.gpio.set(true);
    const Deadline deadline{2000};
    while (machine.gpio.count() == before && !deadline.passed()) cpu::wait_for_interrupt();
    Line number;
    say(machine, "irq", (number << machine.gpio.count() - before).text());
}

void listen(Machine& machine, std::string_view arguments) {
    if (!has_interrupt(machine, "listen")) return;
    const auto pin = parse_number(arguments);
    if (!pin || *pin == 0 || *pin > 7) return say(machine, "listen", "1 to 7 is wanted");
    machine.gpio.listen(*pin);
    say(machine, "listen", "OK");
}

/// The pins whose interrupts nobody waited for.
void tell_pins(Machine& machine) {
    cpu::disable_interrupts();
    const auto pins = machine.pins;
    machine.pins = 0;
    cpu::enable_interrupts();
    for (std::uint32_t pin = 1; pin < 8; ++pin) {
        Line number;
        if ((pins & 1U << pin) != 0) say(machine, "edge", (number << "pin " << pin).text());
    }
}

void read(Machine& machine, std::string_view arguments) {
    say_reply(machine, "read", machine.xenbus.read(take_word(arguments)));
}

void write(Machine& machine, std::string_view arguments) {
    const auto path = take_word(arguments);
    say_reply(machine, "write", machine.xenbus.write(path, arguments));
}

void watch(Machine& machine, std::string_view arguments) {
    say_reply(machine, "watch", machine.xenbus.watch(take_word(arguments)));
}

void ticks(Machine& machine, std::string_view arguments) {
    const auto milliseconds = parse_number(arguments).value_or(1000);
    const auto before = machine.timer->ticks();
    const Deadline deadline{milliseconds};
    while (!deadline.passed()) cpu::wait_for_interrupt();
    Line number;
    say(machine, "ticks", (number << machine.timer->ticks() - before).text());
}

bool publish(Machine& machine, const char* path, std::uint32_t number) {
    Line text;
    const auto reply = machine.xenbus.write(path, (text << number).text());
    if (!reply.good) say_reply(machine, "share", reply);
    return reply.good;
}

void share(Machine& machine, std::string_view) {
    if (const auto result = machine.share.open(*machine.tree); result != 0)
        return say(machine, "share", xen::error_name(result));
    if (!publish(machine, kPinPagePort, machine.share.port()) ||
        !publish(machine, kPinPageGrant, machine.share.grant()))
        return;
    Line line;
    line << "grant " << machine.share.grant() << ", port " << machine.share.port();
    say(machine, "share", line.text());
}

void echo(Machine& machine, std::string_view arguments) { say(machine, "echo", arguments); }

/// Nothing is at address 0 of a guest.
void crash(Machine&, std::string_view) { cpu::read32(0); }

void hang(Machine&, std::string_view) {
    cpu::disable_interrupts();
    while (true) cpu::barrier();
}

void off(Machine&, std::string_view) { xen::power_off(); }
void reboot(Machine&, std::string_view) { xen::reset(); }

struct Command {
    std::string_view name;
    void (*run)(Machine&, std::string_view);
};
constexpr Command kCommands[]{
    {"info", info},   {"echo", echo},   {"pin", pin},     {"read", read},     {"write", write},
    {"watch", watch}, {"share", share}, {"ticks", ticks}, {"irq", irq},       {"listen", listen},
    {"crash", crash}, {"hang", hang},   {"off", off},     {"reboot", reboot},
};

void obey(Machine& machine, std::string_view line) {
    auto rest = line;
    const auto name = take_word(rest);
    if (name.empty()) return;
    for (const auto& command : kCommands)
        if (command.name == name) return command.run(machine, rest);
    Line names;
    for (const auto& command : kCommands) names << " " << command.name;
    say(machine, "no such command; there are", names.text());
}

/// What `xl shutdown` and `xl reboot` ask for.
void look_for_shutdown(Machine& machine) {
    const auto reply = machine.xenbus.read("control/shutdown");
    if (!reply.good || reply.text.empty()) return;
    const bool restarts = reply.text == "reboot";
    say(machine, "asked to", reply.text);
    machine.xenbus.write("control/shutdown", "");
    if (restarts) xen::reset();
    xen::power_off();
}

/// What has been written there is done as if it had been typed.
void look_for_command(Machine& machine) {
    const auto reply = machine.xenbus.read(kCommandPath);
    if (!reply.good || reply.text.empty()) return;
    Line line;  // the reply is only there until the next request
    line << reply.text;
    machine.xenbus.write(kCommandPath, "");
    obey(machine, line.text());
}

void look_around(Machine& machine) {
    while (const auto line = machine.console.read_line()) obey(machine, *line);
    tell_pins(machine);
    machine.share.serve(machine.gpio);
    while (const auto path = machine.xenbus.next_event()) {
        if (*path == "control/shutdown")
            look_for_shutdown(machine);
        else if (*path == kCommandPath)
            look_for_command(machine);
        else
            say(machine, "event", *path);
    }
}

/// Whatever it is that has happened since, this is another number.
std::uint32_t happenings(const Machine& machine) {
    return machine.events->count() + machine.gpio.count();
}

}  // namespace

void run(Machine& machine) {
    machine.xenbus.write("control/feature-poweroff", "1");
    machine.xenbus.write("control/feature-reboot", "1");
    machine.xenbus.watch("control/shutdown");
    machine.xenbus.watch(kCommandPath);
    machine.console.print_line("zeroth rtos is up");
    auto seen = happenings(machine) - 1;
    while (true) {
        if (const auto now = happenings(machine); seen != now) {
            seen = now;
            look_around(machine);
            continue;
        }
        // Between the look at the count and the wait nothing may slip through: an interrupt that is
        // held back ends the wait as well.
        cpu::disable_interrupts();
        if (seen == happenings(machine)) cpu::wait_for_interrupt();
        cpu::enable_interrupts();
    }
}

}  // namespace zeroth::rtos
