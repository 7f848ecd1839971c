// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "libdomain/hypervisor/privcmd.hpp"

namespace zeroth::hyper::sim {

struct State;

/// A hypercall in words, for faults and the transcript.
struct Operation {
    /// "XEN_DOMCTL_max_vcpus".
    std::string_view name;
    /// "domain 1", or nothing.
    std::string subject;
};

Operation describe(State& state, const Hypercall& call);
/// Carries the hypercall out, if no fault is to befall it, and writes it down. The caller holds the
/// state's mutex.
long perform(State& state, const Hypercall& call);

}  // namespace zeroth::hyper::sim
