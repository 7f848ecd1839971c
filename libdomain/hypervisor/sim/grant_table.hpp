// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "libdomain/hypervisor/privcmd.hpp"

namespace zeroth::hyper::sim {

struct State;

/// One open /dev/xen/gntdev of dom0.
class GrantHandle final : public GrantTable {
public:
    explicit GrantHandle(State& state) : state_{&state} {}
    Result<Mapping> map(DomainId domain, GrantRef ref) override;
    Result<> copy_to(DomainId domain, std::span<const GrantCopy> pieces) override;

private:
    void unmap(std::span<std::byte> bytes, void* token) override;

    State* state_;
};

}  // namespace zeroth::hyper::sim
