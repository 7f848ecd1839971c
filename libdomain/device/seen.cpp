// SPDX-License-Identifier: Apache-2.0
#include "libdomain/device/seen.hpp"

#include <fmt/format.h>

#include <array>

namespace zeroth::device {
namespace {

constexpr std::array kWords{"none",    "Initialising", "InitWait",      "Initialised", "Connected",
                            "Closing", "Closed",       "Reconfiguring", "Reconfigured"};

}  // namespace

BusState parse_state(const std::optional<std::string>& text) {
    if (!text || text->size() != 1 || (*text)[0] < '1' || (*text)[0] > '8') return BusState::kNone;
    return static_cast<BusState>((*text)[0] - '0');
}

std::string text(BusState state) {
    const auto number = static_cast<std::size_t>(state);
    if (state == BusState::kNone) return kWords[0];
    return fmt::format("{} ({})", number, kWords.at(number));
}

std::string describe(const Seen& seen) {
    auto out = fmt::format("its backend's state is {}, its frontend's {}", text(seen.backend),
                           text(seen.frontend));
    if (!seen.hotplug_error.empty())
        out += fmt::format("; hotplug-error says \"{}\"", seen.hotplug_error);
    if (!seen.complaint.empty()) out += fmt::format("; its driver says \"{}\"", seen.complaint);
    return out;
}

}  // namespace zeroth::device
