// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <memory>
#include <optional>
#include <set>
#include <string>

#include "core/result.hpp"
#include "core/unique_fd.hpp"
#include "libdomain/hypervisor/sim/event_channels.hpp"
#include "libdomain/hypervisor/sim/grant_table.hpp"
#include "libdomain/hypervisor/sim/machine.hpp"
#include "libdomain/hypervisor/sim/remote/line.hpp"
#include "libdomain/hypervisor/sim/server/kills.hpp"
#include "libdomain/hypervisor/sim/state.hpp"

namespace zeroth::hyper::sim {

/// One device that another process has open; closing it gives everything back.
class Connection {
public:
    Connection(Machine& machine, Kills& kills, UniqueFd socket);
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;
    ~Connection();

    /// Carries out what has come; false once the client is gone, or speaks nonsense.
    bool serve();

private:
    /// nullopt: no reply is to be sent, as the client has been killed.
    std::optional<Packet> carry_out(const Packet& request);
    Result<Packet> obey(const Packet& request);
    Result<Packet> hello(const Packet& request);
    Result<Packet> privcmd(Request request, const std::vector<std::uint64_t>& words);
    Result<Packet> channels(Request request, const std::vector<std::uint64_t>& words);
    Result<Packet> grants(Request request, const std::vector<std::uint64_t>& words);
    Result<Packet> copy_to(const std::vector<std::uint64_t>& words);
    Result<Packet> call(const std::vector<std::uint64_t>& words);
    Result<Packet> held(const Result<const MappingRecord*>& record);
    void drop(const MappingRecord* record);
    Result<> share_arena(const std::vector<std::uint64_t>& words);

    Machine& machine_;
    State& state_;
    Kills& kills_;
    UniqueFd socket_;
    pid_t pid_ = 0;
    std::string client_;
    std::string arrived_;
    /// The descriptor that came with a message, and the one to go with the reply.
    UniqueFd received_;
    int to_send_ = -1;
    std::optional<Role> role_;
    CallerMemory arena_;
    std::unique_ptr<PortHandle> ports_;
    std::optional<GrantHandle> grants_;
    std::set<const MappingRecord*> holding_;
};

/// xen-sim's commands, a line each; the answer is text, ending in a newline where there is any.
Result<std::string> obey_command(Machine& machine, Kills& kills, const std::string& line);

}  // namespace zeroth::hyper::sim
