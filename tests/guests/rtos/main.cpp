// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <optional>
#include <string_view>

#include "tests/guests/rtos/commands.hpp"
#include "tests/guests/rtos/console.hpp"
#include "tests/guests/rtos/cpu.hpp"
#include "tests/guests/rtos/events.hpp"
#include "tests/guests/rtos/gic.hpp"
#include "tests/guests/rtos/line.hpp"
#include "tests/guests/rtos/panic.hpp"
#include "tests/guests/rtos/timer.hpp"
#include "tests/guests/rtos/tree.hpp"

namespace zeroth::rtos {
namespace {

/// Where the PL061 of QEMU's virt board is: what ERIKA's driver knew of its own board.
constexpr std::uint32_t kUsualGpio = 0x09030000;

constinit Gic gic;
constinit Timer timer;
constinit Events events;
constinit Machine machine;

/// `gpio=` of the command line, else a node of the tree, else the usual place.
std::uintptr_t find_gpio(const Tree& tree) {
    if (const auto given = tree.argument("gpio"))
        if (const auto address = parse_number(*given)) return *address;
    if (const auto device = tree.find("arm,pl061"); device && device->count > 0)
        return static_cast<std::uintptr_t>(device->regions[0].start);
    return kUsualGpio;
}

/// `irq=` of the command line, else the node's; none if neither says so.
std::optional<std::uint32_t> find_interrupt(const Tree& tree) {
    if (const auto given = tree.argument("irq")) return parse_number(*given);
    const auto device = tree.find("arm,pl061");
    return device ? device->interrupt : std::nullopt;
}

void start(const Tree& tree) {
    machine.tree = &tree;
    machine.gic = &gic;
    machine.timer = &timer;
    machine.events = &events;
    machine.gpio.open(find_gpio(tree), 0);
    machine.gpio_interrupt = find_interrupt(tree);
    gic.open(tree);
    if (machine.gpio_interrupt) {
        machine.gpio.quiet();
        gic.open_shared(*machine.gpio_interrupt);
    }
    events.open(tree);
    timer.open();
    cpu::enable_interrupts();
    machine.xenbus.open();
}

}  // namespace

void panic(std::string_view why) {
    cpu::disable_interrupts();
    Line line;
    machine.console.print_line((line << "panic: " << why).text());
    xen::shut_down(xen::Shutdown::kCrash);
}

}  // namespace zeroth::rtos

extern "C" {

void rtos_interrupt() {
    using namespace zeroth::rtos;
    const auto interrupt = gic.acknowledge();
    if (interrupt == kTimerInterrupt) timer.on_interrupt();
    if (interrupt == kEventInterrupt) events.on_interrupt();
    if (interrupt == machine.gpio_interrupt)
        machine.pins = machine.pins | machine.gpio.on_interrupt();
    if (interrupt < 1020) gic.end(interrupt);
}

void rtos_exception(std::uintptr_t kind, std::uintptr_t syndrome, std::uintptr_t where,
                    std::uintptr_t address) {
    using namespace zeroth::rtos;
    Line line;
    line << "exception " << static_cast<std::uint32_t>(kind) << ", syndrome ";
    line.hex(syndrome) << ", at ";
    line.hex(where) << ", address ";
    panic(line.hex(address).text());
}

void rtos_main(std::uintptr_t device_tree) {
    using namespace zeroth::rtos;
    machine.console.open();
    const auto tree = Tree::at(device_tree);
    if (!tree) panic("no device tree where its address should be");
    machine.console.open_uart(*tree);
    start(*tree);
    run(machine);
}
}
