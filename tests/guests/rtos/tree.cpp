// SPDX-License-Identifier: Apache-2.0
#include "tests/guests/rtos/tree.hpp"

#include <cstring>

#include "tests/guests/rtos/line.hpp"

namespace zeroth::rtos {
namespace {

constexpr std::uint32_t kMagic = 0xD00DFEED, kBeginNode = 1, kEndNode = 2, kProperty = 3, kNop = 4;
constexpr std::size_t kDeepest = 16;

std::uint32_t word_at(std::uintptr_t address) {
    return __builtin_bswap32(*reinterpret_cast<const std::uint32_t*>(address));
}

std::string_view text_at(std::uintptr_t address) { return reinterpret_cast<const char*>(address); }

struct Property {
    std::string_view name;
    std::uintptr_t value = 0;
    std::uint32_t size = 0;

    std::string_view text() const { return {reinterpret_cast<const char*>(value), size}; }
};

/// Goes over the blob and tells of each property (`on_property(depth, property)`) and of each node
/// whose properties are over (`on_node(depth)`), until one of them wants no more. The tree is from
/// Xen's tools, so it is taken to be sound.
template <class OnProperty, class OnNode>
void walk(std::uintptr_t blob, OnProperty on_property, OnNode on_node) {
    auto at = blob + word_at(blob + 8);
    const auto strings = blob + word_at(blob + 12);
    std::size_t depth = 0;
    bool open = false;
    while (true) {
        const auto tag = word_at(at);
        at += 4;
        if (tag == kBeginNode || tag == kEndNode) {
            if (open && !on_node(depth)) return;
            open = tag == kBeginNode;
            depth += tag == kBeginNode ? std::size_t{1} : ~std::size_t{0};
            if (depth == 0 || depth >= kDeepest) return;
            if (tag == kBeginNode) at += (text_at(at).size() + 4) & ~std::uintptr_t{3};
        } else if (tag == kProperty) {
            const Property property{text_at(strings + word_at(at + 4)), at + 8, word_at(at)};
            if (!on_property(depth, property)) return;
            at += 8 + ((property.size + 3) & ~std::uintptr_t{3});
        } else if (tag != kNop) {
            return;
        }
    }
}

/// A list of texts, each with its zero.
bool holds(std::string_view list, std::string_view wanted) {
    while (!list.empty()) {
        const std::string_view first{list.data()};
        if (first == wanted) return true;
        list.remove_prefix(first.size() < list.size() ? first.size() + 1 : list.size());
    }
    return false;
}

std::uint64_t number_at(std::uintptr_t& at, std::uint32_t cells) {
    std::uint64_t number = 0;
    for (; cells > 0; --cells, at += 4) number = number << 32 | word_at(at);
    return number;
}

/// What is known of the node at one depth.
struct Level {
    std::uint32_t address_cells = 2, size_cells = 1;
    Property reg, interrupts;
    bool matches = false;
};

/// The first of `interrupts`, of three cells as a GIC has them: 0 for a shared one, and its number.
std::optional<std::uint32_t> interrupt_of(const Property& interrupts) {
    if (interrupts.size < 12 || word_at(interrupts.value) != 0) return std::nullopt;
    return word_at(interrupts.value + 4) + 32;
}

Tree::Device device_of(const Level& level, const Level& parent) {
    Tree::Device device;
    device.interrupt = interrupt_of(level.interrupts);
    const auto& reg = level.reg;
    const auto bytes = 4 * (parent.address_cells + parent.size_cells);
    auto at = reg.value;
    for (auto left = reg.size; bytes != 0 && left >= bytes && device.count < device.regions.size();
         left -= bytes) {
        auto& region = device.regions[device.count++];
        region.start = number_at(at, parent.address_cells);
        region.size = number_at(at, parent.size_cells);
    }
    return device;
}

}  // namespace

std::optional<Tree> Tree::at(std::uintptr_t address) {
    if (address == 0 || address % 8 != 0 || word_at(address) != kMagic) return std::nullopt;
    return Tree{address};
}

std::optional<Tree::Device> Tree::find(std::string_view compatible) const {
    std::array<Level, kDeepest> levels{};
    std::optional<Device> found;
    walk(
        blob_,
        [&](std::size_t depth, const Property& property) {
            auto& level = levels[depth];
            if (property.name == "#address-cells") level.address_cells = word_at(property.value);
            if (property.name == "#size-cells") level.size_cells = word_at(property.value);
            if (property.name == "reg") level.reg = property;
            if (property.name == "interrupts") level.interrupts = property;
            if (property.name == "compatible") level.matches = holds(property.text(), compatible);
            return true;
        },
        [&](std::size_t depth) {
            if (levels[depth].matches) found = device_of(levels[depth], levels[depth - 1]);
            // A node's siblings come after it, and begin with nothing known.
            if (depth + 1 < kDeepest) levels[depth + 1] = {};
            levels[depth].matches = false;
            levels[depth].reg = levels[depth].interrupts = {};
            return !found;
        });
    return found;
}

std::string_view Tree::bootargs() const {
    std::string_view found;
    walk(
        blob_,
        [&](std::size_t, const Property& property) {
            if (property.name == "bootargs") found = text_at(property.value);
            return found.empty();
        },
        [](std::size_t) { return true; });
    return found;
}

std::optional<std::string_view> Tree::argument(std::string_view word) const {
    auto left = bootargs();
    while (!left.empty()) {
        auto each = take_word(left);
        if (each.size() <= word.size() || !each.starts_with(word) || each[word.size()] != '=')
            continue;
        each.remove_prefix(word.size() + 1);
        return each;
    }
    return std::nullopt;
}

}  // namespace zeroth::rtos
