// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "libdomain/hypervisor/abi/domctl.hpp"

/// XEN_DOMCTL_createdomain, the one argument structure that moves between releases (reference I.2;
/// offsets are the same on arm64 and arm32). The interface version alone does not tell the layout:
/// 0x17 is 4.19, 4.20 and 4.21, of which the last is larger.
namespace zeroth::xenabi {

/// What all releases together have. A layout that lacks a member reads it as zero.
struct CreateDomain {
    std::uint32_t ssidref = 0;
    std::array<std::uint8_t, 16> handle{};
    std::uint32_t flags = 0, iommu_opts = 0, max_vcpus = 0, max_evtchn_port = 0,
                  max_grant_frames = 0, max_maptrack_frames = 0, grant_opts = 0, altp2m = 0,
                  vmtrace_size = 0, cpupool_id = 0;
    struct Arch {
        std::uint8_t gic_version = 0, sve_vl = 0;
        std::uint16_t tee_type = 0;
        std::uint32_t nr_spis = 0, clock_frequency = 0;
        std::uint8_t arm_sci_type = 0, v8r_el1_msa = 0;
        std::uint16_t pad = 0;
    } arch;
};

namespace v4_17 {
struct Arch {
    std::uint8_t gic_version, pad;
    std::uint16_t tee_type;
    std::uint32_t nr_spis, clock_frequency;
};
struct CreateDomain {
    std::uint32_t ssidref;
    std::array<std::uint8_t, 16> handle;
    std::uint32_t flags, iommu_opts, max_vcpus, max_evtchn_port, max_grant_frames,
        max_maptrack_frames, grant_opts, vmtrace_size, cpupool_id;
    v4_17::Arch arch;
};
static_assert(sizeof(CreateDomain) == 68 && offsetof(CreateDomain, arch) == 56);
}  // namespace v4_17

namespace v4_18 {
struct Arch {
    std::uint8_t gic_version, sve_vl;
    std::uint16_t tee_type;
    std::uint32_t nr_spis, clock_frequency;
};
struct CreateDomain {
    std::uint32_t ssidref;
    std::array<std::uint8_t, 16> handle;
    std::uint32_t flags, iommu_opts, max_vcpus, max_evtchn_port, max_grant_frames,
        max_maptrack_frames, grant_opts, vmtrace_size, cpupool_id;
    v4_18::Arch arch;
};
static_assert(sizeof(CreateDomain) == 68 && offsetof(CreateDomain, arch) == 56);
}  // namespace v4_18

/// 4.19 and 4.20.
namespace v4_19 {
using Arch = v4_18::Arch;
struct CreateDomain {
    std::uint32_t ssidref;
    std::array<std::uint8_t, 16> handle;
    std::uint32_t flags, iommu_opts, max_vcpus, max_evtchn_port, max_grant_frames,
        max_maptrack_frames, grant_opts, altp2m, vmtrace_size, cpupool_id;
    v4_19::Arch arch;
};
static_assert(sizeof(CreateDomain) == 72 && offsetof(CreateDomain, arch) == 60);
}  // namespace v4_19

namespace v4_21 {
struct Arch {
    std::uint8_t gic_version, sve_vl;
    std::uint16_t tee_type;
    std::uint32_t nr_spis, clock_frequency;
    std::uint8_t arm_sci_type;
    std::array<std::uint8_t, 3> end;
};
/// altp2m is two 16-bit halves here, options and count.
struct CreateDomain {
    std::uint32_t ssidref;
    std::array<std::uint8_t, 16> handle;
    std::uint32_t flags, iommu_opts, max_vcpus, max_evtchn_port, max_grant_frames,
        max_maptrack_frames, grant_opts, altp2m, vmtrace_size, cpupool_id;
    v4_21::Arch arch;
};
static_assert(sizeof(CreateDomain) == 76 && offsetof(CreateDomain, arch) == 60);
}  // namespace v4_21

namespace v4_22 {
struct Arch {
    std::uint8_t gic_version, sve_vl;
    std::uint16_t tee_type;
    std::uint32_t nr_spis, clock_frequency;
    std::uint8_t arm_sci_type, v8r_el1_msa;
    std::uint16_t pad;
};
struct CreateDomain {
    std::uint32_t ssidref;
    std::array<std::uint8_t, 16> handle;
    std::uint32_t flags, iommu_opts, max_vcpus, max_evtchn_port, max_grant_frames,
        max_maptrack_frames, grant_opts, altp2m, vmtrace_size, cpupool_id;
    v4_22::Arch arch;
};
static_assert(sizeof(CreateDomain) == 76 && offsetof(CreateDomain, arch) == 60);
}  // namespace v4_22

}  // namespace zeroth::xenabi
