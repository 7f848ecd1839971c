// SPDX-License-Identifier: Apache-2.0
#include "xenstore/tree/path.hpp"

#include <array>
#include <cstdint>

namespace zeroth::xenstored {
namespace {

enum Kind : std::uint8_t { kBad = 1, kSlash = 2 };

constexpr auto kKinds = [] {
    std::array<std::uint8_t, 256> kinds{};
    kinds.fill(kBad);
    for (const char c : std::string_view{"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrst"
                                         "uvwxyz0123456789-_@"}) {
        kinds[static_cast<unsigned char>(c)] = 0;
    }
    kinds['/'] = kSlash;
    return kinds;
}();

}  // namespace

bool valid_path(std::string_view path) {
    if (path.empty() || path.size() > kMaxPath) return false;
    if (path == "/") return true;
    std::uint8_t last = 0, seen = 0;
    for (const char c : path) {
        const auto kind = kKinds[static_cast<unsigned char>(c)];
        // Two slashes in a row are as bad.
        seen |= static_cast<std::uint8_t>(kind | (kind & last) >> 1);
        last = kind;
    }
    return (seen & kBad) == 0 && last != kSlash;
}

std::string_view parent_of(std::string_view path) {
    const auto slash = path.rfind('/');
    return slash == 0 || slash == path.npos ? path.substr(0, 1) : path.substr(0, slash);
}

}  // namespace zeroth::xenstored
