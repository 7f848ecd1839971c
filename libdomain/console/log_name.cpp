// SPDX-License-Identifier: Apache-2.0
#include "libdomain/console/log_name.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace zeroth::console {
namespace {

/// Leaves room in a file name (255 bytes) for what stands around it.
constexpr std::size_t kLongest = 200;

}  // namespace

const char* name_of(Kind kind) { return kind == Kind::kPv ? "pv" : "vuart"; }

std::optional<Kind> parse_kind(std::string_view word) {
    if (word == "pv") return Kind::kPv;
    if (word == "vuart") return Kind::kVuart;
    return std::nullopt;
}

std::string log_name(std::string_view domain, Kind kind, std::uint32_t number) {
    std::string name{domain.substr(0, kLongest)};
    std::ranges::replace_if(
        name, [](unsigned char c) { return c == '/' || c < ' ' || c == 0x7F; }, '_');
    if (kind == Kind::kVuart) return fmt::format("guest-{}-vuart{}.log", name, number);
    if (number > 0) return fmt::format("guest-{}-channel{}.log", name, number);
    return fmt::format("guest-{}.log", name);
}

}  // namespace zeroth::console
