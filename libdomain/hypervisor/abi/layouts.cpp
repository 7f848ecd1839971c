// SPDX-License-Identifier: Apache-2.0
#include "libdomain/hypervisor/abi/layouts.hpp"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "libdomain/hypervisor/abi/numbers.hpp"

namespace zeroth::xenabi {
namespace {

/// Copies the members that both sides have, in either direction. altp2m travels as one 32-bit word:
/// a release that splits it reads the same bytes. Always inlined: GCC 12 folds the instances of
/// two releases into one and then sees accesses beyond the smaller struct.
template <class From, class To>
[[gnu::always_inline]] inline void translate(const From& from, To& to) {
    to.ssidref = from.ssidref;
    to.handle = from.handle;
    to.flags = from.flags;
    to.iommu_opts = from.iommu_opts;
    to.max_vcpus = from.max_vcpus;
    to.max_evtchn_port = from.max_evtchn_port;
    to.max_grant_frames = from.max_grant_frames;
    to.max_maptrack_frames = from.max_maptrack_frames;
    to.grant_opts = from.grant_opts;
    if constexpr (requires { from.altp2m, to.altp2m; }) to.altp2m = from.altp2m;
    to.vmtrace_size = from.vmtrace_size;
    to.cpupool_id = from.cpupool_id;
    to.arch.gic_version = from.arch.gic_version;
    if constexpr (requires { from.arch.sve_vl, to.arch.sve_vl; }) {
        to.arch.sve_vl = from.arch.sve_vl;
    }
    to.arch.tee_type = from.arch.tee_type;
    to.arch.nr_spis = from.arch.nr_spis;
    to.arch.clock_frequency = from.arch.clock_frequency;
    if constexpr (requires { from.arch.arm_sci_type, to.arch.arm_sci_type; }) {
        to.arch.arm_sci_type = from.arch.arm_sci_type;
    }
    if constexpr (requires { from.arch.v8r_el1_msa, to.arch.v8r_el1_msa; }) {
        to.arch.v8r_el1_msa = from.arch.v8r_el1_msa;
        to.arch.pad = from.arch.pad;
    }
}

template <class Wire>
void encode(const CreateDomain& from, std::span<std::byte> to) {
    Wire wire{};
    translate(from, wire);
    std::memcpy(to.data(), &wire, sizeof wire);
}

template <class Wire>
CreateDomain decode(std::span<const std::byte> from) {
    Wire wire;
    std::memcpy(&wire, from.data(), sizeof wire);
    CreateDomain to;
    translate(wire, to);
    return to;
}

template <class Wire>
constexpr Layouts row(std::string_view release, std::uint32_t minor, std::uint32_t domctl,
                      std::uint32_t sysctl) {
    return {release, minor, domctl, sysctl, sizeof(Wire), &encode<Wire>, &decode<Wire>};
}

constexpr std::array kLayouts{
    row<v4_17::CreateDomain>("4.17", 17, 0x15, 0x15),
    row<v4_18::CreateDomain>("4.18", 18, 0x16, 0x15),
    row<v4_19::CreateDomain>("4.19", 19, 0x17, 0x15),
    row<v4_19::CreateDomain>("4.20", 20, 0x17, 0x15),
    row<v4_21::CreateDomain>("4.21", 21, 0x17, 0x16),
    row<v4_22::CreateDomain>("4.22", 22, 0x18, 0x16),
};

Result<> need(bool wanted, std::string_view what, std::uint32_t since, const Layouts& layouts) {
    if (!wanted || layouts.minor >= since) return {};
    return fail(Error::message(EOPNOTSUPP, fmt::format("{} needs Xen 4.{} or later; this is {}",
                                                       what, since, layouts.release)));
}

Result<> check_features(const hyper::DomainSpec& spec, const Layouts& layouts) {
    ZEROTH_CHECK(need(spec.sve_vl != 0, "SVE", 18, layouts));
    ZEROTH_CHECK(need(spec.tee_type == 2, "FF-A", 18, layouts));
    ZEROTH_CHECK(need(spec.xs_domain, "a XenStore domain", 21, layouts));
    ZEROTH_CHECK(need(spec.arm_sci_type != 0, "SCMI", 21, layouts));
    // Trapping them is what older releases do anyway; only leaving them alone is new.
    return need(!spec.trap_unmapped_accesses.value_or(true), "leaving unmapped accesses untrapped",
                21, layouts);
}

std::uint32_t create_flags(const hyper::DomainSpec& spec, const Layouts& layouts) {
    // Every ARM guest is an HVM guest with hardware paging; Xen refuses others.
    std::uint32_t flags = cdf::kHvm | cdf::kHap;
    if (spec.iommu) flags |= cdf::kIommu;
    if (spec.vpmu) flags |= cdf::kVpmu;
    if (spec.xs_domain) flags |= cdf::kXsDomain;
    if (layouts.minor >= 21 && spec.trap_unmapped_accesses.value_or(true)) {
        flags |= cdf::kTrapUnmappedAccesses;
    }
    return flags;
}

}  // namespace

std::span<const Layouts> all_layouts() { return kLayouts; }

const Layouts* find_layouts(std::uint32_t minor, std::uint32_t domctl) {
    const Layouts* found = nullptr;
    for (const auto& row : kLayouts) {
        if (row.domctl != domctl) continue;
        if (found == nullptr || row.minor <= minor) found = &row;
    }
    return found;
}

std::string known_domctl_versions() {
    std::string text;
    for (std::size_t first = 0; first < kLayouts.size();) {
        std::size_t last = first;
        while (last + 1 < kLayouts.size() && kLayouts[last + 1].domctl == kLayouts[first].domctl) {
            ++last;
        }
        text += fmt::format("{}{:#x} (Xen {}", text.empty() ? "" : ", ", kLayouts[first].domctl,
                            kLayouts[first].release);
        text += last == first ? ")" : fmt::format(" to {})", kLayouts[last].release);
        first = last + 1;
    }
    return text;
}

Result<CreateDomain> to_create_domain(const hyper::DomainSpec& spec, const Layouts& layouts) {
    ZEROTH_CHECK(check_features(spec, layouts));
    CreateDomain to;
    to.ssidref = spec.ssidref;
    to.handle = spec.handle.bytes;
    to.flags = create_flags(spec, layouts);
    to.max_vcpus = spec.max_vcpus;
    to.max_evtchn_port = spec.max_evtchn_port;
    to.max_grant_frames = spec.max_grant_frames.value_or(kDefaultGrantFrames);
    to.max_maptrack_frames = spec.max_maptrack_frames.value_or(kDefaultGrantFrames);
    to.grant_opts = spec.max_grant_version;
    to.cpupool_id = spec.cpupool.raw();
    to.arch.gic_version = static_cast<std::uint8_t>(spec.gic);
    to.arch.sve_vl = spec.sve_vl;
    to.arch.tee_type = spec.tee_type;
    to.arch.nr_spis = spec.nr_spis;
    to.arch.arm_sci_type = spec.arm_sci_type;
    return to;
}

}  // namespace zeroth::xenabi
