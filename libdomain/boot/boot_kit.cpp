// SPDX-License-Identifier: Apache-2.0
#include "libdomain/boot/boot_kit.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "libdomain/boot/board_tree.hpp"
#include "libdomain/boot/boot_tree.hpp"
#include "libdomain/boot/script_image.hpp"
#include "libdomain/image/kernel.hpp"
#include "libdomain/image/regular_file.hpp"

namespace zeroth::boot {
namespace {

constexpr std::uint64_t kMiB = std::uint64_t{1} << 20;

std::unexpected<Error> bad(std::string what) {
    return fail(Error::message(EINVAL, std::move(what)));
}

std::string base_name(const std::string& path) {
    return std::filesystem::path{path}.filename().string();
}

Result<std::vector<std::byte>> read_tree(const std::string& path) {
    constexpr std::uint64_t kLargest = 2 * kMiB;
    ZEROTH_TRY(const auto file, image::RegularFile::open(path));
    if (file.identity().size > kLargest) return bad("no device tree has more than 2 MiB");
    std::vector<std::byte> blob(static_cast<std::size_t>(file.identity().size));
    ZEROTH_CHECK(file.read_at(0, blob));
    return blob;
}

/// What the tree with the modules is called: not as the one it was made from.
std::string tree_name(const Order& order) {
    return std::filesystem::path{order.tree}.stem().string() + "-xen.dtb";
}

/// What is known of files and board before anything has a place.
struct Facts {
    image::KernelFacts xen, kernel;
    std::uint64_t ramdisk_size = 0;
    std::vector<std::byte> tree;
    BoardTree board;
    bool is_64_bit() const { return xen.width == image::Width::k64; }
};

Result<image::KernelFacts> probe(const char* what, const std::string& path) {
    auto facts = image::probe(path);
    if (!facts) return fail(std::move(facts).error().within(what));
    return facts;
}

/// U-Boot's bootz and booti take Xen as it is; Xen itself unpacks dom0's kernel.
Result<> check_kernels(const Facts& facts) {
    const auto& xen = facts.xen;
    if (xen.gzip || xen.uimage || xen.format == image::Format::kElf)
        return bad(fmt::format("xen: {} is {}; U-Boot starts a plain Image or zImage", xen.path,
                               xen.gzip     ? "compressed"
                               : xen.uimage ? "a uImage"
                                            : "an ELF file"));
    if (facts.kernel.uimage || facts.kernel.format == image::Format::kElf)
        return bad(fmt::format("kernel: {} is {}; Xen wants dom0's as an Image or a zImage",
                               facts.kernel.path,
                               facts.kernel.uimage ? "a uImage" : "an ELF file"));
    if (!facts.is_64_bit() && facts.kernel.width == image::Width::k64)
        return bad(fmt::format("kernel: {} is for 64-bit ARM, and {} for 32-bit", facts.kernel.path,
                               xen.path));
    return {};
}

Result<Facts> look(const Order& order) {
    if (order.xen.empty()) return bad("no hypervisor is given (-x FILE)");
    if (order.kernel.empty()) return bad("no kernel for dom0 is given (-k FILE)");
    Facts facts;
    ZEROTH_TRY(facts.xen, probe("xen", order.xen));
    ZEROTH_TRY(facts.kernel, probe("kernel", order.kernel));
    ZEROTH_CHECK(check_kernels(facts));
    if (!order.ramdisk.empty()) {
        ZEROTH_TRY(const auto ramdisk, image::probe_ramdisk(order.ramdisk));
        facts.ramdisk_size = ramdisk.size;
    }
    if (order.board != nullptr && order.board->is_64_bit != facts.is_64_bit())
        return bad(fmt::format("xen: {} is for {}-bit ARM, and {} is a {}-bit board", order.xen,
                               facts.is_64_bit() ? 64 : 32, order.board->name,
                               order.board->is_64_bit ? 64 : 32));
    if (order.tree.empty()) return facts;
    auto blob = read_tree(order.tree);
    if (!blob) return fail(std::move(blob).error().within("dtb"));
    facts.tree = *std::move(blob);
    auto tree = read_board_tree(facts.tree);
    if (!tree) return fail(std::move(tree).error().within("dtb: " + order.tree));
    facts.board = *std::move(tree);
    return facts;
}

bool from_firmware(const Order& order) {
    return order.tree.empty() && order.board != nullptr && order.board->firmware_tree;
}

/// What the user says comes first, then the tree, then what is known of the board by its name.
Result<Region> find_ram(const Order& order, const Facts& facts) {
    Region ram{0, 0, "RAM"};
    if (order.board != nullptr) {
        ram.start = order.board->ram_start;
        ram.size = to_bytes(order.board->ram_size).raw();
    }
    if (facts.board.ram) ram = *facts.board.ram;
    if (facts.board.is_sunxi && ram.size == 0) ram.start = 0x40000000;
    ram.start = order.ram_start.value_or(ram.start);
    ram.size = order.ram_size.value_or(ram.size);
    if (ram.size == 0)
        return bad(
            "how much RAM the board has is not known: give it with -m (and --ram ADDRESS, "
            "where it does not begin at 0)");
    constexpr std::uint64_t kFourGiB = std::uint64_t{1} << 32;
    if (ram.start >= kFourGiB) return bad("--ram: U-Boot loads below 4 GiB, and RAM begins above");
    ram.size = std::min(ram.size, kFourGiB - ram.start);
    if (ram.start % kStep != 0 || ram.size % kStep != 0)
        return bad("RAM begins and ends at multiples of 2 MiB");
    return ram;
}

Result<Memory> find_memory(const Order& order, const Facts& facts) {
    Memory memory;
    ZEROTH_TRY(memory.ram, find_ram(order, facts));
    // Xen moves itself to the top, for which it wants 2 MiB.
    memory.keep_top = align_up(std::max(order.keep_top.value_or(kKeepTop), kStep), kStep);
    memory.taken = facts.board.reserved;
    if (from_firmware(order))
        memory.taken.push_back({memory.ram.start, kStep, "the firmware's device tree"});
    const auto script = facts.board.is_sunxi     ? kSunxiScript
                        : order.board != nullptr ? order.board->script
                                                 : 0;
    if (script != 0)
        memory.taken.push_back({align_down(script, kStep), kStep, "boot.scr, while it runs"});
    return memory;
}

/// In the order from the top down.
std::vector<Load> find_loads(const Order& order, const Facts& facts) {
    // Behind Xen's file lies what its header does not tell of a 32-bit one: memory that it clears.
    constexpr std::uint64_t kXenBss = kMiB / 4;
    const auto& xen = facts.xen;
    const auto& board = order.board;
    std::map<Part, std::uint64_t> pins = order.pins;
    if (board != nullptr && board->xen != 0) pins.try_emplace(Part::kXen, board->xen);
    if (board != nullptr && board->kernel != 0) pins.try_emplace(Part::kKernel, board->kernel);
    std::vector<Load> loads{{Part::kKernel, facts.kernel.size_on_disk}};
    if (facts.ramdisk_size != 0) loads.push_back({Part::kRamdisk, facts.ramdisk_size});
    loads.push_back({Part::kTree, kStep});
    const auto in_memory = xen.segments.empty() ? 0 : xen.segments.front().memory_size;
    loads.push_back(
        {Part::kXen, std::max(xen.size_on_disk, in_memory) + (facts.is_64_bit() ? 0 : kXenBss)});
    for (auto& load : loads)
        if (const auto pin = pins.find(load.part); pin != pins.end()) load.pinned = pin->second;
    return loads;
}

std::string default_xen_arguments(const Order& order, const Facts& facts, const Memory& memory) {
    constexpr std::uint64_t kLeast = 128 * kMiB, kMost = 512 * kMiB;
    std::string port = facts.board.console;
    if (port.empty() && order.board != nullptr && order.board->console != nullptr)
        port = order.board->console;
    // Without a port Xen looks for /chosen/stdout-path, which a firmware's tree may have.
    return fmt::format("console=dtuart {}dom0_mem={}M", port.empty() ? "" : "dtuart=" + port + ' ',
                       std::clamp(memory.ram.size / 4, kLeast, kMost) / kMiB);
}

std::string dom0_arguments(const Order& order, const Facts& facts, Kit& kit) {
    auto text = order.dom0_arguments.value_or("console=hvc0");
    if (facts.board.is_sunxi || (order.board != nullptr && order.board->script == kSunxiScript)) {
        if (text.find(kSunxiDom0Args) == text.npos)
            text += fmt::format(" {}", kSunxiDom0Args);
        else
            return text;
        kit.notes.push_back(
            fmt::format("dom0's command line gets {}: it would switch off the "
                        "clock of Xen's serial port",
                        kSunxiDom0Args));
    }
    return text;
}

/// dom0_mem of a command line, in bytes; 0 if it is not there or of another form than SIZE.
std::uint64_t dom0_memory(const std::string& arguments) {
    constexpr std::string_view kKey = "dom0_mem=";
    const auto at = arguments.find(kKey);
    if (at == arguments.npos) return 0;
    std::uint64_t count = 0;
    auto rest = std::string_view{arguments}.substr(at + kKey.size());
    while (!rest.empty() && rest[0] >= '0' && rest[0] <= '9' && count < (1U << 30)) {
        count = count * 10 + static_cast<std::uint64_t>(rest[0] - '0');
        rest.remove_prefix(1);
    }
    if (rest.starts_with('G') || rest.starts_with('g')) return count << 30;
    if (rest.starts_with('M') || rest.starts_with('m')) return count << 20;
    return rest.empty() || rest[0] == ' ' || rest[0] == 'K' || rest[0] == 'k' ? count << 10 : 0;
}

Result<> check_arguments(const std::string& text, const char* option) {
    if (std::ranges::all_of(text, [](unsigned char letter) { return letter >= ' '; })) return {};
    return bad(
        fmt::format("--{}: a command line has no line breaks or other control characters", option));
}

Result<Recipe> make_recipe(const Order& order, const Facts& facts, Layout layout, Kit& kit) {
    Recipe recipe{.layout = std::move(layout),
                  .source = order.source,
                  .is_64_bit = facts.is_64_bit(),
                  .firmware_tree = from_firmware(order)};
    recipe.board = order.board != nullptr      ? order.board->name
                   : facts.board.model.empty() ? "a board"
                                               : facts.board.model;
    const bool whole_paths = order.source == Source::kFel;
    const auto named = [&](const std::string& path) {
        if (path.empty()) return path;
        return whole_paths ? std::filesystem::absolute(path).string()
                           : order.prefix + base_name(path);
    };
    recipe.xen = named(order.xen);
    recipe.kernel = named(order.kernel);
    recipe.ramdisk = named(order.ramdisk);
    if (!order.tree.empty()) recipe.tree = (whole_paths ? "" : order.prefix) + tree_name(order);
    recipe.xen_arguments =
        order.xen_arguments.value_or(default_xen_arguments(order, facts, recipe.layout.memory));
    recipe.dom0_arguments = dom0_arguments(order, facts, kit);
    ZEROTH_CHECK(check_arguments(recipe.xen_arguments, "xen-args"));
    ZEROTH_CHECK(check_arguments(recipe.dom0_arguments, "dom0-args"));
    return recipe;
}

/// The tree with the modules, at the addresses where they will be.
Result<> add_tree(const Order& order, const Facts& facts, const Recipe& recipe, Kit& kit) {
    std::vector<Module> modules{{address_of(recipe.layout, Part::kKernel),
                                 facts.kernel.size_on_disk, true, recipe.dom0_arguments}};
    if (facts.ramdisk_size != 0)
        modules.push_back({address_of(recipe.layout, Part::kRamdisk), facts.ramdisk_size, false});
    ZEROTH_TRY(const auto tree, with_modules(facts.tree, recipe.xen_arguments, modules));
    kit.files.push_back(
        {tree_name(order), {reinterpret_cast<const char*>(tree.data()), tree.size()}});
    return {};
}

Result<> check_source(const Order& order) {
    if (order.tree.empty() && !from_firmware(order))
        return bad(
            order.board == nullptr
                ? std::string{"neither a board's name (-b) nor its device tree (-t) is given"}
                : fmt::format("{} needs its device tree: -t {}.dtb (of Linux's)", order.board->name,
                              order.board->tree));
    if (order.source == Source::kFel && from_firmware(order))
        return bad(
            "--from fel: that is Allwinner's, and this board's firmware has the device tree");
    return {};
}

}  // namespace

Result<Kit> make_kit(const Order& order, std::uint32_t time) {
    ZEROTH_CHECK(check_source(order));
    ZEROTH_TRY(const auto facts, look(order));
    ZEROTH_TRY(auto memory, find_memory(order, facts));
    Kit kit;
    auto layout = lay_out(std::move(memory), find_loads(order, facts));
    kit.picture = picture(layout);
    kit.problem = layout.problem;
    if (kit.problem) return kit;
    const auto gap = largest_gap(layout);
    ZEROTH_TRY(const auto recipe, make_recipe(order, facts, std::move(layout), kit));
    if (const auto wanted = dom0_memory(recipe.xen_arguments); wanted > gap)
        kit.notes.push_back(
            fmt::format("dom0_mem={}M is more than the largest free stretch of RAM, {} "
                        "MiB; dom0's memory has the machine's addresses",
                        wanted / kMiB, gap / kMiB));
    kit.script = boot_script(recipe);
    ZEROTH_TRY(const auto image, script_image(kit.script, "Xen", time, recipe.is_64_bit));
    kit.files.push_back({"boot.cmd", kit.script});
    kit.files.push_back({"boot.scr", {reinterpret_cast<const char*>(image.data()), image.size()}});
    if (!order.tree.empty()) ZEROTH_CHECK(add_tree(order, facts, recipe, kit));
    if (order.source == Source::kFel)
        kit.files.push_back({"boot-fel.sh", fel_script(recipe), true});
    return kit;
}

}  // namespace zeroth::boot
