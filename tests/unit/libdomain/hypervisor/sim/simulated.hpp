// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <optional>

#include "libdomain/hypervisor/hypervisor.hpp"
#include "libdomain/hypervisor/sim/machine.hpp"

namespace zeroth::hyper {

/// A machine of the model and the client on it.
struct Simulated {
    explicit Simulated(const sim::SimOptions& options = {}) {
        auto made = sim::Machine::create(options);
        if (!made) {
            ADD_FAILURE() << made.error().text();
            std::abort();
        }
        machine = *std::move(made);
        auto opened = Hypervisor::open(*machine);
        if (!opened) {
            ADD_FAILURE() << opened.error().text();
            std::abort();
        }
        xen.emplace(*std::move(opened));
    }

    /// A domain that can be given memory: one vCPU, 16 MiB allowed, 1 MiB for its tables.
    DomainId domain(std::uint32_t nr_spis = 0) {
        DomainSpec spec;
        spec.handle = Uuid::random();
        spec.nr_spis = nr_spis;
        const auto made = xen->create_domain(spec);
        EXPECT_TRUE(made && xen->set_max_vcpus(made->id, 1) &&
                    xen->set_max_mem(made->id, mib(16)) &&
                    xen->set_paging_mempool(made->id, to_bytes(mib(1))) &&
                    xen->set_address_size(made->id, 64));
        return made ? made->id : kDomainAny;
    }

    std::unique_ptr<sim::Machine> machine;
    std::optional<Hypervisor> xen;
};

}  // namespace zeroth::hyper
