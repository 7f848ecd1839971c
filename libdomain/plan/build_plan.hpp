// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/ids.hpp"
#include "core/units.hpp"
#include "libdomain/hypervisor/types.hpp"
#include "libdomain/image/kernel.hpp"
#include "libdomain/plan/device.hpp"
#include "libdomain/plan/node.hpp"

/// A domain before it exists: everything that will be done to make it, as values.
namespace zeroth::plan {

enum class PortRole { kStore, kConsole, kVuart };

// Steps, in the field's words. A step holds what its hypercall or request needs and nothing that is
// only known once the domain exists: the domain's id and its ports are named, not numbered.
struct CreateDomain {
    hyper::DomainSpec spec;
    /// What the device tree was made for; the hypervisor's answer must agree.
    hyper::DomainSpec::Gic gic = hyper::DomainSpec::Gic::kV2;
    std::uint32_t clock_frequency = 0;
};
struct SetLlcColors {
    std::vector<std::uint32_t> colors;
};
struct SetMaxVcpus {
    std::uint32_t count = 1;
};
struct SetAffinity {
    VcpuId vcpu;
    hyper::CpuMap hard, soft;
};
struct SetMaxMem {
    KiB size;
};
/// Sets all memory aside that the domain is going to populate, so that of two creates which do not
/// fit together one fails here, before anything is populated.
struct ClaimMemory {
    std::uint64_t pages = 0;
};
struct SetPagingMempool {
    Bytes size;
};
struct SetSchedParams {
    hyper::SchedParams params;
};
struct AllocPort {
    PortRole role;
    DomainId remote;
};
struct SetParam {
    hyper::HvmParam param;
    std::variant<std::uint64_t, PortRole> value;
};
struct SetAddressSize {
    std::uint32_t bits = 64;
};
/// RAM in extents as large as alignment allows, smaller where Xen has none left.
struct PopulateRam {
    GuestFrame first;
    std::uint64_t pages = 0;
};
/// Single pages for Xen's rings; the console's is marked as not connected yet.
struct PopulateMagic {
    GuestFrame first;
    std::uint64_t pages = 0;
    GuestFrame console;
};
struct LoadKernel {
    image::KernelFacts kernel;
    /// Where segment i goes, its first byte.
    std::vector<GuestAddress> addresses;
};
struct LoadRamdisk {
    image::RamdiskFacts ramdisk;
    GuestAddress address;
};
struct LoadDeviceTree {
    std::vector<std::byte> blob;
    GuestAddress address;
};
/// What of the claim was not populated goes back.
struct ReleaseClaim {};
struct SetVcpuContext {
    VcpuId vcpu;
    hyper::VcpuContext context;
};
struct SeedGrant {
    GrantRef ref;
    DomainId to;
    GuestFrame frame;
};
struct SeedGrants {
    std::vector<SeedGrant> seeds;
};
struct InitVuart {
    GuestFrame ring;
    DomainId console_domain;
};
struct BindSpi {
    std::uint32_t irq = 0;
};
struct MapIomem {
    MachineFrame first;
    std::uint64_t count = 0;
    GuestFrame guest_first;
};
struct AssignDevice {
    std::string path;
};

/// All in one transaction.
struct WriteNodes {
    std::vector<Node> nodes;
};
struct IntroduceDomain {
    GuestFrame ring;
};
/// What it is made of is opened.
struct AttachDevice {
    Device device;
};
/// The nodes of all that were attached, in one transaction: their backends begin.
struct StartDevices {};
/// The guest does not run before its devices are there, all of them.
struct WaitDevices {};
/// The guest does not run before its consoles are served.
struct WaitConsole {};
/// Keeps the config beside the domain; `{domid}` in the path as in nodes. xld appends it: make_plan
/// makes none.
struct SaveConfig {
    std::string path, text;
};
struct Unpause {};

using Step = std::variant<CreateDomain, SetLlcColors, SetMaxVcpus, SetAffinity, SetMaxMem,
                          ClaimMemory, SetPagingMempool, SetSchedParams, AllocPort, SetParam,
                          SetAddressSize, PopulateRam, PopulateMagic, LoadKernel, LoadRamdisk,
                          LoadDeviceTree, ReleaseClaim, SetVcpuContext, SeedGrants, InitVuart,
                          BindSpi, MapIomem, AssignDevice, WriteNodes, AttachDevice, StartDevices,
                          IntroduceDomain, WaitConsole, WaitDevices, SaveConfig, Unpause>;

/// "populate RAM: 32768 pages at gfn 0x40000", for progress, errors and `xl plan`.
std::string describe(const Step& step);
/// The step's kind in one word, for machines: "populate-ram".
const char* kind(const Step& step);

/// A named range of guest-physical addresses, for the memory map.
struct Range {
    std::string what;
    GuestAddress start;
    std::uint64_t size = 0;
};

struct BuildPlan {
    std::string name;
    Uuid uuid;
    std::uint32_t max_vcpus = 1;
    KiB memory;
    /// RAM banks, then what lies where; in rising order of address.
    std::vector<Range> memory_map;
    std::vector<std::byte> device_tree;
    std::vector<Step> steps;
    /// Sentences on what of the config has no effect on this host.
    std::vector<std::string> notes;
};

/// The whole plan as `xl plan` prints it and golden files hold it: memory map, device tree as
/// source, nodes, steps.
std::string to_text(const BuildPlan& plan);

}  // namespace zeroth::plan
