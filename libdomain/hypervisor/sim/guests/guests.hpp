// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "core/result.hpp"
#include "core/unique_fd.hpp"
#include "libdomain/hypervisor/sim/guests/announcer.hpp"
#include "libdomain/hypervisor/sim/guests/backends.hpp"
#include "libdomain/hypervisor/sim/guests/guest.hpp"
#include "libdomain/hypervisor/sim/machine.hpp"
#include "xenstore/client/endpoint.hpp"

namespace zeroth::hyper::sim {

/// All guests of a machine, run by one thread.
class Guests final : public Observer {
public:
    /// `store` is the socket of an xenstored that does not see the machine: guests speak to it
    /// there, each by a connection of its own. nullopt: they use their rings. dom0's own drivers
    /// speak to the one at `dom0_store`, once it is there. The machine outlives the result.
    static Result<std::unique_ptr<Guests>> start(Machine& machine, std::optional<std::string> store,
                                                 std::string dom0_store);
    ~Guests() override;

    void wake(DomainId id) override;
    void ended(DomainId id, End how) override;

private:
    /// One session with XenStore, and how its bytes get there.
    struct Line {
        std::optional<xs::Endpoint> endpoint;
        bool wants_room = false;
        /// There was a connection before.
        bool used = false;
    };
    struct Entry {
        /// nullptr: a kernel that the simulation cannot run.
        std::unique_ptr<Guest> guest;
        Line line;
        std::optional<Guest::Time> deadline;
    };
    /// Tags of what epoll tells of; a guest's is its domid.
    static constexpr std::uint64_t kBell = 1U << 16, kAnnouncer = kBell + 1,
                                   kBackends = kAnnouncer + 1;

    struct News {
        std::set<DomainId> woken;
        std::vector<std::pair<DomainId, End>> ended;
        bool stop = false;
    };

    Guests(Machine& machine, std::optional<std::string> store, std::string dom0_store,
           UniqueFd epoll, UniqueFd bell);
    void ring_bell();
    void loop();
    News take_news();
    int patience() const;
    void hear(const News& news);
    void due();
    void step(DomainId id);
    Entry* entry_of(DomainId id, GuestCpu& cpu);
    void sleep_until(DomainId id, Entry& entry, std::optional<Guest::Time> deadline);
    void forget(DomainId id);
    void arrived(std::uint64_t tag);
    void carry(std::uint64_t tag, StoreSession& session, Line& line);
    void carry_open(std::uint64_t tag, StoreSession& session, Line& line);
    void serve_devices();
    bool is_away() const;
    bool connect(std::uint64_t tag, const std::string& path, StoreSession& session, Line& line);
    static void hang_up(Line& line);
    void announce();

    Machine& machine_;
    std::optional<std::string> store_;
    std::string dom0_store_;
    UniqueFd epoll_, bell_;
    Announcer announcer_;
    Line announcer_line_;
    Backends backends_;
    Line backends_line_;
    std::map<DomainId, Entry> guests_;
    std::set<std::pair<Guest::Time, DomainId>> deadlines_;
    std::mutex mutex_;
    News news_;
    std::thread thread_;
};

}  // namespace zeroth::hyper::sim
