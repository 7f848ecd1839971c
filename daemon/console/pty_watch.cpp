// SPDX-License-Identifier: Apache-2.0
#include "daemon/console/pty_watch.hpp"

#include <sys/inotify.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "core/log.hpp"

namespace zeroth::daemon::console {

PtyWatch::PtyWatch(const boost::asio::any_io_executor& executor) : descriptor_{executor} {
    const int fd = ::inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (fd < 0) {
        log::warning("inotify: {}: consoles write to their ptys whether anybody reads or not",
                     std::strerror(errno));
        return;
    }
    descriptor_.assign(fd);
    wait();
}

PtyWatch::~PtyWatch() = default;

int PtyWatch::add(const std::string& path, Handler handler) {
    if (!descriptor_.is_open()) return -1;
    const int id = ::inotify_add_watch(descriptor_.native_handle(), path.c_str(),
                                       IN_OPEN | IN_CLOSE_WRITE | IN_CLOSE_NOWRITE);
    if (id >= 0) handlers_[id] = std::move(handler);
    return id;
}

void PtyWatch::remove(int id) {
    handlers_.erase(id);
    ::inotify_rm_watch(descriptor_.native_handle(), id);
}

void PtyWatch::wait() {
    descriptor_.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                           [this](const boost::system::error_code& error) {
                               if (error) return;
                               take_events();
                               wait();
                           });
}

void PtyWatch::take_events() {
    alignas(inotify_event) std::array<char, 4096> events;
    const auto got = ::read(descriptor_.native_handle(), events.data(), events.size());
    for (std::size_t at = 0; got > 0 && at < static_cast<std::size_t>(got);) {
        inotify_event event;
        std::memcpy(&event, events.data() + at, sizeof event);
        at += sizeof event + event.len;
        const auto found = handlers_.find(event.wd);
        if (found == handlers_.end()) continue;
        // It may be removed meanwhile.
        const auto handler = found->second;
        handler();
    }
}

}  // namespace zeroth::daemon::console
