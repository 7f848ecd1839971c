// SPDX-License-Identifier: Apache-2.0
#include "xenstore/daemon/event_loop.hpp"

#include <cassert>
#include <span>

namespace zeroth::xenstored {

Result<std::unique_ptr<EventLoop>> EventLoop::create() {
    UniqueFd epoll{::epoll_create1(EPOLL_CLOEXEC)};
    if (!epoll) return errno_error("epoll");
    return std::unique_ptr<EventLoop>{new EventLoop{std::move(epoll)}};
}

Result<> EventLoop::add(int fd, std::uint32_t events, Handler& handler) {
    epoll_event event{};
    event.events = events;
    event.data.ptr = &handler;
    if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) == 0) return {};
    return errno_error("wait for a file descriptor");
}

void EventLoop::change(int fd, std::uint32_t events, Handler& handler) {
    epoll_event event{};
    event.events = events;
    event.data.ptr = &handler;
    [[maybe_unused]] const int result = ::epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, fd, &event);
    assert(result == 0);
}

void EventLoop::remove(int fd, Handler& handler) {
    ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr);
    for (auto& event : std::span{found_}.first(count_)) {
        if (event.data.ptr == &handler) event.data.ptr = nullptr;
    }
}

Result<> EventLoop::turn(std::optional<int> milliseconds) {
    const int count = ::epoll_wait(epoll_.get(), found_.data(), static_cast<int>(found_.size()),
                                   milliseconds.value_or(-1));
    if (count < 0 && errno != EINTR) return errno_error("epoll_wait");
    count_ = count < 0 ? 0 : static_cast<std::size_t>(count);
    for (std::size_t i = 0; i < count_; ++i) {
        if (auto* const handler = static_cast<Handler*>(found_[i].data.ptr)) {
            handler->ready(found_[i].events);
        }
    }
    count_ = 0;
    return {};
}

}  // namespace zeroth::xenstored
