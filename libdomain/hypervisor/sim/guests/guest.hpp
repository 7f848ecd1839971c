// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "libdomain/hypervisor/sim/guest_cpu.hpp"
#include "libdomain/hypervisor/sim/guests/frontends.hpp"
#include "libdomain/hypervisor/sim/guests/program.hpp"
#include "libdomain/hypervisor/sim/guests/store_session.hpp"

namespace zeroth::hyper::sim {

/// One guest: what its program makes it do, a moment at a time.
class Guest {
public:
    using Clock = std::chrono::steady_clock;
    using Time = Clock::time_point;
    /// Its way to XenStore: the page that was made for it, or the bytes of store(), which somebody
    /// carries.
    enum class StoreBy { kRing, kCarrier };

    Guest(DomainId id, Program program, StoreBy store_by);
    Guest(const Guest&) = delete;
    Guest& operator=(const Guest&) = delete;

    /// All that it can do without waiting. When it wants to run again, whatever happens; nullopt:
    /// not before it is woken. If it shut down, `cpu` is running no more.
    std::optional<Time> run(GuestCpu& cpu, Time now);
    StoreSession& store() { return store_; }

private:
    void start(Time now);
    void boot();
    void print(std::string_view line);
    /// Ends once the console has taken what there is to say, or soon.
    void end(ShutdownReason reason);
    bool end_now(Time now);
    void chatter(Time now);

    // What is typed (shell.cpp).
    void typed(std::string_view text);
    void obey(std::string_view line);

    // XenStore (guest_store.cpp).
    void use_store();
    void control(std::string_view value);
    void sysrq(char key);
    void balloon(std::uint64_t kib);
    void look_at_cpus();
    void carry_store();

    bool write_console();
    std::span<std::byte> page_of(HvmParam param) const;
    void notify(HvmParam param);

    DomainId id_;
    Program program_;
    StoreBy store_by_;
    StoreSession store_;
    Frontends frontends_;
    /// While it runs.
    GuestCpu* cpu_ = nullptr;
    bool started_ = false;
    /// What the console is still to be given; and the line that is being typed.
    std::string output_, line_;
    std::optional<ShutdownReason> ending_;
    std::optional<Time> ends_at_, chats_at_;
    std::uint64_t chats_ = 0;
    /// Pages that memory/target does not count: those of the rings.
    std::optional<std::uint64_t> uncounted_;
};

}  // namespace zeroth::hyper::sim
