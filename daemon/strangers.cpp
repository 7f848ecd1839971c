// SPDX-License-Identifier: Apache-2.0
#include "daemon/strangers.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/log.hpp"
#include "libdomain/hypervisor/device_rights.hpp"

namespace zeroth::daemon {
namespace {

/// More than any GIC has.
constexpr std::uint64_t kMostInterrupts = 5120;

plan::GivenAway given_to(const Stranger& stranger, const hyper::DeviceRights& rights) {
    plan::GivenAway given{
        .owner = fmt::format("\"{}\" (domain {})", stranger.name, stranger.domain.raw()),
        .iomem = {},
        .irqs = {}};
    for (const auto& [first, last] : rights.frames) {
        // For a device of whole pages that is in a guest's partial device tree, Xen notes a page
        // more than it maps: that may well be another's.
        const auto spare = stranger.maker == Stranger::Maker::kXen && last > first ? 1U : 0U;
        given.iomem.push_back({MachineFrame{first}, last - first + 1 - spare, GuestFrame{first}});
    }
    for (const auto& [first, last] : rights.interrupts)
        for (auto irq = first; irq <= std::min(last, kMostInterrupts); ++irq)
            given.irqs.push_back(static_cast<std::uint32_t>(irq));
    return given;
}

}  // namespace

std::vector<plan::GivenAway> given_to_strangers(const hyper::Hypervisor& xen,
                                                const std::vector<Stranger>& strangers) {
    constexpr int kTries = 3;  // others print to Xen's console, too
    std::vector<plan::GivenAway> given;
    auto left = strangers;
    for (int tries = 0; tries < kTries && !left.empty(); ++tries) {
        const auto rights = hyper::device_rights(xen);
        if (!rights) break;
        std::erase_if(left, [&](const Stranger& stranger) {
            const auto found =
                std::ranges::find(*rights, stranger.domain, &hyper::DeviceRights::domain);
            if (found == rights->end()) return false;
            given.push_back(given_to(stranger, *found));
            return true;
        });
    }
    for (const auto& stranger : left)
        log::warning("Xen does not say what \"{}\" (domain {}) has of the host's devices",
                     stranger.name, stranger.domain.raw());
    return given;
}

}  // namespace zeroth::daemon
