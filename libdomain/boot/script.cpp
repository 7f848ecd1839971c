// SPDX-License-Identifier: Apache-2.0
#include "libdomain/boot/script.hpp"

#include <fmt/format.h>

#include "core/append.hpp"
#include "libdomain/boot/boards.hpp"
#include "libdomain/boot/boot_tree.hpp"

namespace zeroth::boot {
namespace {

/// In double quotes, as U-Boot's shell reads it.
std::string quoted(const std::string& text) {
    std::string out = "\"";
    for (const char letter : text) {
        if (letter == '"' || letter == '\\' || letter == '$') out += '\\';
        out += letter;
    }
    return out + '"';
}

/// For a firmware's tree and what is added to it.
constexpr std::uint64_t kTreeRoom = std::uint64_t{1} << 20;

class Writer {
public:
    explicit Writer(const Recipe& recipe) : recipe_{&recipe} {}

    std::string write() {
        head();
        addresses();
        if (recipe_->source == Source::kFel) {
            line(
                "# The files and the tree, with the modules in it, are there already: boot-fel.sh");
        } else {
            find_files();
            load("xen_addr_r", recipe_->xen);
            tree();
            module("kernel_addr_r", recipe_->kernel, Part::kKernel);
            if (!recipe_->ramdisk.empty())
                module("ramdisk_addr_r", recipe_->ramdisk, Part::kRamdisk);
        }
        start();
        return std::move(text_);
    }

private:
    template <class... Args>
    void line(fmt::format_string<Args...> format, Args&&... args) {
        append(text_, format, std::forward<Args>(args)...);
        text_ += '\n';
    }

    void head() {
        line("# Boots Xen and its dom0 on {}. Written by xl boot-script.", recipe_->board);
        line("#");
        auto map = picture(recipe_->layout);
        while (!map.empty()) {
            const auto end = map.find('\n');
            line("#   {}", map.substr(0, end));
            map.erase(0, end + 1);
        }
        line("");
    }

    void addresses() {
        const auto& layout = recipe_->layout;
        line("setenv kernel_addr_r {:#x}", address_of(layout, Part::kKernel));
        if (!recipe_->ramdisk.empty())
            line("setenv ramdisk_addr_r {:#x}", address_of(layout, Part::kRamdisk));
        line("setenv fdt_addr_r {:#x}", address_of(layout, Part::kTree));
        line("setenv xen_addr_r {:#x}", address_of(layout, Part::kXen));
        line("# The device tree stays where it is.");
        line("setenv fdt_high {}", recipe_->is_64_bit ? "0xffffffffffffffff" : "0xffffffff");
        line("");
    }

    /// U-Boot goes on after a command that failed, and not every release ends a script at `exit`.
    void start() {
        const auto* const command = recipe_->is_64_bit ? "booti" : "bootz";
        line("");
        if (recipe_->source == Source::kFel) {
            line("{} ${{xen_addr_r}} - ${{fdt_addr_r}}", command);
            return;
        }
        line("if test -z \"${{xen_missing}}\"; then");
        line("    {} ${{xen_addr_r}} - ${{fdt_addr_r}}", command);
        line("else");
        line("    echo \"Xen is not started: there is no ${{xen_missing}}\"");
        line("fi");
    }

    void find_files() {
        line("setenv xen_missing");
        if (recipe_->source == Source::kTftp) {
            line("setenv autoload no");
            line("test -n \"${{serverip}}\" || dhcp || setenv xen_missing network");
            return;
        }
        line(
            "# Set by U-Boot's own search for a script; by hand, the first partition of the first "
            "card.");
        line("test -n \"${{devtype}}\" || setenv devtype mmc");
        line("test -n \"${{devnum}}\" || setenv devnum 0");
        line("test -n \"${{distro_bootpart}}\" || setenv distro_bootpart 1");
        line("test -n \"${{prefix}}\" || setenv prefix /");
    }

    void load(const char* address, const std::string& file) {
        if (recipe_->source == Source::kTftp)
            line("tftp ${{{}}} {} || setenv xen_missing {}", address, file, file);
        else
            line(
                "load ${{devtype}} ${{devnum}}:${{distro_bootpart}} ${{{}}} ${{prefix}}{} || "
                "setenv xen_missing {}",
                address, file, file);
    }

    void tree() {
        line("");
        if (!recipe_->firmware_tree) {
            line(
                "# It has Xen's command line and the modules; what is loaded now has the last word "
                "on sizes.");
            load("fdt_addr_r", recipe_->tree);
            line("fdt addr ${{fdt_addr_r}}");
            return;
        }
        line("# The firmware's device tree, which knows this machine; moved to where it has room.");
        line("fdt addr ${{fdt_addr}} || setenv xen_missing device tree");
        line("fdt move ${{fdt_addr}} ${{fdt_addr_r}} {:#x}", kTreeRoom);
        line("fdt chosen");
        line("fdt set /chosen \\#address-cells <2>");
        line("fdt set /chosen \\#size-cells <2>");
        line("fdt set /chosen xen,xen-bootargs {}", quoted(recipe_->xen_arguments));
    }

    /// `filesize` is that of the file loaded last.
    void module(const char* address, const std::string& file, Part part) {
        const bool is_kernel = part == Part::kKernel;
        const Module module{address_of(recipe_->layout, part), 0, is_kernel};
        const auto path = "/chosen/" + module.node();
        line("");
        load(address, file);
        if (recipe_->firmware_tree) {
            std::string compatible;
            for (const auto& word : module.compatible()) compatible += ' ' + quoted(word);
            line("fdt mknod /chosen {}", module.node());
            line("fdt set {} compatible{}", path, compatible);
            if (is_kernel) line("fdt set {} bootargs {}", path, quoted(recipe_->dom0_arguments));
        }
        line("fdt set {} reg <0x0 ${{{}}} 0x0 0x${{filesize}}>", path, address);
    }

    const Recipe* recipe_;
    std::string text_;
};

/// In single quotes, as a POSIX shell reads it.
std::string shell_quoted(const std::string& text) {
    std::string out = "'";
    for (const char letter : text) letter == '\'' ? out += "'\\''" : out += letter;
    return out + "'";
}

}  // namespace

std::string boot_script(const Recipe& recipe) { return Writer{recipe}.write(); }

std::string fel_script(const Recipe& recipe) {
    std::string text =
        "#!/bin/sh\n"
        "# Boots Xen over USB on a board in FEL mode (sunxi-tools). Written by xl boot-script.\n"
        "# usage: boot-fel.sh u-boot-sunxi-with-spl.bin\n"
        "[ $# = 1 ] || { sed -n 's/^# usage/usage/p' \"$0\" >&2; exit 2; }\n"
        "cd \"$(dirname \"$0\")\" || exit\n"
        "exec sunxi-fel -p uboot \"$1\"";
    const auto write = [&](std::uint64_t address, const std::string& file) {
        text += fmt::format(" \\\n    write {:#x} {}", address, shell_quoted(file));
    };
    write(address_of(recipe.layout, Part::kXen), recipe.xen);
    write(address_of(recipe.layout, Part::kTree), recipe.tree);
    write(address_of(recipe.layout, Part::kKernel), recipe.kernel);
    if (!recipe.ramdisk.empty()) write(address_of(recipe.layout, Part::kRamdisk), recipe.ramdisk);
    write(kSunxiScript, "boot.scr");
    return text + '\n';
}

}  // namespace zeroth::boot
