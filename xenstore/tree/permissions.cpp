// SPDX-License-Identifier: Apache-2.0
#include "xenstore/tree/permissions.hpp"

#include <charconv>
#include <utility>

namespace zeroth::xenstored {
namespace {

constexpr std::string_view kLetters = "nrwb";

}  // namespace

std::optional<Permission> parse_permission(std::string_view text) {
    if (text.size() < 2) return std::nullopt;
    const auto letter = kLetters.find(text.front());
    if (letter == kLetters.npos) return std::nullopt;
    std::uint16_t domain = 0;
    const auto end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data() + 1, end, domain);
    if (error != std::errc{} || stop != end) return std::nullopt;
    return Permission{DomainId{domain}, static_cast<Access>(letter)};
}

void append_text(const Permission& permission, std::string& out) {
    out += kLetters[std::to_underlying(permission.access)];
    out += std::to_string(permission.domain.raw());
}

}  // namespace zeroth::xenstored
