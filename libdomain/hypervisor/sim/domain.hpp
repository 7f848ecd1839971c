// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/ids.hpp"
#include "libdomain/hypervisor/abi/create_domain.hpp"
#include "libdomain/hypervisor/abi/domctl.hpp"
#include "libdomain/hypervisor/sim/frames.hpp"
#include "libdomain/hypervisor/types.hpp"

namespace zeroth::hyper::sim {

struct Vcpu {
    bool initialised = false, online = false;
    xenabi::VcpuGuestContext context{};
    CpuMap hard, soft;
    std::uint32_t cpu = 0;
};

/// One event channel as its owner sees it.
struct Channel {
    enum class State { kUnbound, kInterdomain, kVirq };
    State state = State::kUnbound;
    DomainId remote{};
    Port remote_port{};
    std::uint32_t virq = 0;
    /// Xen itself is the owner's end (the emulated UART): the owner may neither send nor close.
    bool xen_attached = false;
    bool pending = false;
};

/// What the model knows of one domain.
struct Domain {
    DomainId id;
    xenabi::CreateDomain config;
    std::vector<std::optional<Vcpu>> vcpus;
    std::uint32_t pause_count = 1;
    bool creation_finished = false, dying = false, shut_down = false;
    std::uint8_t shutdown_code = 0xff;

    bool is_32bit = true;
    std::uint64_t max_pages = 0, tot_pages = 0;
    /// Claimed and not yet populated.
    std::uint64_t outstanding_pages = 0;
    FrameMap p2m;
    /// Guest frames that its balloon has given back, the last to go last.
    std::vector<FrameRange> ballooned;
    /// Frames that belong to the domain, and those that Xen took for it.
    std::vector<FrameRange> owned, overhead;
    std::vector<FrameRange> pool;
    std::uint64_t pool_pages = 0;
    /// Page tables of the stage-2 tree, by level and index: each takes a page of the pool.
    std::set<std::pair<unsigned, std::uint64_t>> tables;

    std::vector<std::uint64_t> grant_frames;
    std::uint32_t max_grant_frames = 0;
    std::map<Port, Channel> channels;
    std::map<std::uint32_t, std::uint64_t> params;
    /// Machine frames that may be mapped in (each stands for itself), and those that are.
    FrameMap iomem_allowed, mmio;
    std::set<std::uint32_t> spis;
    std::set<std::string> devices;
    bool has_vuart = false;
    xenabi::SchedulerOp sched{};
    /// By vCPU, under rtds, of those that have been given parameters of their own.
    std::map<std::uint32_t, xenabi::SchedParamVcpu> vcpu_sched;
};

}  // namespace zeroth::hyper::sim
