// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <functional>
#include <list>
#include <map>
#include <optional>
#include <utility>

#include "daemon/http/limits.hpp"

namespace zeroth::daemon::http {

/// Who may have a connection at the moment. Where all places are taken, the connection that has
/// been idle for longest makes room; a user can push out only his own. For one thread.
class Admission {
    struct Guest {
        unsigned user = 0;
        /// Ends the connection; set while it is idle.
        std::function<void()> close;
        std::chrono::steady_clock::time_point idle_since;
        bool on_feed = false;
    };
    using Guests = std::list<Guest>;

public:
    explicit Admission(Limits limits) : limits_{limits} {}

    /// Held by each connection.
    class Place {
    public:
        Place(Place&& other) noexcept
            : from_{std::exchange(other.from_, nullptr)}, guest_{other.guest_} {}
        ~Place() {
            if (from_ != nullptr) from_->leave(guest_);
        }
        /// The connection waits for a request: `close` may be called, once, to end it.
        void idle(std::function<void()> close);
        void busy() { guest_->close = nullptr; }
        /// A feed begins, if there is room for one more; and ends.
        bool begin_feed();
        void end_feed() { guest_->on_feed = false; }

    private:
        friend class Admission;
        Place(Admission& from, Guests::iterator guest) : from_{&from}, guest_{guest} {}

        Admission* from_;
        Guests::iterator guest_;
    };

    /// nullopt: no place is free.
    std::optional<Place> admit(unsigned user);
    std::size_t connections() const { return guests_.size(); }

private:
    bool make_room(std::optional<unsigned> user);
    void leave(Guests::iterator guest);
    std::size_t of(unsigned user) const;

    Limits limits_;
    /// The idle ones in the order in which they became so.
    Guests guests_;
    /// Those that were told to go.
    Guests leaving_;
    std::map<unsigned, std::size_t> count_;
};

}  // namespace zeroth::daemon::http
