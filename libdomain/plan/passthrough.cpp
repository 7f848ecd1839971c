// SPDX-License-Identifier: Apache-2.0
#include "libdomain/plan/passthrough.hpp"

#include <fmt/format.h>

extern "C" {
#include <libfdt.h>
}

#include <algorithm>
#include <array>
#include <string_view>

#include "libdomain/plan/fdt_address.hpp"
#include "libdomain/plan/fdt_writer.hpp"
#include "libdomain/plan/host_nodes.hpp"
#include "libdomain/plan/layout.hpp"
#include "libdomain/plan/passthrough_interrupts.hpp"
#include "libdomain/plan/passthrough_needs.hpp"

namespace zeroth::plan {
namespace {

/// What a guest has of its own where a device of the host might be: that goes to the window that
/// Xen sets aside for PCI devices, which no guest of ours has.
constexpr std::array<Span, 7> kGuestsOwn{
    kGicDistributorV3, kGicRedistributors, kPl011, kGrantTable, kMagic, kRamBanks[0], kRamBanks[1]};
constexpr std::uint64_t kWindow = 0x2300'0000, kWindowSize = 0x1000'0000;
constexpr std::size_t kMostNeighbours = 16;
/// By the generic names of the Devicetree Specification, 2.2.2.
constexpr std::array<std::string_view, 16> kDmaNames{
    "ethernet", "usb",  "mmc",   "sata",  "dma-controller", "gpu",         "pcie", "crypto",
    "nand",     "gmac", "video", "audio", "hdmi",           "video-codec", "ahci", "display"};

std::uint64_t page_of(std::uint64_t address) { return address >> kPageShift; }

class Planner {
public:
    Planner(const HostNodes& host, std::size_t index) : host_{host}, index_{index} {}

    Result<Passthrough> plan() {
        device_.path = host_.path(index_);
        if (index_ == 0) return fail("the root node is no device");
        ZEROTH_TRY(registers_, registers_of(tree(), offset(), host_.ancestors(index_)));
        map_registers();
        interrupts_ = interrupts_of(host_, index_, device_.obstacles);
        for (const auto& interrupt : interrupts_) device_.irqs.push_back(interrupt.number);
        std::ranges::sort(device_.irqs);
        const auto same = std::ranges::unique(device_.irqs);
        device_.irqs.erase(same.begin(), same.end());
        auto needs = needs_of(host_, index_);
        for (auto& obstacle : needs.obstacles) device_.obstacles.push_back(std::move(obstacle));
        look_for_dma();
        look_for_neighbours();
        look_at_use();
        ZEROTH_TRY(device_.device_tree, write(needs));
        return std::move(device_);
    }

private:
    const void* tree() const { return host_.tree(); }
    int offset() const { return host_.all()[index_].offset; }
    bool has(const char* property) const {
        return ::fdt_getprop(tree(), offset(), property, nullptr) != nullptr;
    }

    /// Whole pages, those of two ranges in one page once. An empty range maps nothing.
    void map_registers() {
        std::vector<std::pair<std::uint64_t, std::uint64_t>> pages;  // first, end
        for (const auto& span : registers_)
            if (span.size != 0)
                pages.emplace_back(page_of(span.start), page_of(span.end() - 1) + 1);
        std::ranges::sort(pages);
        for (const auto& [first, end] : pages) {
            auto& known = device_.iomem;
            if (!known.empty() && known.back().first.raw() + known.back().count >= first) {
                auto& last = known.back();
                last.count = std::max(last.count, end - last.first.raw());
            } else {
                known.push_back({MachineFrame{first}, end - first, GuestFrame{first}});
            }
        }
        auto free = kWindow;
        for (auto& range : device_.iomem) {
            const Span span{range.first.raw() << kPageShift, range.count << kPageShift};
            const bool taken = std::ranges::any_of(
                kGuestsOwn, [&](const Span& own) { return span.overlaps(own); });
            if (!taken) continue;
            if (span.size > kWindow + kWindowSize - free) {
                device_.obstacles.push_back(
                    fmt::format("a guest has no room for its registers at {:#x}", span.start));
                continue;
            }
            range.guest_first = GuestFrame{page_of(free)};
            free += span.size;
        }
    }

    std::uint64_t guest_address(std::uint64_t address) const {
        for (const auto& range : device_.iomem) {
            const auto page = page_of(address);
            if (page >= range.first.raw() && page - range.first.raw() < range.count)
                return address + ((range.guest_first.raw() - range.first.raw()) << kPageShift);
        }
        return address;
    }

    void look_for_dma() {
        auto name = host_.name(index_);
        name.resize(std::min(name.find('@'), name.size()));
        if (has("iommus")) {
            device_.dtdev.push_back(device_.path);
        } else if (std::ranges::find(kDmaNames, name) != kDmaNames.end() || has("dma-coherent")) {
            device_.obstacles.emplace_back(
                "it seems to do DMA, and no SMMU stands between it and memory: it would read and "
                "write wherever the guest tells it to, and at the wrong addresses, since a guest's "
                "are not the machine's");
        }
        if (has("ranges"))
            device_.obstacles.emplace_back(
                "it is a bus: what is on it has registers of its own, which have to be passed too");
    }

    void look_for_neighbours() {
        std::size_t told = 0;
        for (std::size_t other = 1; other < host_.all().size() && told < kMostNeighbours; ++other) {
            if (host_.is_within(other, index_) || host_.is_within(index_, other)) continue;
            if (is_memory(other)) continue;
            const auto theirs =
                registers_of(tree(), host_.all()[other].offset, host_.ancestors(other));
            if (!theirs) continue;
            for (const auto& span : *theirs) {
                if (!shares_page(span)) continue;
                device_.obstacles.push_back(fmt::format(
                    "{} has registers in the same page ({:#x}): the guest gets those too",
                    host_.path(other), span.start));
                ++told;
                break;
            }
        }
    }
    /// A board's tree may name more memory than there is: its boot loader corrects that.
    bool is_memory(std::size_t other) const {
        int size = 0;
        const auto* type = static_cast<const char*>(
            ::fdt_getprop(tree(), host_.all()[other].offset, "device_type", &size));
        return type != nullptr &&
               std::string_view{type, static_cast<std::size_t>(size)}.starts_with("memory");
    }
    bool shares_page(const Span& span) const {
        if (span.size == 0) return false;
        const auto first = page_of(span.start), last = page_of(span.end() - 1);
        return std::ranges::any_of(device_.iomem, [&](const auto& range) {
            return first < range.first.raw() + range.count && last >= range.first.raw();
        });
    }

    void look_at_use() {
        if (device_.iomem.empty())
            device_.obstacles.emplace_back("it has no registers that a CPU reaches");
        int size = 0;
        const auto* status =
            static_cast<const char*>(::fdt_getprop(tree(), offset(), "status", &size));
        const bool used = status == nullptr || size == 0 || status[0] == 'o';
        if (!used || has("xen,passthrough")) return;
        device_.obstacles.emplace_back(
            "dom0's own driver has to let go of it first (unbind, in /sys/bus/*/drivers)");
        if (!device_.irqs.empty())
            device_.obstacles.emplace_back(
                "Xen gives its interrupts to dom0 and to nobody else, unless the property "
                "xen,passthrough stands in the node when Xen boots");
    }

    Result<std::vector<std::byte>> write(const Needs& needs) const {
        FdtWriter out;
        {
            const FdtNode root{out, ""};
            out.cells("#address-cells", {2});
            out.cells("#size-cells", {2});
            const FdtNode passthrough{out, "passthrough"};
            out.string("compatible", "simple-bus");
            out.cells("#address-cells", {2});
            out.cells("#size-cells", {2});
            out.empty("ranges");
            for (const auto companion : needs.companions)
                if (!host_.is_within(companion, index_)) copy(out, companion, {});
            copy(out, index_, needs);
        }
        return out.finish();
    }

    /// A node with all below it. Only the device itself is changed.
    void copy(FdtWriter& out, std::size_t index, const Needs& needs) const {
        const FdtNode node{out, host_.name(index)};
        int property = 0;
        fdt_for_each_property_offset(property, tree(), host_.all()[index].offset) {
            const char* name = nullptr;
            int size = 0;
            const auto* value = static_cast<const std::byte*>(
                ::fdt_getprop_by_offset(tree(), property, &name, &size));
            if (value == nullptr || is_changed(index, name, needs)) continue;
            out.property(name, {value, static_cast<std::size_t>(size)});
        }
        if (index == index_) write_changed(out);
        for (auto child = index + 1; child < host_.all().size() && host_.is_within(child, index);
             ++child)
            if (host_.all()[child].parent == index) copy(out, child, {});
    }

    bool is_changed(std::size_t index, std::string_view name, const Needs& needs) const {
        const auto offset = host_.all()[index].offset;
        if (name == "phandle" || name == "linux,phandle") {
            const auto phandle = ::fdt_get_phandle(tree(), offset);
            return phandle == kGicPhandle || phandle == kGrantDmaPhandle;
        }
        if (index != index_) return false;
        return name == "reg" || name == "interrupts" || name == "interrupts-extended" ||
               name == "interrupt-parent" || name == "status" || name == "xen,passthrough" ||
               needs.dropped.contains(name);
    }

    void write_changed(FdtWriter& out) const {
        std::vector<std::uint32_t> cells;
        const auto add = [&](std::uint64_t value) {
            cells.push_back(static_cast<std::uint32_t>(value >> 32));
            cells.push_back(static_cast<std::uint32_t>(value));
        };
        for (const auto& span : registers_) {
            add(guest_address(span.start));
            add(span.size);
        }
        if (!cells.empty()) out.cells("reg", cells);
        cells.clear();
        for (const auto& interrupt : interrupts_) {
            const bool extended = interrupt.number >= 4096;
            cells.push_back(extended ? 2 : 0);
            cells.push_back(interrupt.number - (extended ? 4096 : 32));
            cells.push_back(interrupt.flags);
        }
        if (cells.empty()) return;
        out.cells("interrupt-parent", {kGicPhandle});
        out.cells("interrupts", cells);
    }

    const HostNodes& host_;
    std::size_t index_;
    std::vector<Span> registers_;
    std::vector<Interrupt> interrupts_;
    Passthrough device_;
};

/// Everything between quotes in a config.
std::string quoted(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    return out + '"';
}

}  // namespace

Result<Passthrough> plan_passthrough(std::span<const std::byte> blob, const std::string& path) {
    ZEROTH_TRY(const auto host, HostNodes::create(blob));
    ZEROTH_TRY(const auto index, host.find(path));
    auto device = Planner{host, index}.plan();
    if (!device) return fail(std::move(device).error().within(host.path(index)));
    return device;
}

std::string to_config(const Passthrough& device, const std::string& file) {
    std::string text = fmt::format("# {}\n", device.path);
    for (const auto& obstacle : device.obstacles) text += fmt::format("# - {}\n", obstacle);
    std::vector<std::string> entries;
    for (const auto& range : device.iomem) {
        auto entry = fmt::format("{:#x},{:#x}", range.first.raw(), range.count);
        if (range.guest_first.raw() != range.first.raw())
            entry += fmt::format("@{:#x}", range.guest_first.raw());
        entries.push_back(quoted(entry));
    }
    if (!entries.empty()) text += fmt::format("iomem = [ {} ]\n", fmt::join(entries, ", "));
    if (!device.irqs.empty()) text += fmt::format("irqs = [ {} ]\n", fmt::join(device.irqs, ", "));
    for (const auto& path : device.dtdev) text += fmt::format("dtdev = [ {} ]\n", quoted(path));
    if (!file.empty()) text += fmt::format("device_tree = {}\n", quoted(file));
    return text;
}

}  // namespace zeroth::plan
