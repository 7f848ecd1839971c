// SPDX-License-Identifier: Apache-2.0
#include "libdomain/plan/settings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "libdomain/plan/layout.hpp"
#include "libdomain/plan/print.hpp"

namespace zeroth::plan {
namespace {

using Gic = hyper::DomainSpec::Gic;

// Bits of physinfo's capabilities and arch_capabilities (xen/include/public/sysctl.h).
constexpr std::uint32_t kCapVpmu = 1U << 7, kCapGrantV2 = 1U << 9, kArchCapSve = 0x1F;

bool at_least(const hyper::XenVersion& xen, std::uint32_t major, std::uint32_t minor) {
    return std::pair{xen.major, xen.minor} >= std::pair{major, minor};
}

std::unexpected<Error> refuse(std::string what) {
    return fail(Error::message(EINVAL, std::move(what)));
}

std::unexpected<Error> needs_release(const char* key, const Inputs& inputs, const char* release) {
    return refuse(fmt::format("{}: this needs Xen {} or later, and this host runs {}.{}", key,
                              release, inputs.host.xen.major, inputs.host.xen.minor));
}

Result<> check_identity(const Inputs& inputs, Settings& settings) {
    const auto& config = inputs.config;
    if (config.name.empty()) return refuse("the domain has no name");
    settings.spec.handle = config.uuid.value_or(inputs.random_uuid);
    for (const auto& known : inputs.host.domains) {
        if (known.name == config.name)
            return fail(
                Error::message(EEXIST, fmt::format("name = \"{}\": domain {} has this name already",
                                                   config.name, known.id.raw())));
        if (known.uuid == settings.spec.handle)
            return fail(Error::message(
                EEXIST, fmt::format("uuid = \"{}\": domain {} (\"{}\") has this UUID already",
                                    known.uuid.text(), known.id.raw(), known.name)));
    }
    return {};
}

/// Xen says in its capabilities which guests it runs.
Result<> check_width(const Inputs& inputs) {
    const bool wide = inputs.kernel.width == image::Width::k64;
    const auto wanted = wide ? "xen-3.0-aarch64" : "xen-3.0-armv7l";
    const auto& offered = inputs.host.xen.capabilities;
    if (offered.find(wanted) != offered.npos) return {};
    return refuse(fmt::format("kernel {} is for {}-bit ARM, and this host runs only \"{}\"",
                              inputs.kernel.path, wide ? 64 : 32, offered));
}

Result<> settle_gic(const Inputs& inputs, Settings& settings) {
    const auto host = inputs.host.gic;
    switch (inputs.config.gic_version) {
        case config::GicVersion::kDefault:
            if (host == Gic::kNative)
                return refuse("gic_version: the host's own is not known; give v2 or v3");
            settings.gic = host;
            return {};
        case config::GicVersion::kV2:
            settings.gic = Gic::kV2;
            break;
        case config::GicVersion::kV3:
            if (host == Gic::kV2)
                return refuse("gic_version = \"v3\": the host's interrupt controller is a GICv2");
            settings.gic = Gic::kV3;
            break;
    }
    settings.spec.gic = settings.gic;
    return {};
}

/// The p2m pool: a page per MiB of RAM, 256 per vCPU and 128 for extended regions.
Bytes default_paging_pool(std::uint32_t vcpus, KiB maxmem) {
    return Bytes{kPageSize * (256ULL * vcpus + maxmem.raw() / 1024 + 128)};
}

Result<> settle_memory(const Inputs& inputs, Settings& settings) {
    constexpr KiB kDefault = mib(32);
    const auto& config = inputs.config;
    const auto whole_pages = [](KiB size) { return pages_to_kib(to_pages(size)); };
    const auto maxmem = config.maxmem.value_or(config.memory.value_or(kDefault));
    settings.maxmem = whole_pages(maxmem);
    settings.memory = whole_pages(config.memory.value_or(maxmem));
    if (settings.memory.raw() == 0) return refuse("memory = 0: a guest needs memory");
    if (settings.maxmem < settings.memory)
        return refuse(fmt::format("maxmem = {} is less than memory = {}",
                                  print_size(to_bytes(settings.maxmem).raw()),
                                  print_size(to_bytes(settings.memory).raw())));
    constexpr KiB kMost{(kRamBanks[0].size + kRamBanks[1].size) / kKiB};
    if (settings.maxmem > kMost)
        return refuse(
            fmt::format("memory: a guest can have at most {}", print_size(to_bytes(kMost).raw())));
    constexpr KiB kMostPaging = kMost;
    if (config.shadow_memory && *config.shadow_memory > kMostPaging)
        return refuse("shadow_memory is larger than the largest guest");
    settings.paging_pool = config.shadow_memory
                               ? to_bytes(*config.shadow_memory)
                               : default_paging_pool(settings.max_vcpus, settings.maxmem);
    return {};
}

Result<> check_free_memory(const Inputs& inputs, const Settings& settings) {
    // What Xen takes beside RAM and paging pool: the domain's and vCPUs' structures, its grant
    // table, event channels and magic pages; a few hundred KiB as measured, rounded up.
    constexpr std::uint64_t kOverhead = kMiB;
    const auto& phys = inputs.host.phys;
    const auto ram = to_bytes(settings.maxmem).raw(), pool = settings.paging_pool.raw();
    const auto needed = ram + pool + kOverhead;
    const auto free =
        (phys.free_pages - std::min(phys.free_pages, phys.outstanding_pages)) * kPageSize;
    if (needed <= free) return {};
    return fail(
        Error::message(
            ENOMEM,
            fmt::format("the host has too little free memory: the domain needs {} ({} of RAM, "
                        "{} for its page tables, {} for Xen's own records of it), and {} are "
                        "free",
                        print_size(needed), print_size(ram), print_size(pool),
                        print_size(kOverhead), print_size(free)))
            .with_hint("Ask for less with memory=, or destroy or shrink another domain."));
}

Result<> settle_interrupts(const Inputs& inputs, Settings& settings) {
    const auto& config = inputs.config;
    std::uint32_t last = config.vuart_sbsa ? kVuartSpi : kFirstSpi - 1;
    std::set<std::uint32_t> seen;
    for (const auto irq : config.irqs) {
        if (irq < kFirstSpi || irq > kLastSpi)
            return refuse(
                fmt::format("irqs: {} is no shared peripheral interrupt; those are {} to {}", irq,
                            kFirstSpi, kLastSpi));
        if (!seen.insert(irq).second) return refuse(fmt::format("irqs: {} is given twice", irq));
        if (config.vuart_sbsa && irq == kVuartSpi)
            return refuse(fmt::format("irqs: {} is the guest's virtual UART's (vuart)", irq));
        ZEROTH_CHECK(check_irq_owner(inputs, irq));
        last = std::max(last, irq);
    }
    settings.spec.nr_spis = last - (kFirstSpi - 1);
    if (!config.nr_spis) return {};
    if (*config.nr_spis < settings.spec.nr_spis)
        return refuse(fmt::format("nr_spis = {}: the guest's interrupts need {}", *config.nr_spis,
                                  settings.spec.nr_spis));
    if (*config.nr_spis > kMostSpis)
        return refuse(
            fmt::format("nr_spis = {}: there can be at most {}", *config.nr_spis, kMostSpis));
    settings.spec.nr_spis = *config.nr_spis;
    return {};
}

Result<> settle_grants(const Inputs& inputs, Settings& settings) {
    const auto& config = inputs.config;
    const std::uint32_t host = (inputs.host.phys.capabilities & kCapGrantV2) != 0 ? 2 : 1;
    settings.spec.max_grant_version = config.max_grant_version.value_or(host);
    if (settings.spec.max_grant_version > host)
        return refuse(
            fmt::format("max_grant_version = {}: this host has grant tables up to version "
                        "{}",
                        settings.spec.max_grant_version, host));
    settings.spec.max_grant_frames = config.max_grant_frames;
    settings.spec.max_maptrack_frames = config.max_maptrack_frames;
    settings.spec.max_evtchn_port = config.max_event_channels.value_or(1023);
    return {};
}

Result<> settle_sve(const Inputs& inputs, Settings& settings) {
    if (!inputs.config.sve_bits) return {};
    const std::uint32_t host = inputs.host.phys.arch_capabilities & kArchCapSve;
    const auto wanted = *inputs.config.sve_bits == 0 ? host : *inputs.config.sve_bits / 128;
    if (!at_least(inputs.host.xen, 4, 18)) return needs_release("sve", inputs, "4.18");
    if (inputs.kernel.width == image::Width::k32)
        return refuse("sve: the kernel is a 32-bit one, and the extension is of 64-bit ARM");
    if (wanted == 0 || wanted > host)
        return refuse(fmt::format(
            "sve: this host has {}",
            host == 0 ? std::string{"none"} : fmt::format("vectors of up to {} bits", host * 128)));
    settings.spec.sve_vl = static_cast<std::uint8_t>(wanted);
    return {};
}

/// Whether the host has them, only Xen knows: it says so when the domain is made.
Result<> settle_firmware(const Inputs& inputs, Settings& settings) {
    const auto tee = inputs.config.tee;
    if (tee == config::Tee::kFfa && !at_least(inputs.host.xen, 4, 18))
        return needs_release("tee = \"ffa\"", inputs, "4.18");
    settings.spec.tee_type = static_cast<std::uint16_t>(tee);
    if (!inputs.config.arm_sci) return {};
    if (!at_least(inputs.host.xen, 4, 21))
        return needs_release("arm_sci = \"type=scmi_smc\"", inputs, "4.21");
    settings.spec.arm_sci_type = 1;
    return {};
}

Result<> settle_features(const Inputs& inputs, Settings& settings) {
    const auto& config = inputs.config;
    if (config.vpmu && (inputs.host.phys.capabilities & kCapVpmu) == 0)
        return refuse("vpmu: Xen offers no performance monitoring unit on this host");
    settings.spec.vpmu = config.vpmu;
    // Trapping is what older releases always do, and from 4.21 on has to be asked for.
    const bool trap = config.trap_unmapped_accesses.value_or(true);
    if (at_least(inputs.host.xen, 4, 21))
        settings.spec.trap_unmapped_accesses = trap;
    else if (!trap)
        return needs_release("trap_unmapped_accesses = 0", inputs, "4.21");
    if (!config.llc_colors.empty() && !at_least(inputs.host.xen, 4, 20))
        return needs_release("llc_colors", inputs, "4.20");
    const auto& colors = config.llc_colors;
    const auto unsorted = std::ranges::adjacent_find(colors, std::ranges::greater_equal{});
    if (unsorted != colors.end())
        return refuse(
            fmt::format("llc_colors: {} follows {}; Xen takes them in rising order, each "
                        "once",
                        *(unsorted + 1), *unsorted));
    ZEROTH_CHECK(settle_firmware(inputs, settings));
    return settle_sve(inputs, settings);
}

}  // namespace

Result<Settings> make_settings(const Inputs& inputs) {
    Settings settings;
    ZEROTH_CHECK(check_identity(inputs, settings));
    ZEROTH_CHECK(check_width(inputs));
    ZEROTH_CHECK(settle_gic(inputs, settings));
    ZEROTH_CHECK(settle_vcpus(inputs, settings));
    settings.spec.max_vcpus = settings.max_vcpus;
    ZEROTH_CHECK(settle_pool(inputs, settings));
    ZEROTH_CHECK(settle_affinities(inputs, settings));
    settle_scheduling(inputs, settings);
    ZEROTH_CHECK(settle_memory(inputs, settings));
    ZEROTH_CHECK(settle_interrupts(inputs, settings));
    ZEROTH_CHECK(settle_grants(inputs, settings));
    ZEROTH_CHECK(settle_features(inputs, settings));
    ZEROTH_CHECK(check_iomem(inputs, settings));
    ZEROTH_CHECK(settle_assignment(inputs, settings));
    ZEROTH_CHECK(check_free_memory(inputs, settings));
    return settings;
}

}  // namespace zeroth::plan
