// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <memory>
#include <utility>

#include "libdomain/hypervisor/xen/open_error.hpp"
#include "libdomain/hypervisor/xen/quiet_logger.hpp"
#include "libdomain/hypervisor/xen/xen.hpp"
#include "libdomain/hypervisor/xen/xen_headers.hpp"

namespace zeroth::hyper {
namespace {

struct Close {
    void operator()(xenevtchn_handle* handle) const { xenevtchn_close(handle); }
};
using Handle = std::unique_ptr<xenevtchn_handle, Close>;

class XenEventChannels final : public EventChannels {
public:
    explicit XenEventChannels(Handle handle) : handle_{std::move(handle)} {}

    int fd() const override { return xenevtchn_fd(handle_.get()); }

    Result<Port> bind_interdomain(DomainId remote, Port remote_port) override {
        const int port = xenevtchn_bind_interdomain(handle_.get(), remote.raw(), remote_port.raw());
        if (port >= 0) return Port{static_cast<std::uint32_t>(port)};
        auto what = fmt::format("bind to port {} of domain {}", remote_port.raw(), remote.raw());
        if (errno == ESRCH) return fail(Error::message(ESRCH, what + ": no such domain"));
        return errno_error(std::move(what));
    }

    Result<Port> bind_virq(std::uint32_t virq) override {
        const int port = xenevtchn_bind_virq(handle_.get(), virq);
        if (port < 0) return errno_error(fmt::format("bind VIRQ {}", virq));
        return Port{static_cast<std::uint32_t>(port)};
    }

    Result<> unbind(Port port) override {
        return check(xenevtchn_unbind(handle_.get(), port.raw()), "unbind", port);
    }
    Result<> notify(Port port) override {
        return check(xenevtchn_notify(handle_.get(), port.raw()), "notify", port);
    }
    /// The device gives as many as there are for one system call; libxenevtchn asks for each. Who
    /// asks until there is none gets that answer without another call: `fd` tells what came since.
    Result<Port> pending() override {
        if (next_ == count_) {
            if (std::exchange(all_, false)) return fail(EAGAIN, "no event");
            const auto size = ::read(fd(), fired_.data(), sizeof fired_);
            if (size < 0) return errno_error("no event");
            next_ = 0;
            count_ = static_cast<std::size_t>(size) / sizeof fired_[0];
            all_ = count_ < fired_.size();
            if (count_ == 0) return fail(EAGAIN, "no event");
        }
        return Port{fired_[next_++]};
    }
    Result<> unmask(Port port) override {
        return check(xenevtchn_unmask(handle_.get(), port.raw()), "unmask", port);
    }

private:
    static Result<> check(int result, std::string_view operation, Port port) {
        if (result >= 0) return {};
        return errno_error(fmt::format("{} port {}", operation, port.raw()));
    }

    Handle handle_;
    std::array<evtchn_port_t, kAtOnce> fired_{};
    std::size_t next_ = 0, count_ = 0;
    /// What was read were all there were.
    bool all_ = false;
};

}  // namespace

Result<std::unique_ptr<EventChannels>> open_event_channels() {
    Handle handle{xenevtchn_open(quiet_logger(), 0)};
    if (!handle) return open_error("/dev/xen/evtchn", "xen-evtchn");
    const int fd = xenevtchn_fd(handle.get());
    const int flags = ::fcntl(fd, F_GETFL);
    if (flags < 0 || ::fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0) {
        return errno_error("/dev/xen/evtchn without blocking");
    }
    return std::make_unique<XenEventChannels>(std::move(handle));
}

}  // namespace zeroth::hyper
