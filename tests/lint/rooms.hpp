// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace zeroth::lint {

/// A room as CMake knows it, or the main file of a program with what the program links.
struct Room {
    /// "libdomain/plan", or "daemon/main.cpp".
    std::string place;
    std::set<std::string> uses, libraries;

    bool is_program() const { return place.ends_with(".cpp"); }
};

/// Lines of `place|uses…|libraries…`, as CMake writes them.
std::vector<Room> parse_rooms(std::string_view text);

/// The room whose folder holds the file: the deepest, since rooms lie inside rooms.
const Room* room_of(const std::vector<Room>& rooms, std::string_view path);

}  // namespace zeroth::lint
