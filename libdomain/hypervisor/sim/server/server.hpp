// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <string>

#include "core/result.hpp"
#include "core/unique_fd.hpp"
#include "libdomain/hypervisor/sim/machine.hpp"
#include "libdomain/hypervisor/sim/server/connection.hpp"
#include "libdomain/hypervisor/sim/server/kills.hpp"

namespace zeroth::hyper::sim {

/// Lets other processes use the machine, by a Unix socket. One thread: requests are short, and only
/// one at a time can be carried out anyway.
class Server {
public:
    /// The machine outlives the result. A socket that nobody listens at is replaced.
    static Result<std::unique_ptr<Server>> create(Machine& machine, const std::string& path);
    ~Server();

    /// Until stop() is called, by any thread.
    void run();
    void stop();
    Kills& kills() { return kills_; }

private:
    Server(Machine& machine, std::string path, UniqueFd listener, UniqueFd epoll, UniqueFd bell);
    void accept_one();
    void serve(int fd);
    void hang_up(int fd);

    Machine& machine_;
    std::string path_;
    UniqueFd listener_, epoll_, bell_;
    Kills kills_;
    std::map<int, std::unique_ptr<Connection>> connections_;
};

}  // namespace zeroth::hyper::sim
