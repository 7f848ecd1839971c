// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bitset>
#include <chrono>
#include <cstdint>
#include <vector>

#include "core/ids.hpp"
#include "core/result.hpp"
#include "libdomain/hypervisor/types.hpp"

namespace zeroth::hyper {

class Hypervisor;

/// By their numbers, from this one on.
Result<std::vector<DomainInfo>> domains_from(const Hypervisor& xen, DomainId from);

/// The domains that have come since the last look, without a list of all each time: Xen numbers
/// domains upwards. Whoever picks numbers otherwise is found too: all are listed when fewer came
/// than were told of, when the numbers are about to begin at 1 again, and every few seconds.
/// For one thread at a time.
class Newcomers {
public:
    using Clock = std::chrono::steady_clock;

    explicit Newcomers(const Hypervisor& xen) : xen_{xen} {}

    /// XenStore has told of so many births more.
    void expect(std::uint64_t births) { expected_ += births; }
    /// Whether more births were told of than domains were found.
    bool lacks_some() const { return found_ < expected_; }
    /// At the first call all domains, but for those that are dying.
    Result<std::vector<DomainInfo>> take();
    /// The next look finds this one again.
    void forget(DomainId domain);

private:
    using Numbers = std::bitset<kFirstReservedDomain>;

    Result<std::vector<DomainInfo>> look(std::uint16_t from);

    const Hypervisor& xen_;
    /// As of the last look.
    Numbers known_;
    std::uint16_t next_ = 0;
    std::uint64_t expected_ = 0, found_ = 0;
    Clock::time_point listed_all_;
};

}  // namespace zeroth::hyper
