// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "libdomain/hypervisor/types.hpp"
#include "libdomain/image/kernel.hpp"
#include "libdomain/plan/layout.hpp"

namespace zeroth::plan {

/// What the guest's device tree says. Its size does not depend on the values of addresses.
struct TreeFacts {
    std::uint32_t xen_major = 0, xen_minor = 0;
    image::Width width = image::Width::k64;
    std::string bootargs;
    /// Whole pages that hold the ramdisk.
    std::optional<Span> initrd;
    std::array<std::byte, 128> rng_seed{};
    std::uint32_t vcpus = 1;
    hyper::DomainSpec::Gic gic = hyper::DomainSpec::Gic::kV3;
    /// 0: no clock-frequency.
    std::uint32_t timer_clock_frequency = 0;
    /// RAM in use, by bank; empty ones have no node.
    std::array<Span, 2> banks;
    /// Address space without RAM where the guest may map foreign pages.
    std::vector<Span> extended_regions;
    bool vuart = false, optee = false;
    /// A blob whose /passthrough and /aliases are taken over; empty for none.
    std::span<const std::byte> partial;
};

/// The device tree of reference C.6.
Result<std::vector<std::byte>> make_device_tree(const TreeFacts& facts);

}  // namespace zeroth::plan
