// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <utility>

#include "core/unique_fd.hpp"
#include "libdomain/hypervisor/privcmd.hpp"

namespace zeroth::hyper::sim {

struct State;

/// One open /dev/xen/evtchn of dom0.
class PortHandle final : public EventChannels {
public:
    static Result<std::unique_ptr<PortHandle>> create(State& state);
    ~PortHandle() override;

    int fd() const override { return fd_.get(); }
    Result<Port> bind_interdomain(DomainId remote, Port remote_port) override;
    Result<Port> bind_virq(std::uint32_t virq) override;
    Result<> unbind(Port port) override;
    Result<> notify(Port port) override;
    Result<Port> pending() override;
    Result<> unmask(Port port) override;

    /// Xen raised the port. The caller holds the state's mutex.
    void fired(Port port);

private:
    PortHandle(State& state, UniqueFd fd) : state_{&state}, fd_{std::move(fd)} {}
    Result<Port> adopt(Port port);

    enum class Line { kIdle, kQueued, kMasked, kMaskedAgain };

    State* state_;
    /// A semaphore that counts the ports to be read, and so is readable while there are any.
    UniqueFd fd_;
    std::map<Port, Line> lines_;
    /// Ports that fired and are not yet read, in that order; unbinding does not take one out.
    std::deque<Port> fired_;
};

}  // namespace zeroth::hyper::sim
