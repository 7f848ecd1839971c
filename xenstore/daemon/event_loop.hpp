// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/epoll.h>

#include <array>
#include <cstdint>
#include <memory>
#include <optional>

#include "core/result.hpp"
#include "core/unique_fd.hpp"

namespace zeroth::xenstored {

/// Waits for file descriptors, level-triggered. What is not ready costs nothing.
class EventLoop {
public:
    class Handler {
    public:
        virtual ~Handler() = default;
        /// EPOLLIN, EPOLLOUT, ...
        virtual void ready(std::uint32_t events) = 0;
    };

    static Result<std::unique_ptr<EventLoop>> create();

    /// The handler stays until it is removed.
    Result<> add(int fd, std::uint32_t events, Handler& handler);
    void change(int fd, std::uint32_t events, Handler& handler);
    /// The handler is not called any more, not even for what this turn has found.
    void remove(int fd, Handler& handler);

    /// Calls the handler of each descriptor that is ready, once; waits for one up to
    /// `milliseconds`, or forever without a number.
    Result<> turn(std::optional<int> milliseconds);

private:
    explicit EventLoop(UniqueFd epoll) : epoll_{std::move(epoll)} {}

    UniqueFd epoll_;
    std::array<epoll_event, 256> found_{};
    std::size_t count_ = 0;
};

}  // namespace zeroth::xenstored
