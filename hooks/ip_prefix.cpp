// SPDX-License-Identifier: Apache-2.0
#include "hooks/ip_prefix.hpp"

#include <arpa/inet.h>
#include <sys/socket.h>

#include <charconv>
#include <cstring>

namespace zeroth::hooks {

bool IpPrefix::is_v4() const { return family_ == AF_INET; }

std::optional<IpPrefix> IpPrefix::parse(std::string_view text) {
    const std::size_t slash = text.find('/');
    const std::string address{text.substr(0, slash)};
    IpPrefix found;
    found.family_ = address.find(':') == std::string::npos ? AF_INET : AF_INET6;
    if (::inet_pton(found.family_, address.c_str(), found.bytes_.data()) != 1) return std::nullopt;
    found.length_ = static_cast<std::uint8_t>(8 * found.byte_count());
    if (slash == std::string_view::npos) return found;
    const std::string_view digits = text.substr(slash + 1);
    unsigned length = 0;
    const auto [end, error] = std::from_chars(digits.begin(), digits.end(), length);
    if (error != std::errc{} || end != digits.end() || length > found.length_) return std::nullopt;
    found.length_ = static_cast<std::uint8_t>(length);
    return found;
}

std::optional<IpPrefix> IpPrefix::from_bytes(const void* bytes, std::size_t count,
                                             std::uint8_t length) {
    if (count != 4 && count != 16) return std::nullopt;
    IpPrefix made;
    made.family_ = count == 4 ? AF_INET : AF_INET6;
    made.length_ = length;
    std::memcpy(made.bytes_.data(), bytes, count);
    return made;
}

IpPrefix IpPrefix::host() const {
    IpPrefix host = *this;
    host.length_ = static_cast<std::uint8_t>(8 * byte_count());
    return host;
}

std::string IpPrefix::text() const {
    std::array<char, INET6_ADDRSTRLEN> words{};
    ::inet_ntop(family_, bytes_.data(), words.data(), words.size());
    std::string text{words.data()};
    if (length_ != 8 * byte_count()) text += "/" + std::to_string(length_);
    return text;
}

}  // namespace zeroth::hooks
