// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include "tests/lint/checks.hpp"

namespace zeroth::lint {
namespace {

/// Whose header it is: a prefix of what stands between the angle brackets, and the name that
/// zeroth_room(… LIBRARIES) has for it. An empty name: no room may have it.
struct Owner {
    std::string_view prefix, library;
};
constexpr std::array kOwners{
    Owner{"fmt/", "fmt"},
    Owner{"boost/", "boost"},
    Owner{"netlink/", "nl"},
    Owner{"toml++/", "toml"},
    Owner{"CLI/", "cli11"},
    Owner{"libfdt", "fdt"},
    Owner{"fdt.h", "fdt"},
    Owner{"zlib.h", "zlib"},
    Owner{"xencall.h", "xen"},
    Owner{"xenforeignmemory.h", "xen"},
    Owner{"xenevtchn.h", "xen"},
    Owner{"xengnttab.h", "xen"},
    Owner{"xentool", "xen"},
    Owner{"xen/", "xenheaders"},
    // Unstable: these tie a binary to one release of Xen.
    Owner{"xenctrl", ""},
    Owner{"xenguest", ""},
    Owner{"libxl", ""},
    Owner{"gtest/", ""},
    Owner{"gmock/", ""},
};
constexpr std::array<std::string_view, 8> kSystemFolders{"sys/",     "linux/",   "arpa/", "net/",
                                                         "netinet/", "netlink/", "asm/",  "rpc/"};
constexpr std::array<std::string_view, 36> kSystemHeaders{
    "byteswap.h", "dirent.h", "elf.h",    "endian.h", "errno.h",  "fcntl.h",
    "fnmatch.h",  "ftw.h",    "getopt.h", "glob.h",   "grp.h",    "langinfo.h",
    "limits.h",   "locale.h", "malloc.h", "mntent.h", "netdb.h",  "poll.h",
    "pthread.h",  "pty.h",    "pwd.h",    "sched.h",  "signal.h", "spawn.h",
    "stdint.h",   "stdio.h",  "stdlib.h", "string.h", "syslog.h", "termios.h",
    "time.h",     "unistd.h", "utmp.h",   "wait.h",   "wchar.h",  "sysexits.h"};

struct Include {
    std::uint32_t line = 0;
    bool quoted = false;
    std::string_view name;
};

std::optional<Include> parse_include(std::string_view line, std::uint32_t number) {
    line = trim(line);
    if (!line.starts_with('#')) return std::nullopt;
    line = trim(line.substr(1));
    if (!line.starts_with("include")) return std::nullopt;
    line = trim(line.substr(7));
    if (line.empty() || (line.front() != '"' && line.front() != '<')) return std::nullopt;
    const bool quoted = line.front() == '"';
    const auto end = line.find(quoted ? '"' : '>', 1);
    return Include{number, quoted, line.substr(1, end - 1)};
}

const Owner* owner_of(std::string_view header) {
    const auto found = std::ranges::find_if(
        kOwners, [&](const Owner& owner) { return header.starts_with(owner.prefix); });
    return found == kOwners.end() ? nullptr : &*found;
}

bool is_system(std::string_view header) {
    if (header.find('.') == std::string_view::npos && header.find('/') == std::string_view::npos) {
        return true;
    }
    if (std::ranges::find(kSystemHeaders, header) != kSystemHeaders.end()) return true;
    return std::ranges::any_of(kSystemFolders,
                               [&](std::string_view folder) { return header.starts_with(folder); });
}

/// What a file of the place may name, the room itself included.
struct Allowance {
    std::string place;
    std::set<std::string> rooms, libraries;
};

Allowance allowance_of(const Room& room, const std::vector<Room>& all, std::string_view path) {
    Allowance allowance{room.place, room.uses, room.libraries};
    allowance.rooms.insert(room.place);
    for (const Room& program : all) {
        if (!program.is_program() || program.place != path) continue;
        allowance.rooms.insert(program.uses.begin(), program.uses.end());
        allowance.libraries.insert(program.libraries.begin(), program.libraries.end());
    }
    return allowance;
}

std::string fault_of(const Include& include, const Allowance& allowance,
                     const std::vector<Room>& rooms) {
    if (include.quoted) {
        const Room* target = room_of(rooms, include.name);
        if (target == nullptr) return "it is in no room";
        if (allowance.rooms.contains(target->place)) return {};
        return allowance.place + " does not list " + target->place + " under USES";
    }
    const Owner* owner = owner_of(include.name);
    if (owner == nullptr) {
        return is_system(include.name)
                   ? std::string{}
                   : "whose header it is is not known (includes.cpp lists them)";
    }
    if (owner->library.empty()) return "no room may have this header";
    // fmt comes with core, whose log takes its format strings.
    if (owner->library == "fmt" && allowance.rooms.contains("core")) return {};
    if (allowance.libraries.contains(std::string{owner->library})) return {};
    return allowance.place + " does not list " + std::string{owner->library} + " under LIBRARIES";
}

}  // namespace

Findings check_includes(const File& file, const std::vector<Room>& rooms,
                        const std::vector<File>& known) {
    Findings findings;
    if (file.language != Language::kCpp) return findings;
    const auto add = [&](std::uint32_t line, std::string_view name, const std::string& why) {
        findings.push_back({file.path, line, "includes", std::string{name} + ": " + why});
    };
    const bool is_test = file.is_below("tests");
    const Room* room = room_of(rooms, file.path);
    if (!is_test && room == nullptr) add(0, file.path, "the file lies in no room");
    std::uint32_t number = 0;
    for (std::string_view line : lines_of(file.text)) {
        const auto include = parse_include(line, ++number);
        if (!include) continue;
        if (include->quoted && !std::ranges::binary_search(known, include->name, {}, &File::path)) {
            add(number, include->name, "no such file (includes are written from the root)");
        } else if (room != nullptr && !is_test) {
            const std::string fault =
                fault_of(*include, allowance_of(*room, rooms, file.path), rooms);
            if (!fault.empty()) add(number, include->name, fault);
        }
    }
    return findings;
}

}  // namespace zeroth::lint
