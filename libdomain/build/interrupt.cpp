// SPDX-License-Identifier: Apache-2.0
#include "libdomain/build/interrupt.hpp"

#include <fmt/format.h>

#include <chrono>
#include <optional>
#include <string>
#include <thread>

#include "libdomain/hypervisor/device_rights.hpp"

namespace zeroth::build {
namespace {

/// A domain that has the interrupt, and is not about to lose it; dom0 never is. One of the number
/// that the new domain has is a dead one, whose number that was.
std::optional<DomainId> keeper_of(const hyper::Hypervisor& xen, DomainId newcomer,
                                  std::uint32_t irq, std::uint32_t console_index) {
    const auto told = xen.console_since(console_index);
    const auto owner = told ? hyper::interrupt_owner(told->text, irq) : std::nullopt;
    if (!owner || *owner == kDomain0) return owner;
    if (*owner == newcomer) return std::nullopt;
    const auto info = xen.domain(*owner);
    return info && !info->dying ? owner : std::nullopt;
}

}  // namespace

// A dead domain's interrupts are free a moment after Xen has said that it is gone, on a busy host
// a long one: a guest that is started again at once would not get its own.
Result<> bind_interrupt(const hyper::Hypervisor& xen, DomainId domain, std::uint32_t irq) {
    constexpr std::chrono::milliseconds kFirst{10}, kLongest{3000};
    const auto before = xen.console_since(0);
    for (auto moment = kFirst;; moment *= 2) {
        auto done = xen.bind_spi(domain, irq);
        if (done || !done.error().is(EBUSY) || moment > kLongest) return done;
        if (const auto keeper = keeper_of(xen, domain, irq, before ? before->next : 0))
            return fail(std::move(done).error().with_hint(
                fmt::format("Domain {} has this interrupt.", keeper->raw())));
        std::this_thread::sleep_for(moment);
    }
}

}  // namespace zeroth::build
