// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "libdomain/plan/layout.hpp"
#include "libdomain/plan/settings.hpp"

// What of the host's own devices a guest may have: their registers (iomem), their interrupts
// (irqs), and what they reach by themselves (dtdev).
namespace zeroth::plan {
namespace {

using Gic = hyper::DomainSpec::Gic;

/// XEN_SYSCTL_PHYSCAP_directio: Xen drives an IOMMU.
constexpr std::uint32_t kCapDirectio = 1U << 2;

std::unexpected<Error> refuse(std::string what) {
    return fail(Error::message(EINVAL, std::move(what)));
}

Span machine_span(const config::IomemRange& range) {
    return {range.first.raw() << kPageShift, range.count * kPageSize};
}

/// Xen lets dom0 give away all that is not RAM and that it does not keep for itself, so it must be
/// known here what else is no device.
Result<> check_machine_side(const HostInfo& host, const config::IomemRange& range) {
    const auto text = fmt::format("iomem: {:#x},{:#x}", range.first.raw(), range.count);
    const auto span = machine_span(range);
    for (const auto& other : host.ranges)
        if (span.overlaps(other.span))
            return refuse(
                fmt::format("{} is the host's {} at {:#x}", text, other.what, other.span.start));
    for (const auto& other : host.given_away)
        for (const auto& theirs : other.iomem)
            if (span.overlaps(machine_span(theirs)))
                return fail(Error::message(EBUSY, fmt::format("{}: {} has it", text, other.owner))
                                .with_hint("A device's registers are for one domain."));
    return {};
}

}  // namespace

Result<> check_irq_owner(const Inputs& inputs, std::uint32_t irq) {
    for (const auto& other : inputs.host.given_away)
        if (std::ranges::find(other.irqs, irq) != other.irqs.end())
            return fail(
                Error::message(EBUSY, fmt::format("irqs: {}: {} has it", irq, other.owner)));
    return {};
}

Result<> check_iomem(const Inputs& inputs, const Settings& settings) {
    struct Region {
        std::string what;
        Span span;
    };
    const bool v3 = settings.gic == Gic::kV3;
    std::vector<Region> taken{{"interrupt controller", v3 ? kGicDistributorV3 : kGicDistributorV2},
                              {"interrupt controller", v3 ? kGicRedistributors : kGicCpuInterface},
                              {"grant table", kGrantTable},
                              {"console and XenStore pages", kMagic}};
    if (inputs.config.vuart_sbsa) taken.push_back({"virtual UART", kPl011});
    const auto ram = to_bytes(settings.maxmem).raw();
    taken.push_back({"RAM", {kRamBanks[0].start, std::min(ram, kRamBanks[0].size)}});
    if (ram > kRamBanks[0].size)
        taken.push_back({"RAM", {kRamBanks[1].start, ram - kRamBanks[0].size}});
    const auto limit =
        (std::uint64_t{1} << std::min<unsigned>(inputs.host.gpaddr_bits, 52)) >> kPageShift;
    for (const auto& range : inputs.config.iomem) {
        const auto text = fmt::format("iomem: {:#x},{:#x}@{:#x}", range.first.raw(), range.count,
                                      range.guest_first.raw());
        const auto first = range.guest_first.raw();
        if (range.count == 0) return refuse(text + " is empty");
        if (first >= limit || range.count > limit - first ||
            range.count > (~std::uint64_t{0} >> kPageShift) - range.first.raw())
            return refuse(text + " goes beyond the end of the address space");
        const Span span{address_of(range.guest_first).raw(), range.count * kPageSize};
        for (const auto& other : taken)
            if (span.overlaps(other.span))
                return fail(
                    Error::message(EINVAL, fmt::format("{} would lie over the guest's {} at {:#x}",
                                                       text, other.what, other.span.start))
                        .with_hint("Put it elsewhere in the guest: start,count@guest_frame."));
        taken.push_back({"range of another iomem entry", span});
        ZEROTH_CHECK(check_machine_side(inputs.host, range));
    }
    return {};
}

Result<> settle_assignment(const Inputs& inputs, Settings& settings) {
    const auto& config = inputs.config;
    using config::Passthrough;
    const bool asked =
        config.passthrough == Passthrough::kEnabled || config.passthrough == Passthrough::kSharePt;
    if (config.dtdev.empty() && !asked) return {};
    if (config.passthrough == Passthrough::kDisabled)
        return refuse(
            "dtdev needs an IOMMU for the guest, and passthrough = \"disabled\" forbids it");
    if ((inputs.host.phys.capabilities & kCapDirectio) == 0)
        return fail(Error::message(
                        EOPNOTSUPP,
                        fmt::format("{}: this host has no SMMU that Xen drives, so that a device "
                                    "which does DMA cannot be kept to its guest's memory",
                                    config.dtdev.empty() ? "passthrough" : "dtdev"))
                        .with_hint("A device that does no DMA needs only iomem= and irqs=."));
    settings.spec.iommu = true;
    return {};
}

}  // namespace zeroth::plan
