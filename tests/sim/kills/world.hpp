// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "core/result.hpp"
#include "core/units.hpp"
#include "libdomain/hypervisor/sim/guests/guests.hpp"
#include "libdomain/hypervisor/sim/machine.hpp"
#include "libdomain/hypervisor/sim/server/server.hpp"
#include "tests/sim/kills/store_proxy.hpp"
#include "xenstore/client/client.hpp"
#include "xl/client.hpp"

namespace zeroth::testing {

/// A child process; killed when this goes.
class Process {
public:
    Process() = default;
    static Result<Process> start(const std::vector<std::string>& words,
                                 const std::vector<std::string>& environment,
                                 const std::string& log);
    Process(Process&& other) noexcept : pid_{std::exchange(other.pid_, 0)} {}
    Process& operator=(Process&& other) noexcept {
        std::swap(pid_, other.pid_);
        return *this;
    }
    ~Process();

    pid_t pid() const { return pid_; }
    /// Whether it still runs; if it does not, it is a zombie no more.
    bool runs();

private:
    explicit Process(pid_t pid) : pid_{pid} {}
    pid_t pid_ = 0;
};

/// A host of its own: machine and guests in this process, xenstored and xld beside it.
class World {
public:
    /// xld's way to XenStore: by the proxy, or straight.
    enum class Through { kProxy, kStore };
    struct Settings {
        KiB memory = mib(1024);
        Through through = Through::kProxy;
    };

    /// `programs` is the folder of xld and xenstored.
    static Result<std::unique_ptr<World>> create(const std::string& programs,
                                                 const Settings& settings);
    ~World();
    World(const World&) = delete;
    World& operator=(const World&) = delete;

    /// Returns once it answers.
    Result<> start_xld();
    bool xld_runs() { return xld_.runs(); }
    Result<> wait_for_end_of_xld();

    hyper::sim::Machine& machine() { return *machine_; }
    StoreProxy& proxy() { return *proxy_; }
    pid_t xld_pid() const { return xld_.pid(); }
    pid_t xenstored_pid() const { return xenstored_.pid(); }
    /// xenstored's, not by way of the proxy.
    xs::Client& store() { return *store_; }
    Result<std::string> tell_machine(const std::string& command) const;
    /// One request to xld, and what it answered; an Error when it could not.
    Result<xl::Reply> ask(const char* method, const std::string& target, std::string body = {});
    /// A number that an operation keeps from its first part for its last.
    void remember(std::uint32_t number) { remembered_ = number; }
    std::uint32_t remembered() const { return remembered_; }
    std::string path(const std::string& name) const { return folder_ + '/' + name; }

private:
    World() = default;

    std::string folder_, programs_;
    std::uint32_t remembered_ = 0;
    Settings settings_;
    std::unique_ptr<hyper::sim::Machine> machine_;
    std::unique_ptr<hyper::sim::Guests> guests_;
    std::unique_ptr<hyper::sim::Server> server_;
    std::thread serving_;
    Process xenstored_, xld_;
    std::unique_ptr<StoreProxy> proxy_;
    std::shared_ptr<xs::Client> store_;
};

/// Until `predicate` holds; false when it does not within `seconds`.
template <class Predicate>
bool soon(Predicate predicate, int seconds = 20) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{seconds};
    while (!predicate()) {
        if (std::chrono::steady_clock::now() > end) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds{3});
    }
    return true;
}

}  // namespace zeroth::testing
