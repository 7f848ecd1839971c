// SPDX-License-Identifier: Apache-2.0
#include "libdomain/plan/interrupt_map.hpp"

#include <fmt/format.h>

extern "C" {
#include <libfdt.h>
}

#include <algorithm>
#include <optional>
#include <span>

#include "libdomain/plan/fdt_address.hpp"

namespace zeroth::plan {
namespace {

/// More than any board has; a tree that says more would cost time only.
constexpr std::size_t kMostNexuses = 16, kMostMapCells = 16'384;
constexpr std::uint32_t kMostCells = 16;

using Words = std::span<const std::uint32_t>;

std::unexpected<Error> bad_map(const HostNodes& host, std::size_t nexus, const char* what) {
    return fail(
        Error::message(EINVAL, fmt::format("the interrupt-map of {} {}", host.path(nexus), what)));
}

/// How many cells the address of a sender has. A nexus that does not say so has it from the bus
/// that it is on, as Linux has it too.
std::uint32_t child_address_cells(const HostNodes& host, std::size_t nexus) {
    constexpr std::uint32_t kDefault = 2;
    for (auto at = nexus;; at = host.all()[at].parent) {
        const auto cells = cells_of(host.tree(), host.all()[at].offset, "#address-cells");
        if (cells.size() == 1) return cells.front();
        if (at == 0) return kDefault;
    }
}

/// The widths of a nexus's two columns on the left.
struct Widths {
    std::uint32_t address = 0, specifier = 0;
};

Result<Widths> widths_of(const HostNodes& host, std::size_t nexus) {
    const auto specifier = cell_of(host.tree(), host.all()[nexus].offset, "#interrupt-cells", 0);
    const Widths widths{child_address_cells(host, nexus), specifier};
    if (widths.address > kMostCells || widths.specifier == 0 || widths.specifier > kMostCells)
        return bad_map(host, nexus, "has columns of no width that makes sense");
    return widths;
}

/// What a line of the map is compared with: the sender's address and its specifier, as many cells
/// of either as there are, masked.
std::vector<std::uint32_t> key_of(const HostNodes& host, const InterruptLine& line,
                                  const Widths& widths) {
    auto key = line.unit_address;
    key.resize(widths.address);
    key.insert(key.end(), line.specifier.begin(), line.specifier.end());
    key.resize(widths.address + widths.specifier);
    const auto mask = cells_of(host.tree(), host.all()[line.node].offset, "interrupt-map-mask");
    for (std::size_t i = 0; i < std::min(mask.size(), key.size()); ++i) key[i] &= mask[i];
    return key;
}

/// Takes the columns on the right off the map's cells: where to, and what it is called there.
Result<InterruptLine> take_target(const HostNodes& host, std::size_t nexus, Words& left) {
    const auto target = left.empty() ? std::nullopt : host.of_phandle(left.front());
    if (!target) return bad_map(host, nexus, "leads to a node that is not there");
    left = left.subspan(1);
    const auto offset = host.all()[*target].offset;
    const auto address = cell_of(host.tree(), offset, "#address-cells", 0),
               specifier = cell_of(host.tree(), offset, "#interrupt-cells", 0);
    if (address > kMostCells || specifier == 0 || specifier > kMostCells)
        return bad_map(host, nexus, "leads to a node that takes no interrupts");
    if (left.size() < address + specifier) return bad_map(host, nexus, "ends within an entry");
    const auto unit = left.first(address), name = left.subspan(address, specifier);
    left = left.subspan(address + specifier);
    return InterruptLine{*target, {unit.begin(), unit.end()}, {name.begin(), name.end()}};
}

Result<InterruptLine> through_map(const HostNodes& host, const InterruptLine& line) {
    const auto map = cells_of(host.tree(), host.all()[line.node].offset, "interrupt-map");
    if (map.size() > kMostMapCells) return bad_map(host, line.node, "is longer than makes sense");
    ZEROTH_TRY(const auto widths, widths_of(host, line.node));
    const auto key = key_of(host, line, widths);
    for (Words left{map}; !left.empty();) {
        if (left.size() < key.size()) return bad_map(host, line.node, "ends within an entry");
        const auto is_it = std::ranges::equal(left.first(key.size()), key);
        left = left.subspan(key.size());
        ZEROTH_TRY(auto target, take_target(host, line.node, left));
        if (is_it) return target;
    }
    return fail(
        Error::message(ENOENT, fmt::format("its interrupt {:#x} is not in the interrupt-map of {}",
                                           fmt::join(line.specifier, " "), host.path(line.node))));
}

}  // namespace

bool is_nexus(const HostNodes& host, std::size_t index) {
    const auto has = [&](const char* property) {
        return ::fdt_getprop(host.tree(), host.all()[index].offset, property, nullptr) != nullptr;
    };
    return has("interrupt-map") && !has("interrupt-controller");
}

Result<InterruptLine> follow_maps(const HostNodes& host, InterruptLine line) {
    // Maps may lead in a circle.
    for (std::size_t steps = 0; is_nexus(host, line.node); ++steps) {
        if (steps == kMostNexuses) return bad_map(host, line.node, "is one of too many in a row");
        ZEROTH_TRY(line, through_map(host, line));
    }
    return line;
}

}  // namespace zeroth::plan
