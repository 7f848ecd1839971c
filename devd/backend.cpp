// SPDX-License-Identifier: Apache-2.0
#include "devd/backend.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>

namespace zeroth::devd {
namespace {

using device::BusState;

constexpr std::array<std::string_view, 2> kKinds{"vif", "vbd"};

/// The part before the next slash, which is taken off with it.
std::string_view take_part(std::string_view& path) {
    const auto part = path.substr(0, path.find('/'));
    path.remove_prefix(std::min(part.size() + 1, path.size()));
    return part;
}

/// A number as the toolstack writes it.
template <class Number>
bool parse(std::string_view text, Number& number) {
    const auto* const end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, number);
    const bool padded = text.size() > 1 && text.front() == '0';
    return error == std::errc{} && rest == end && !padded;
}

/// The driver has found the device.
bool is_up(BusState state) {
    return state == BusState::kInitWait || state == BusState::kInitialised ||
           state == BusState::kConnected || state == BusState::kReconfiguring ||
           state == BusState::kReconfigured;
}

}  // namespace

bool has_scripts(std::string_view kind) { return std::ranges::find(kKinds, kind) != kKinds.end(); }

std::optional<hooks::BackendPath> backend_of(std::string_view path) {
    if (take_part(path) != kFolder) return std::nullopt;
    hooks::BackendPath backend;
    backend.kind = take_part(path);
    std::uint16_t guest = 0;
    if (!has_scripts(backend.kind) || !parse(take_part(path), guest)) return std::nullopt;
    if (!parse(take_part(path), backend.devid)) return std::nullopt;
    backend.frontend = DomainId{guest};
    return backend;
}

Act act_on(const Seen& seen) {
    // A frontend may close and come back, as long as the device is to be there.
    const bool over = seen.state == BusState::kClosed && !seen.online;
    if (over) return seen.set_up ? Act::kTakeDown : Act::kRemove;
    return is_up(seen.state) && !seen.set_up ? Act::kBringUp : Act::kWait;
}

}  // namespace zeroth::devd
