// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <functional>
#include <map>
#include <memory>
#include <string>

namespace zeroth::daemon::console {

/// Tells when somebody opens or closes a pty's slave side, which the kernel does not tell who holds
/// the master: with inotify, one descriptor for all. Openings and closings that come together may
/// be told once: look what is true then.
class PtyWatch {
public:
    using Handler = std::function<void()>;

    explicit PtyWatch(const boost::asio::any_io_executor& executor);
    ~PtyWatch();
    PtyWatch(const PtyWatch&) = delete;
    PtyWatch& operator=(const PtyWatch&) = delete;

    /// An id for `remove`; negative where it cannot be watched.
    int add(const std::string& path, Handler handler);
    void remove(int id);

private:
    void wait();
    void take_events();

    boost::asio::posix::stream_descriptor descriptor_;
    std::map<int, Handler> handlers_;
};

}  // namespace zeroth::daemon::console
