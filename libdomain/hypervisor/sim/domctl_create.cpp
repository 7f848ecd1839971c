// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>

#include "libdomain/hypervisor/abi/numbers.hpp"
#include "libdomain/hypervisor/sim/domctl.hpp"
#include "libdomain/hypervisor/sim/guest_cpu.hpp"

namespace zeroth::hyper::sim {
namespace {

namespace cdf = xenabi::cdf;

/// struct domain, shared info, root table, event buckets, maptrack.
constexpr std::uint64_t kDomainPages = 24;
/// What p2m_init puts into the pool.
constexpr std::uint64_t kInitialPool = 16;
constexpr std::uint32_t kMaxVcpusGicV2 = 8, kMaxVcpusGicV3 = 128;
constexpr std::uint32_t kMaxGrantFrames = 64, kMaxMaptrackFrames = 1024;
constexpr std::uint32_t kMaxSpis = 988, kMaxSpisWithExtended = 5088;

struct Refusal {
    State& state;
    /// Release builds of Xen say nothing; this one speaks, so that the story can be told.
    long operator()(std::string_view why) const {
        state.console.print(fmt::format("(XEN) createdomain: {}\n", why));
        return -EINVAL;
    }
};

long check_flags(State& state, const xenabi::CreateDomain& config) {
    const Refusal refuse{state};
    const bool newer = state.layouts->minor >= 21;
    auto optional = cdf::kIommu | cdf::kVpmu;
    if (newer) optional |= cdf::kXsDomain | cdf::kTrapUnmappedAccesses;
    if ((config.flags & ~optional) != (cdf::kHvm | cdf::kHap)) {
        return refuse(fmt::format("flags {:#x} are not possible here", config.flags));
    }
    if ((config.flags & cdf::kIommu) != 0 && !state.options.iommu) return refuse("no IOMMU");
    if ((config.flags & cdf::kVpmu) != 0 && !state.options.vpmu) return refuse("no virtual PMU");
    // Page tables are always shared with the IOMMU, so there is nothing to choose.
    if (config.iommu_opts != 0) return refuse("unknown IOMMU options");
    if ((config.grant_opts & ~0xfU) != 0) return refuse("unknown grant options");
    if (config.altp2m != 0) return refuse("no altp2m");
    if (config.vmtrace_size != 0) return refuse("no vmtrace");
    return 0;
}

long check_arch(State& state, const xenabi::CreateDomain& config) {
    const Refusal refuse{state};
    const auto& arch = config.arch;
    if (arch.pad != 0) return refuse("padding that is not zero");
    if (arch.gic_version > 2) return refuse("unknown GIC version");
    const auto most = arch.gic_version == 1 ? kMaxVcpusGicV2 : kMaxVcpusGicV3;
    if (config.max_vcpus < 1 || config.max_vcpus > most) {
        return refuse(fmt::format("{} vCPUs; possible are 1 to {}", config.max_vcpus, most));
    }
    if (arch.sve_vl > state.options.sve_vl) return refuse("no SVE vector of this length");
    if (arch.tee_type != 0 && arch.tee_type != state.options.tee_type) return refuse("no such TEE");
    if (arch.arm_sci_type != 0) return refuse("no SCI agent of this type");
    if (arch.v8r_el1_msa != 0) return refuse("no MSA at EL1");
    if (arch.nr_spis > (state.layouts->minor >= 21 ? kMaxSpisWithExtended : kMaxSpis)) {
        return refuse(fmt::format("{} SPIs", arch.nr_spis));
    }
    return 0;
}

/// What is only found out once the domain is half made.
long check_resources(State& state, const xenabi::CreateDomain& config) {
    const Refusal refuse{state};
    if (config.arch.gic_version != static_cast<std::uint8_t>(state.options.gic)) {
        state.console.print("(XEN) createdomain: the host's GIC is another\n");
        return -ENODEV;
    }
    if ((config.grant_opts & 0xfU) != 1) return refuse("only grant tables of version 1");
    const auto frames = config.max_grant_frames;
    const auto track = config.max_maptrack_frames;
    if (static_cast<std::int32_t>(frames) >= 0 && (frames < 1 || frames > kMaxGrantFrames)) {
        return refuse(fmt::format("{} grant frames", frames));
    }
    if (static_cast<std::int32_t>(track) >= 0 && track > kMaxMaptrackFrames) {
        return refuse(fmt::format("{} maptrack frames", track));
    }
    if (!state.pools.contains(config.cpupool_id)) return -ESRCH;
    return 0;
}

/// Whether the number asks for any domid; releases differ in what they take for it.
bool asks_for_any(const State& state, std::uint16_t domid) {
    const auto minor = state.layouts->minor;
    if (minor >= 22) return domid == kDomainAny.raw();
    return domid == 0 || domid >= kFirstReservedDomain;
}

/// Never the one given last, and not the ones given shortly before: the search goes on from there.
std::optional<DomainId> next_domid(State& state) {
    auto candidate = state.last_domain;
    for (std::uint32_t i = 1; i < kFirstReservedDomain; ++i) {
        candidate = static_cast<std::uint16_t>(candidate + 1);
        if (candidate >= kFirstReservedDomain) candidate = 1;
        if (state.find(DomainId{candidate}) != nullptr) continue;
        state.last_domain = candidate;
        return DomainId{candidate};
    }
    return std::nullopt;
}

long pick_domid(State& state, std::uint16_t asked, DomainId& id) {
    if (asks_for_any(state, asked)) {
        const auto next = next_domid(state);
        if (!next) return state.layouts->minor >= 21 ? -EEXIST : -ENOMEM;
        id = *next;
        return 0;
    }
    id = DomainId{asked};
    return asked >= kFirstReservedDomain || state.find(id) != nullptr ? -EEXIST : 0;
}

bool take_memory(State& state, Domain& domain) {
    if (!state.take_overhead(domain, kDomainPages)) return false;
    if (resize_pool(state, domain, kInitialPool) != 0) return false;
    // The virtual GICv2 has its CPU interface mapped in: a table for its GiB, one for its 2 MiB.
    if (domain.config.arch.gic_version == 1) take_tables(domain, 0x3002, 0);
    return grow_grant_table(state, domain, 1);
}

}  // namespace

long create_domain(DomctlCall& call) {
    auto& state = call.state;
    auto& bytes = call.bytes;
    Domain domain;
    if (const long error = pick_domid(state, bytes.header.domain, domain.id); error != 0) {
        return error;
    }
    domain.config = state.layouts->decode_create_domain(bytes.body);
    auto& config = domain.config;
    if (const long error = check_flags(state, config); error != 0) return error;
    if (config.arch.gic_version == 0) {
        config.arch.gic_version = static_cast<std::uint8_t>(state.options.gic);
    }
    if (const long error = check_arch(state, config); error != 0) return error;
    if (const long error = check_resources(state, config); error != 0) return error;
    config.arch.clock_frequency = state.options.clock_frequency;
    domain.vcpus.resize(config.max_vcpus);
    domain.max_grant_frames = std::min(config.max_grant_frames, kMaxGrantFrames);
    domain.sched = default_scheduling(state.pools.at(config.cpupool_id).scheduler);
    if (!take_memory(state, domain)) {
        state.release_memory(domain);
        return -ENOMEM;
    }
    bytes.header.domain = domain.id.raw();
    state.layouts->encode_create_domain(config, bytes.body);
    state.domains.emplace(domain.id, std::move(domain));
    return 0;
}

long destroy_domain(DomctlCall& call) {
    auto& state = call.state;
    auto& domain = call.domain;
    if (domain.id == kDomain0) return -EINVAL;
    if (domain.dying) return 0;
    domain.dying = true;
    state.use_claim(domain, domain.outstanding_pages);
    if (state.observer != nullptr) state.observer->ended(domain.id, Observer::End::kDestroyed);
    while (!domain.channels.empty()) state.close_channel(domain, domain.channels.begin()->first);
    state.release_memory(domain);
    state.raise_virq(kVirqDomExc);
    return 0;
}

xenabi::GetDomainInfo info_of(const State& state, const Domain& domain) {
    namespace dominf = xenabi::dominf;
    xenabi::GetDomainInfo info{};
    info.domain = domain.id.raw();
    info.max_vcpu_id = ~0U;
    bool blocked = true, running = false;
    for (std::uint32_t i = 0; i < domain.vcpus.size(); ++i) {
        if (!domain.vcpus[i]) continue;
        info.max_vcpu_id = i;
        if (!domain.vcpus[i]->online) continue;
        ++info.nr_online_vcpus;
        // dom0 is what makes the call; a guest of the model waits, once it was let run, and until
        // it shuts down, which it does running.
        running |= domain.id == kDomain0;
        blocked &= domain.id != kDomain0 && domain.creation_finished && !domain.shut_down;
    }
    if (info.nr_online_vcpus > 0) {
        info.flags |= (blocked ? dominf::kBlocked : 0) | (running ? dominf::kRunning : 0);
    }
    info.flags |= dominf::kHap | (domain.dying ? dominf::kDying : 0) |
                  (domain.shut_down ? dominf::kShutdown : 0) |
                  (domain.pause_count > 0 ? dominf::kPaused : 0) |
                  ((domain.config.flags & cdf::kXsDomain) != 0 ? dominf::kXsDomain : 0) |
                  ((domain.config.flags & cdf::kHvm) != 0 ? dominf::kHvm : 0) |
                  std::uint32_t{domain.shutdown_code} << dominf::kShutdownShift;
    info.tot_pages = domain.tot_pages;
    info.max_pages = domain.max_pages;
    info.outstanding_pages = domain.outstanding_pages;
    info.shared_info_frame = ~std::uint64_t{0};
    info.ssidref = domain.config.ssidref;
    info.handle = domain.config.handle;
    info.cpupool = domain.config.cpupool_id;
    info.gpaddr_bits = state.options.gpaddr_bits;
    return info;
}

}  // namespace zeroth::hyper::sim
