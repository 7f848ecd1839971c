// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>

#include "tests/lint/checks.hpp"

namespace zeroth::lint {
namespace {

/// A row of the table: | `room` | holds | may include |
struct Row {
    std::uint32_t line = 0;
    std::string place;
    std::set<std::string> allowed;
};

std::set<std::string> quoted_words(std::string_view cell) {
    std::set<std::string> words;
    for (auto open = cell.find('`'); open != std::string_view::npos;) {
        const auto close = cell.find('`', open + 1);
        if (close == std::string_view::npos) break;
        words.emplace(cell.substr(open + 1, close - open - 1));
        open = cell.find('`', close + 1);
    }
    return words;
}

std::vector<Row> rows_of(std::string_view text) {
    std::vector<Row> rows;
    bool inside = false;
    std::uint32_t number = 0;
    for (std::string_view line : lines_of(text)) {
        ++number;
        if (line.starts_with("| room |")) inside = true;
        if (line.empty()) inside = false;
        if (!inside || !line.starts_with("| `")) continue;
        const auto cells = split(line, '|');
        if (cells.size() != 3) continue;
        const auto place = quoted_words(cells.front());
        if (place.size() == 1) rows.push_back({number, *place.begin(), quoted_words(cells.back())});
    }
    return rows;
}

std::string joined(const std::set<std::string>& words) {
    std::string text;
    for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
    return text.empty() ? "nothing" : text;
}

std::set<std::string> allowed_by(const Room& room) {
    std::set<std::string> allowed = room.uses;
    allowed.insert(room.libraries.begin(), room.libraries.end());
    return allowed;
}

class CycleFinder {
public:
    explicit CycleFinder(const std::vector<Room>& rooms) {
        for (const Room& room : rooms) rooms_[room.place] = &room;
    }

    /// A room that can be reached from itself, or nothing.
    std::string find() {
        for (const auto& [place, room] : rooms_) {
            if (reaches(place, place)) return place;
            seen_.clear();
        }
        return {};
    }

private:
    bool reaches(const std::string& from, const std::string& goal) {
        const auto room = rooms_.find(from);
        if (room == rooms_.end() || !seen_.insert(from).second) return false;
        return std::ranges::any_of(room->second->uses, [&](const std::string& used) {
            return used == goal || reaches(used, goal);
        });
    }

    std::map<std::string, const Room*> rooms_;
    std::set<std::string> seen_;
};

}  // namespace

Findings check_table(const File& architecture, const std::vector<Room>& rooms) {
    Findings findings;
    const auto add = [&](std::uint32_t line, std::string text) {
        findings.push_back({architecture.path, line, "table", std::move(text)});
    };
    std::map<std::string, Row> rows;
    for (Row& row : rows_of(architecture.text)) rows[row.place] = row;
    for (const Room& room : rooms) {
        if (room.is_program()) continue;
        const auto row = rows.find(room.place);
        if (row == rows.end()) {
            add(0, room.place + " is a room for CMake and has no row in the table");
            continue;
        }
        if (const auto allowed = allowed_by(room); allowed != row->second.allowed) {
            add(row->second.line, room.place + " may include " + joined(row->second.allowed) +
                                      " here, and " + joined(allowed) + " in CMake");
        }
        rows.erase(row);
    }
    for (const auto& [place, row] : rows) add(row.line, place + " is no room for CMake");
    if (const std::string place = CycleFinder{rooms}.find(); !place.empty()) {
        add(0, place + " uses itself, by way of others");
    }
    return findings;
}

}  // namespace zeroth::lint
