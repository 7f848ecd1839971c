// SPDX-License-Identifier: Apache-2.0
#include "libdomain/plan/fdt_address.hpp"

#include <fmt/format.h>

extern "C" {
#include <libfdt.h>
}

namespace zeroth::plan {
namespace {

constexpr std::uint32_t kDefaultAddressCells = 2, kDefaultSizeCells = 1;

std::unexpected<Error> senseless(const void* tree, int node, const char* what) {
    const char* name = ::fdt_get_name(tree, node, nullptr);
    return fail(
        Error::message(EINVAL, fmt::format("node \"{}\" {}", name != nullptr ? name : "?", what)));
}

/// Takes numbers of so many cells off a list; more than two cells are no number of ours.
class Cells {
public:
    explicit Cells(std::span<const std::uint32_t> cells) : left_{cells} {}
    bool has(std::size_t count) const { return left_.size() >= count; }
    bool empty() const { return left_.empty(); }
    std::uint64_t take(std::uint32_t count) {
        std::uint64_t number = 0;
        for (const auto cell : left_.first(count)) number = number << 32 | cell;
        left_ = left_.subspan(count);
        return number;
    }

private:
    std::span<const std::uint32_t> left_;
};

struct Widths {
    std::uint32_t address = 0, size = 0;
};

Result<Widths> widths_of(const void* tree, int bus) {
    const Widths widths{cell_of(tree, bus, "#address-cells", kDefaultAddressCells),
                        cell_of(tree, bus, "#size-cells", kDefaultSizeCells)};
    if (widths.address > 2 || widths.size > 2)
        return senseless(tree, bus, "is a bus with addresses of its own, such as PCI's");
    return widths;
}

/// One bus up. `bus` is the node whose children's address this is, and not the root.
Result<Span> translate(const void* tree, int bus, int parent, const Span& span) {
    int size = 0;
    if (::fdt_getprop(tree, bus, "ranges", &size) == nullptr)
        return senseless(tree, bus, "has no \"ranges\": what is in it has no address of the CPU's");
    if (size == 0) return span;
    ZEROTH_TRY(const auto inner, widths_of(tree, bus));
    ZEROTH_TRY(const auto outer, widths_of(tree, parent));
    const auto list = cells_of(tree, bus, "ranges");
    Cells cells{list};
    while (!cells.empty()) {
        if (!cells.has(inner.address + outer.address + inner.size))
            return senseless(tree, bus, "has \"ranges\" that end within an entry");
        const auto from = cells.take(inner.address), to = cells.take(outer.address),
                   length = cells.take(inner.size);
        if (span.start >= from && span.start - from < length &&
            span.size <= length - (span.start - from))
            return Span{to + (span.start - from), span.size};
    }
    return senseless(tree, bus, "has no \"ranges\" entry that holds what is in it");
}

Result<Span> to_cpu(const void* tree, std::span<const int> ancestors, Span span) {
    for (auto i = ancestors.size() - 1; i > 0; --i) {
        ZEROTH_TRY(span, translate(tree, ancestors[i], ancestors[i - 1], span));
    }
    return span;
}

}  // namespace

std::vector<std::uint32_t> cells_of(const void* tree, int node, const char* property) {
    int size = 0;
    const auto* value = static_cast<const fdt32_t*>(::fdt_getprop(tree, node, property, &size));
    std::vector<std::uint32_t> cells;
    for (int i = 0; value != nullptr && i < size / 4; ++i) cells.push_back(::fdt32_ld(value + i));
    return cells;
}

std::uint32_t cell_of(const void* tree, int node, const char* property, std::uint32_t otherwise) {
    const auto cells = cells_of(tree, node, property);
    return cells.size() == 1 ? cells.front() : otherwise;
}

Result<std::vector<Span>> registers_of(const void* tree, int node) {
    std::vector<int> ancestors;
    for (int up = ::fdt_parent_offset(tree, node); up >= 0; up = ::fdt_parent_offset(tree, up))
        ancestors.insert(ancestors.begin(), up);
    return registers_of(tree, node, ancestors);
}

Result<std::vector<Span>> registers_of(const void* tree, int node, std::span<const int> ancestors) {
    std::vector<Span> spans;
    const auto list = cells_of(tree, node, "reg");
    if (list.empty() || ancestors.empty()) return spans;
    ZEROTH_TRY(const auto widths, widths_of(tree, ancestors.back()));
    if (widths.address == 0 || widths.size == 0)
        return senseless(tree, node, "has a \"reg\" that is no range of addresses");
    Cells cells{list};
    while (!cells.empty()) {
        if (!cells.has(widths.address + widths.size))
            return senseless(tree, node, "has a \"reg\" that ends within an entry");
        const auto start = cells.take(widths.address);
        const Span inner{start, cells.take(widths.size)};
        if (inner.size > ~std::uint64_t{0} - inner.start)
            return senseless(tree, node, "has a \"reg\" that goes beyond all addresses");
        ZEROTH_TRY(const auto span, to_cpu(tree, ancestors, inner));
        if (span.size > ~std::uint64_t{0} - span.start)
            return senseless(tree, node, "lies beyond all addresses");
        spans.push_back(span);
    }
    return spans;
}

}  // namespace zeroth::plan
