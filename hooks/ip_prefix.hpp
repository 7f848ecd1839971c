// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace zeroth::hooks {

/// An IPv4 or IPv6 address with the length of its network's prefix: "10.0.0.2", "fd00::/64".
class IpPrefix {
public:
    /// Without "/n" the prefix is the whole address.
    static std::optional<IpPrefix> parse(std::string_view text);
    /// From the kernel's bytes, of which there are 4 or 16.
    static std::optional<IpPrefix> from_bytes(const void* bytes, std::size_t count,
                                              std::uint8_t length);

    /// AF_INET or AF_INET6.
    int family() const { return family_; }
    bool is_v4() const;
    std::uint8_t length() const { return length_; }
    const std::uint8_t* bytes() const { return bytes_.data(); }
    std::size_t byte_count() const { return is_v4() ? 4 : 16; }
    /// The address alone, as a prefix of its full length.
    IpPrefix host() const;
    /// "10.0.0.2", or with its length where that is not the whole address.
    std::string text() const;

    friend bool operator==(const IpPrefix&, const IpPrefix&) = default;

private:
    IpPrefix() = default;

    int family_ = 0;
    std::uint8_t length_ = 0;
    std::array<std::uint8_t, 16> bytes_{};
};

}  // namespace zeroth::hooks
