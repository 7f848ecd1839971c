// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstring>

#include "libdomain/hypervisor/abi/domctl.hpp"
#include "libdomain/hypervisor/sim/state.hpp"

/// The domctls, one function each; domctl.cpp calls them. A result is Xen's, negative errno and
/// all.
namespace zeroth::hyper::sim {

struct DomctlCall {
    State& state;
    Domain& domain;
    xenabi::DomctlBytes& bytes;

    template <class Body>
    Body body() const {
        Body value;
        std::memcpy(&value, bytes.body.data(), sizeof value);
        return value;
    }
    template <class Body>
    void put(const Body& value) {
        std::memcpy(bytes.body.data(), &value, sizeof value);
    }
};

/// Its domain is not looked at; the new domid goes into the header.
long create_domain(DomctlCall& call);
long destroy_domain(DomctlCall& call);
xenabi::GetDomainInfo info_of(const State& state, const Domain& domain);

long pause_domain(DomctlCall& call);
long unpause_domain(DomctlCall& call);
long set_domain_handle(DomctlCall& call);
long get_domain_info(DomctlCall& call);
long scheduler_op(DomctlCall& call);

long max_vcpus(DomctlCall& call);
long set_vcpu_context(DomctlCall& call);
long get_vcpu_context(DomctlCall& call);
long get_vcpu_info(DomctlCall& call);
long set_vcpu_affinity(DomctlCall& call);
long get_vcpu_affinity(DomctlCall& call);
long set_address_size(DomctlCall& call);
long get_node_affinity(DomctlCall& call);
long send_trigger(DomctlCall& call);

long max_mem(DomctlCall& call);
long set_paging_mempool(DomctlCall& call);
long get_paging_mempool(DomctlCall& call);
long cache_flush(DomctlCall& call);
long set_llc_colors(DomctlCall& call);

long iomem_permission(DomctlCall& call);
long memory_mapping(DomctlCall& call);
long bind_pt_irq(DomctlCall& call);
long assign_device(DomctlCall& call);
long vuart_op(DomctlCall& call);

/// Into a caller's bitmap; false where its memory is no memory.
bool write_map(State& state, const xenabi::Bitmap& to, const CpuMap& map);
/// Changes the size of the pool that page tables come from.
long resize_pool(State& state, Domain& domain, std::uint64_t pages);
/// Takes a page of the pool for each table that a mapping of 2^order frames needs and that does not
/// exist yet; false when the pool has run out.
bool take_tables(Domain& domain, std::uint64_t guest_frame, unsigned order);
/// Whether stage 2 can translate the frames.
bool in_range(const State& state, std::uint64_t guest_frame, std::uint64_t count);

}  // namespace zeroth::hyper::sim
