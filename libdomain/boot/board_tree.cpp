// SPDX-License-Identifier: Apache-2.0
#include "libdomain/boot/board_tree.hpp"

#include <fmt/format.h>
#include <libfdt.h>

#include <algorithm>
#include <string_view>

#include "libdomain/plan/fdt_check.hpp"

// Devicetree Specification, chapters 2.3 and 3.
namespace zeroth::boot {
namespace {

constexpr std::uint64_t kFourGiB = std::uint64_t{1} << 32;

class Reader {
public:
    explicit Reader(const void* tree) : tree_{tree} {}

    int node(const std::string& path) const { return ::fdt_path_offset(tree_, path.c_str()); }

    /// A property that is a string; empty if it is not there or none.
    std::string string(int node, const char* name) const {
        const auto bytes = property(node, name);
        const std::string_view text{reinterpret_cast<const char*>(bytes.data()), bytes.size()};
        const auto end = text.find('\0');
        return end == text.npos ? "" : std::string{text.substr(0, end)};
    }

    std::span<const std::byte> property(int node, const char* name) const {
        int length = 0;
        const void* const value = node < 0 ? nullptr : ::fdt_getprop(tree_, node, name, &length);
        if (value == nullptr || length < 0) return {};
        return {static_cast<const std::byte*>(value), static_cast<std::size_t>(length)};
    }

    /// The pairs of `reg` in a child of `parent`, one for each range of addresses.
    std::vector<Region> ranges(int parent, int node, const std::string& what) const {
        const auto address_cells = cells(::fdt_address_cells(tree_, parent));
        const auto size_cells = cells(::fdt_size_cells(tree_, parent));
        auto bytes = property(node, "reg");
        std::vector<Region> found;
        const auto stride = (address_cells + size_cells) * sizeof(std::uint32_t);
        while (stride != 0 && bytes.size() >= stride) {
            const auto start = number(bytes, address_cells);
            const auto size = number(bytes.subspan(address_cells * 4), size_cells);
            bytes = bytes.subspan(stride);
            if (size != 0 && start + size > start) found.push_back({start, size, what});
        }
        return found;
    }

private:
    static std::size_t cells(int count) {
        return count < 0 ? 0 : std::min<std::size_t>(static_cast<std::size_t>(count), 2);
    }
    static std::uint64_t number(std::span<const std::byte> bytes, std::size_t cells) {
        std::uint64_t value = 0;
        for (const auto byte : bytes.first(cells * 4))
            value = value << 8 | std::to_integer<std::uint64_t>(byte);
        return value;
    }

    const void* tree_;
};

/// The lowest bank, without what lies from 4 GiB up: U-Boot and 32-bit machines do not reach that.
std::optional<Region> find_ram(const void* tree, const Reader& reader) {
    std::vector<Region> banks;
    int node = 0;
    fdt_for_each_subnode(node, tree, 0) {
        if (reader.string(node, "device_type") != "memory") continue;
        for (auto& bank : reader.ranges(0, node, "RAM")) banks.push_back(std::move(bank));
    }
    const auto lowest = std::ranges::min_element(banks, {}, &Region::start);
    if (lowest == banks.end() || lowest->start >= kFourGiB) return std::nullopt;
    auto ram = *lowest;
    // Neighbours are one: some trees give a bank in pieces.
    std::ranges::sort(banks, {}, &Region::start);
    for (const auto& bank : banks)
        if (bank.start == ram.end()) ram.size += bank.size;
    ram.size = std::min(ram.size, kFourGiB - ram.start);
    return ram;
}

std::vector<Region> find_reserved(const void* tree, const Reader& reader) {
    std::vector<Region> reserved;
    for (int at = 0; at < ::fdt_num_mem_rsv(tree); ++at) {
        std::uint64_t start = 0, size = 0;
        if (::fdt_get_mem_rsv(tree, at, &start, &size) == 0 && size != 0 && start + size > start)
            reserved.push_back({start, size, "reserved by the device tree"});
    }
    const int parent = reader.node("/reserved-memory");
    if (parent < 0) return reserved;
    int node = 0;
    fdt_for_each_subnode(node, tree, parent) {
        const char* const name = ::fdt_get_name(tree, node, nullptr);
        for (auto& range :
             reader.ranges(parent, node, fmt::format("reserved: {}", name == nullptr ? "?" : name)))
            reserved.push_back(std::move(range));
    }
    return reserved;
}

/// "serial0:115200n8" is an alias and the line's settings.
std::string find_console(const Reader& reader) {
    auto port = reader.string(reader.node("/chosen"), "stdout-path");
    port = port.substr(0, port.find(':'));
    if (port.empty()) port = "serial0";
    if (port.starts_with('/')) return port;
    return reader.string(reader.node("/aliases"), port.c_str());
}

}  // namespace

Result<BoardTree> read_board_tree(std::span<const std::byte> blob) {
    ZEROTH_CHECK(plan::check_device_tree(blob));
    const void* const tree = blob.data();
    const Reader reader{tree};
    BoardTree board;
    board.model = reader.string(0, "model");
    const auto compatible = reader.property(0, "compatible");
    const std::string_view names{reinterpret_cast<const char*>(compatible.data()),
                                 compatible.size()};
    board.is_sunxi = names.find("allwinner,") != names.npos;
    board.ram = find_ram(tree, reader);
    board.reserved = find_reserved(tree, reader);
    board.console = find_console(reader);
    return board;
}

}  // namespace zeroth::boot
