// SPDX-License-Identifier: Apache-2.0
#include "libdomain/console/rotation.hpp"

#include <algorithm>

namespace zeroth::console {

std::string rotated_name(const std::string& path, unsigned age) {
    return age == 0 ? path : path + '.' + std::to_string(age);
}

std::vector<Move> plan_rotation(const std::string& path, unsigned files) {
    std::vector<Move> moves;
    for (unsigned age = files; age-- > 1;) {
        moves.push_back({rotated_name(path, age - 1), rotated_name(path, age)});
    }
    return moves;
}

std::vector<std::string> surplus(std::vector<LogFile> files, std::uint64_t limit) {
    std::uint64_t total = 0;
    for (const auto& file : files) total += file.size;
    std::ranges::sort(files, {}, &LogFile::modified);
    std::vector<std::string> names;
    for (const auto& file : files) {
        if (total <= limit) break;
        if (file.in_use) continue;
        names.push_back(file.name);
        total -= file.size;
    }
    return names;
}

}  // namespace zeroth::console
