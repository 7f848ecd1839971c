// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace zeroth {

/// A domain's handle as Xen keeps it: 16 bytes in the order they are printed.
struct Uuid {
    std::array<std::uint8_t, 16> bytes{};

    friend auto operator<=>(const Uuid&, const Uuid&) = default;
    /// From the kernel's random source, marked as version 4 (RFC 9562).
    static Uuid random();
    /// 8-4-4-4-12 hexadecimal digits of either case; nullopt for anything else.
    static std::optional<Uuid> parse(std::string_view text);
    std::string text() const;
};

}  // namespace zeroth
