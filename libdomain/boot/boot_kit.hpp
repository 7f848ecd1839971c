// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "libdomain/boot/boards.hpp"
#include "libdomain/boot/layout.hpp"
#include "libdomain/boot/script.hpp"

namespace zeroth::boot {

/// U-Boot itself, with the 64 MiB of heap that it has on Allwinner's boards, and what it shows on a
/// screen. It refuses to load over itself.
inline constexpr std::uint64_t kKeepTop = std::uint64_t{128} << 20;

/// What a user asks for. Paths are of this machine; an empty one is not given.
struct Order {
    const Board* board = nullptr;
    std::string tree{}, xen{}, kernel{}, ramdisk{};
    std::optional<std::uint64_t> ram_start, ram_size, keep_top;
    std::optional<std::string> xen_arguments, dom0_arguments;
    std::map<Part, std::uint64_t> pins{};
    Source source = Source::kMmc;
    /// Of the files on the TFTP server.
    std::string prefix{};
};

struct File {
    std::string name, bytes;
    bool executable = false;
};

struct Kit {
    std::string picture;
    /// What the user had better know.
    std::vector<std::string> notes;
    /// Why there is no script: the picture shows it.
    std::optional<Error> problem;
    /// boot.cmd, and all the files to write, that among them.
    std::string script;
    std::vector<File> files;
};

/// Looks at the files and lays them out. An Error if they cannot be had or understood; `time` is
/// the script image's, in seconds since 1970.
Result<Kit> make_kit(const Order& order, std::uint32_t time);

}  // namespace zeroth::boot
