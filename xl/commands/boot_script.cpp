// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>
#include <ctime>
#include <filesystem>

#include "core/unique_fd.hpp"
#include "libdomain/boot/boards.hpp"
#include "libdomain/boot/boot_kit.hpp"
#include "libdomain/config/number.hpp"
#include "xl/commands/commands.hpp"
#include "xl/memory_size.hpp"

namespace zeroth::xl {
namespace {

constexpr int kXenArgs = 300, kDom0Args = 301, kFrom = 302, kPrefix = 303, kKeepTop = 304,
              kAt = 305, kRam = 306, kBoards = 307;
constexpr Option kOptions[]{
    {'b', "board", "NAME", "a board that is known by name (see --boards)"},
    {'t', "dtb", "FILE", "the board's device tree"},
    {'m', "memory", "SIZE", "its RAM, in MiB; needed where neither name nor tree says"},
    {kRam, "ram", "ADDRESS", "where that begins"},
    {'x', "xen", "FILE", "the hypervisor: an Image or a zImage"},
    {'k', "kernel", "FILE", "dom0's kernel"},
    {'r', "ramdisk", "FILE", "dom0's initial ramdisk"},
    {kXenArgs, "xen-args", "TEXT", "Xen's command line (default: the console, a dom0_mem)"},
    {kDom0Args, "dom0-args", "TEXT", "dom0's command line (default console=hvc0)"},
    {kFrom, "from", "SOURCE", "mmc (whatever U-Boot boots from), tftp or fel; default mmc"},
    {kPrefix, "prefix", "PATH", "with tftp: the folder on the server"},
    {kKeepTop, "keep-top", "SIZE",
     "RAM at the top to leave to U-Boot while it runs, in MiB (default 128)"},
    {kAt, "at", "PART=ADDRESS", "put xen, kernel, ramdisk or dtb there; may be repeated"},
    {'o', "out", "DIR", "where to write (default: the current folder)"},
    {kBoards, "boards", nullptr, "list the boards that are known by name"},
};

std::unexpected<Error> bad(std::string what) {
    return fail(Error::message(EINVAL, std::move(what)));
}

Result<std::uint64_t> parse_address(std::string_view option, std::string_view text) {
    const auto number = config::parse_number(text);
    if (!number) return bad(fmt::format("--{}: {}", option, number.error().message));
    return *number;
}

Result<std::uint64_t> parse_size(std::string_view option, std::string_view text) {
    const auto size = parse_memory_size(text);
    if (!size) return bad(fmt::format("--{}: `{}' is no size; 512, 512m and 1g are", option, text));
    return to_bytes(*size).raw();
}

Result<boot::Source> parse_source(std::string_view text) {
    if (text == "mmc") return boot::Source::kMmc;
    if (text == "tftp") return boot::Source::kTftp;
    if (text == "fel") return boot::Source::kFel;
    return bad(fmt::format("--from: `{}' is no source; mmc, tftp and fel are", text));
}

Result<> parse_pin(std::string_view text, boot::Order& order) {
    const auto equals = text.find('=');
    const auto name = text.substr(0, equals);
    for (const auto& [word, part] : {std::pair{"xen", boot::Part::kXen},
                                     {"kernel", boot::Part::kKernel},
                                     {"ramdisk", boot::Part::kRamdisk},
                                     {"dtb", boot::Part::kTree}}) {
        if (name != word || equals == text.npos) continue;
        ZEROTH_TRY(order.pins[part], parse_address("at", text.substr(equals + 1)));
        return {};
    }
    return bad(
        fmt::format("--at: `{}' is not xen, kernel, ramdisk or dtb, a = and an address", text));
}

Result<boot::Order> parse_order(const Arguments& arguments) {
    boot::Order order;
    const auto text = [&](int key) { return std::string{arguments.value(key).value_or("")}; };
    if (const auto name = arguments.value('b')) {
        order.board = boot::find_board(*name);
        if (order.board == nullptr)
            return fail(Error::message(EINVAL, fmt::format("no board is called `{}'", *name))
                            .with_hint("`xl boot-script --boards' lists those that are known; any "
                                       "other by its device tree: --dtb."));
    }
    order.tree = text('t');
    order.xen = text('x');
    order.kernel = text('k');
    order.ramdisk = text('r');
    order.prefix = text(kPrefix);
    if (const auto value = arguments.value('m')) {
        ZEROTH_TRY(order.ram_size, parse_size("memory", *value));
    }
    if (const auto value = arguments.value(kRam)) {
        ZEROTH_TRY(order.ram_start, parse_address("ram", *value));
    }
    if (const auto value = arguments.value(kKeepTop)) {
        ZEROTH_TRY(order.keep_top, parse_size("keep-top", *value));
    }
    if (const auto value = arguments.value(kFrom)) {
        ZEROTH_TRY(order.source, parse_source(*value));
    }
    if (arguments.has(kXenArgs)) order.xen_arguments = text(kXenArgs);
    if (arguments.has(kDom0Args)) order.dom0_arguments = text(kDom0Args);
    for (const auto value : arguments.values(kAt)) ZEROTH_CHECK(parse_pin(value, order));
    return order;
}

int list_boards(Context& context) {
    for (const auto& board : boot::boards())
        context.out.print("{:<14} {}{}\n", board.name, board.description,
                          board.tree == nullptr || board.firmware_tree
                              ? ""
                              : fmt::format(" ({}.dtb)", board.tree));
    return kSuccess;
}

Result<> write_file(const std::filesystem::path& path, std::string_view bytes, ::mode_t mode) {
    const UniqueFd file{::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)};
    if (!file) return errno_error(path.string());
    while (!bytes.empty()) {
        const auto count = ::write(file.get(), bytes.data(), bytes.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return errno_error(path.string());
        bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    return {};
}

/// For images: SOURCE_DATE_EPOCH makes them the same every time.
std::uint32_t now() {
    const char* const fixed = std::getenv("SOURCE_DATE_EPOCH");
    const auto number =
        fixed == nullptr ? std::nullopt : std::optional{config::parse_number(fixed)};
    return static_cast<std::uint32_t>(
        number && *number ? **number : static_cast<std::uint64_t>(::time(nullptr)));
}

Result<int> run(Context& context, const Arguments& arguments) {
    if (arguments.has(kBoards)) return list_boards(context);
    ZEROTH_TRY(const auto order, parse_order(arguments));
    ZEROTH_TRY(const auto kit, boot::make_kit(order, now()));
    context.out.write(kit.picture);
    for (const auto& note : kit.notes) context.err.print("xl: {}\n", note);
    if (kit.problem) return fail(*kit.problem);
    if (context.dry_run) {
        context.out.print("\n{}", kit.script);
        return kSuccess;
    }
    const std::filesystem::path folder{arguments.value('o').value_or(".")};
    for (const auto& file : kit.files) {
        ZEROTH_CHECK(write_file(folder / file.name, file.bytes, file.executable ? 0777 : 0666));
        context.out.print("{}\n", (folder / file.name).string());
    }
    return kSuccess;
}

}  // namespace

constinit const Command kBootScript{
    .name = "boot-script",
    .usage = "[options] -x <xen> -k <kernel> [-b <board>] [-t <dtb>]",
    .summary = "Write a U-Boot script that boots Xen on a board",
    .can_dry_run = true,
    .changes_host = false,
    .least_words = 0,
    .most_words = 0,
    .options = kOptions,
    .run = run,
    .reads_conf = false};

}  // namespace zeroth::xl
