// SPDX-License-Identifier: Apache-2.0
#include <cerrno>

#include "libdomain/hypervisor/sim/remote/line.hpp"
#include "libdomain/hypervisor/sim/remote/remote.hpp"

namespace zeroth::hyper::sim {
namespace {

class RemoteChannels final : public EventChannels {
public:
    RemoteChannels(Line line, UniqueFd fired) : line_{std::move(line)}, fired_{std::move(fired)} {}

    int fd() const override { return fired_.get(); }
    Result<Port> bind_interdomain(DomainId remote, Port remote_port) override {
        return port_of(Request::kBindInterdomain, {remote.raw(), remote_port.raw()});
    }
    Result<Port> bind_virq(std::uint32_t virq) override {
        return port_of(Request::kBindVirq, {virq});
    }
    Result<> unbind(Port port) override { return done(Request::kUnbind, port); }
    Result<> notify(Port port) override { return done(Request::kNotify, port); }
    Result<Port> pending() override { return port_of(Request::kPending, {}); }
    Result<> unmask(Port port) override { return done(Request::kUnmask, port); }

private:
    Result<Port> port_of(Request request, std::vector<std::uint64_t> words) {
        ZEROTH_TRY(const auto reply, line_.ask(request, std::move(words)));
        if (reply.empty()) return fail(EPROTO, "a port of the simulated machine");
        return Port{static_cast<std::uint32_t>(reply[0])};
    }
    Result<> done(Request request, Port port) {
        ZEROTH_CHECK(line_.ask(request, std::vector<std::uint64_t>{port.raw()}));
        return {};
    }

    Line line_;
    UniqueFd fired_;
};

}  // namespace

Result<std::unique_ptr<EventChannels>> open_remote_event_channels(const std::string& path) {
    ZEROTH_TRY(auto opened, Line::open(path, Role::kEventChannels, {}));
    if (!opened.fd) return fail(EPROTO, "simulated machine at " + path);
    return std::make_unique<RemoteChannels>(std::move(opened.line), std::move(opened.fd));
}

}  // namespace zeroth::hyper::sim
