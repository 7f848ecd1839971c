// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <vector>

extern "C" {
#include <libfdt.h>
}

#include "libdomain/config/parse.hpp"
#include "libdomain/plan/fdt_address.hpp"
#include "libdomain/plan/fdt_writer.hpp"
#include "libdomain/plan/host_nodes.hpp"
#include "libdomain/plan/layout.hpp"
#include "libdomain/plan/partial_tree.hpp"
#include "libdomain/plan/passthrough.hpp"

// Every device of real boards' device trees through what `xl passthrough` does: it gets a config
// and a partial tree that a create would take, or is told why not.
namespace {

using namespace zeroth;
using namespace zeroth::plan;

struct Tally {
    std::size_t trees = 0, devices = 0, refused = 0, with_interrupts = 0, wrong = 0;
};

std::string read_file(const char* path) {
    std::ifstream file{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
}

/// The last word of the root's `compatible`: which chip it is.
std::string chip_of(const HostNodes& host) {
    int size = 0;
    const auto* value =
        static_cast<const char*>(::fdt_getprop(host.tree(), 0, "compatible", &size));
    if (value == nullptr || size < 2) return {};
    std::string words{value, static_cast<std::size_t>(size) - 1};
    return words.substr(words.rfind('\0') + 1);
}

/// The lines, read as a config; with what no config goes without.
Result<> check_config(const plan::Passthrough& device) {
    config::Source source;
    source.name = "device.cfg";
    source.text = "name = \"g\"\nkernel = \"k\"\nmemory = 16\n" + to_config(device, "device.dtb");
    const auto parsed = config::parse(source, config::Form::kXl);
    if (!parsed.config) return fail(Error::message(EINVAL, "its config has errors"));
    if (!parsed.diagnostics.empty())
        return fail(Error::message(EINVAL, parsed.diagnostics.front().message));
    if (parsed.config->iomem != device.iomem || parsed.config->irqs != device.irqs ||
        parsed.config->dtdev != device.dtdev)
        return fail(Error::message(EINVAL, "its config says something else"));
    return {};
}

/// The partial tree in a guest's, as a create has it; the node is there, with its interrupts at the
/// guest's controller and its registers in what is mapped.
Result<> check_tree(const plan::Passthrough& device) {
    FdtWriter guest;
    {
        const FdtNode root{guest, ""};
        ZEROTH_CHECK(copy_partial_tree(device.device_tree, guest));
    }
    ZEROTH_TRY(const auto blob, guest.finish());
    ZEROTH_TRY(const auto nodes, HostNodes::create(blob));
    ZEROTH_TRY(const auto index,
               nodes.find("/passthrough" + device.path.substr(device.path.rfind('/'))));
    ZEROTH_TRY(const auto registers,
               registers_of(nodes.tree(), nodes.all()[index].offset, nodes.ancestors(index)));
    for (const auto& span : registers) {
        const auto is_mapped = [&](const config::IomemRange& range) {
            const auto first = range.guest_first.raw() << kPageShift;
            return span.start >= first && span.end() <= first + (range.count << kPageShift);
        };
        if (span.size != 0 && std::ranges::none_of(device.iomem, is_mapped))
            return fail(Error::message(
                EINVAL, fmt::format("its registers at {:#x} are not mapped", span.start)));
    }
    const auto cells = cells_of(nodes.tree(), nodes.all()[index].offset, "interrupts");
    for (const auto irq : device.irqs) {
        bool is_there = false;
        for (std::size_t at = 0; at + 2 < cells.size(); at += 3)
            is_there |= cells[at + 1] + (cells[at] == 2 ? 4096U : 32U) == irq;
        if (!is_there)
            return fail(Error::message(EINVAL, fmt::format("its interrupt {} is lost", irq)));
    }
    return {};
}

void complain(const char* tree, const std::string& node, const Error& error, Tally& tally) {
    ++tally.wrong;
    fmt::print("not ok - {} {}: {}\n", tree, node, error.text());
}

/// Why devices have been refused, and how many.
using Reasons = std::map<std::string, std::size_t>;

/// "node ... has ..." for what every node has of its own.
std::string without_names(std::string why, const std::string& node) {
    if (why.starts_with(node)) why.erase(0, node.size() + 2);
    for (auto from = why.find('"'); from != std::string::npos; from = why.find('"', from + 3)) {
        const auto to = why.find('"', from + 1);
        if (to == std::string::npos) break;
        why.replace(from, to + 1 - from, "...");
    }
    return why;
}

void check_device(const char* tree, std::span<const std::byte> blob, const std::string& node,
                  Reasons& reasons, Tally& tally) {
    const auto device = plan_passthrough(blob, node);
    ++tally.devices;
    if (!device) {
        ++tally.refused;
        ++reasons[without_names(device.error().text(), node)];
        return;
    }
    // Those that a board boots with are sound.
    for (const auto& obstacle : device->obstacles)
        for (const auto* nonsense : {"end within an entry", "of no kind", "that is not there"})
            if (obstacle.find(nonsense) != std::string::npos)
                complain(tree, node, Error::message(obstacle), tally);
    if (!device->irqs.empty()) ++tally.with_interrupts;
    if (const auto good = check_config(*device); !good) complain(tree, node, good.error(), tally);
    if (const auto good = check_tree(*device); !good) complain(tree, node, good.error(), tally);
}

/// What kind of device it is: chips of a family have the same ones, again and again.
std::string kind_of(const HostNodes& host, std::size_t index) {
    int size = 0;
    const auto* value = static_cast<const char*>(
        ::fdt_getprop(host.tree(), host.all()[index].offset, "compatible", &size));
    if (value != nullptr) return {value, static_cast<std::size_t>(size)};
    const auto name = host.name(index);
    return name.substr(0, name.find('@'));
}

bool has_registers(const HostNodes& host, std::size_t index) {
    return ::fdt_getprop(host.tree(), host.all()[index].offset, "reg", nullptr) != nullptr;
}

}  // namespace

/// usage: passthrough-trees FILE.dtb…: of the trees of one chip only the first, of a kind of device
/// the first few
int main(int count, char** words) {
    Tally tally;
    std::set<std::string> chips;
    Reasons reasons;
    constexpr std::size_t kMostOfAKind = 4;
    std::map<std::string, std::size_t> kinds;
    for (int file = 1; file < count; ++file) {
        const auto bytes = read_file(words[file]);
        const auto blob = std::as_bytes(std::span{bytes});
        const auto host = HostNodes::create(blob);
        if (!host) {
            complain(words[file], "", host.error(), tally);
            continue;
        }
        if (!chips.insert(chip_of(*host)).second) continue;
        ++tally.trees;
        for (std::size_t index = 1; index < host->all().size(); ++index)
            if (has_registers(*host, index) && ++kinds[kind_of(*host, index)] <= kMostOfAKind)
                check_device(words[file], blob, host->path(index), reasons, tally);
    }
    for (const auto& [reason, times] : reasons) fmt::print("# {} times: {}\n", times, reason);
    fmt::print("{} trees, {} devices, {} with interrupts, {} refused, {} wrong\n", tally.trees,
               tally.devices, tally.with_interrupts, tally.refused, tally.wrong);
    return tally.wrong == 0 && tally.devices > 0 ? 0 : 1;
}
