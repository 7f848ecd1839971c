// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cctype>

#include "tests/lint/checks.hpp"

namespace zeroth::lint {
namespace {

/// Folders that belong to one machine or one person: nothing in the tree may depend on them. The
/// slash in front is added below, so that this list does not find itself.
constexpr std::array<std::string_view, 3> kForeignFolders{"home", "srv", "Users"};

/// Hosts that a text may point a reader to. Mirrors and package registries are the machine's own
/// business: ask apt, do not write them down.
constexpr std::array<std::string_view, 12> kHosts{
    "localhost",       "example.org",        "spdx.org",       "www.apache.org",
    "apache.org",      "keepachangelog.com", "semver.org",     "xenproject.org",
    "xenbits.xen.org", "www.rfc-editor.org", "www.debian.org", "yaml.org"};

/// A note for somebody is a tracker's business.
constexpr std::array<std::string_view, 1> kForeignWords{"TODO("};

bool is_name(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-';
}

bool names_foreign_folder(std::string_view line, std::string_view folder) {
    const std::string path = "/" + std::string{folder} + "/";
    for (auto at = line.find(path); at != std::string_view::npos; at = line.find(path, at + 1)) {
        const char before = at == 0 ? ' ' : line[at - 1];
        // `$base/srv/` and `../srv/` are relative to something.
        if (!is_name(before) && before != '.' && before != '}' && before != '/' && before != ')') {
            return true;
        }
    }
    return false;
}

std::string_view foreign_host(std::string_view line) {
    constexpr std::string_view kMark = "://";
    for (auto at = line.find(kMark); at != std::string_view::npos; at = line.find(kMark, at + 1)) {
        const auto start = at + kMark.size();
        auto end = start;
        while (end < line.size() && (is_name(line[end]) || line[end] == '.')) ++end;
        const std::string_view host = line.substr(start, end - start);
        const bool is_host = host.find('.') != std::string_view::npos;
        if (is_host && std::ranges::find(kHosts, host) == kHosts.end()) return host;
    }
    return {};
}

/// "issue 12", "Issue #12".
bool cites_a_ticket(std::string_view line) {
    for (auto at = line.find("ssue "); at != std::string_view::npos;
         at = line.find("ssue ", at + 1)) {
        auto next = at + 5;
        if (next < line.size() && line[next] == '#') ++next;
        if (next < line.size() && std::isdigit(static_cast<unsigned char>(line[next])) != 0)
            return true;
    }
    return false;
}

std::string fault_of(std::string_view line) {
    for (std::string_view folder : kForeignFolders) {
        if (names_foreign_folder(line, folder)) {
            return "a path of one machine: /" + std::string{folder} + "/…";
        }
    }
    if (const auto host = foreign_host(line); !host.empty()) {
        return "a host that is not on the list: " + std::string{host};
    }
    for (std::string_view word : kForeignWords) {
        if (line.find(word) != std::string_view::npos)
            return "a word to leave out: " + std::string{word};
    }
    return cites_a_ticket(line) ? "a ticket's number says nothing to a reader: say what it is about"
                                : std::string{};
}

}  // namespace

Findings check_clean_hands(const File& file) {
    Findings findings;
    const bool is_this_list = file.path.ends_with("lint/clean_hands.cpp");
    if (is_this_list || file.path == "LICENSE") return findings;
    std::uint32_t number = 0;
    for (std::string_view line : lines_of(file.text)) {
        ++number;
        if (std::string fault = fault_of(line); !fault.empty()) {
            findings.push_back({file.path, number, "clean-hands", std::move(fault)});
        }
    }
    return findings;
}

}  // namespace zeroth::lint
