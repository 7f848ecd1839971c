// SPDX-License-Identifier: Apache-2.0
#include "tests/lint/rooms.hpp"

#include "tests/lint/tree.hpp"

namespace zeroth::lint {
namespace {

std::set<std::string> words(std::string_view text) {
    const auto parts = split(text, ' ');
    return {parts.begin(), parts.end()};
}

}  // namespace

std::vector<Room> parse_rooms(std::string_view text) {
    std::vector<Room> rooms;
    for (std::string_view line : lines_of(text)) {
        const auto first = line.find('|'), second = line.find('|', first + 1);
        if (second == std::string_view::npos) continue;
        rooms.push_back({std::string{trim(line.substr(0, first))},
                         words(line.substr(first + 1, second - first - 1)),
                         words(line.substr(second + 1))});
    }
    return rooms;
}

const Room* room_of(const std::vector<Room>& rooms, std::string_view path) {
    const Room* found = nullptr;
    for (const Room& room : rooms) {
        const bool holds = path.starts_with(room.place) && path.size() > room.place.size() &&
                           path[room.place.size()] == '/';
        if (holds && (found == nullptr || room.place.size() > found->place.size())) found = &room;
    }
    return found;
}

}  // namespace zeroth::lint
