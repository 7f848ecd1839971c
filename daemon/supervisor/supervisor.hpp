// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <deque>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "daemon/adopt/adopter.hpp"
#include "daemon/ground.hpp"
#include "daemon/lives/policy.hpp"
#include "daemon/service.hpp"
#include "libdomain/hypervisor/newcomers.hpp"
#include "xenstore/client/async/lasting_client.hpp"

namespace zeroth::daemon {

/// Watches the domains' lives, and does what their policies ask for when one ends: on workers, a
/// few domains at a time, each in its own lane. All it has to know is in the records, so that it
/// can be killed at any moment: the next one reads them and goes on.
class Supervisor {
public:
    Supervisor(const Ground& ground, Service& service, boost::asio::io_context& io,
               boost::asio::thread_pool& workers, xs::LastingClient& store);

    /// Finishes or undoes what a former xld left under way; what was done, a sentence each. Blocks.
    std::vector<std::string> recover();
    /// Follows XenStore's word on births and deaths, and looks now and then without being told: a
    /// watch can be lost with xenstored. For ever, on the io thread.
    boost::asio::awaitable<void> watch();
    /// Compares what is there with what is known, on a worker. From any thread.
    void look_soon();
    /// Nothing is begun any more.
    void stop() { stopping_ = true; }

private:
    // Looking (look.cpp).
    void wake();
    void look();
    Result<> compare();
    Result<> meet_newcomers();
    void compare_one(const lives::Record& record, const hyper::DomainInfo* info);
    void adopt(const hyper::DomainInfo& info, xs::Store& store);
    void gone(const lives::Record& record);

    // Acting (act.cpp): each in the lane of the domain.
    void attend_soon(const Uuid& uuid);
    void attend_next();
    void attend(const Uuid& uuid);
    lives::Record with_true_name(lives::Record record);
    void end_of_life(lives::Record record, const hyper::DomainInfo& info);
    void dump(const lives::Record& record);
    void take_new_config(const lives::Record& record);
    Result<> retire(const lives::Record& record);
    DomainId unused_domid() const;
    void restart(lives::Record record);
    void start_again(const lives::Record& record);
    void finish_destroy(const lives::Record& record);
    void wait_until(const Uuid& uuid, std::int64_t time_ms);
    bool called_off(const Uuid& uuid) const;

    // After a former xld (recover.cpp).
    std::string recover_one(const lives::Record& record,
                            const std::vector<hyper::DomainInfo>& infos);
    bool is_complete(const lives::Record& record, const hyper::DomainInfo& info) const;

    boost::asio::awaitable<void> follow(std::string path);
    boost::asio::awaitable<void> look_now_and_then();

    const Ground& ground_;
    const hyper::Hypervisor& xen_;
    lives::Registry& registry_;
    Service& service_;
    Adopter adopter_;
    boost::asio::io_context& io_;
    boost::asio::thread_pool& workers_;
    xs::LastingClient& store_;
    std::atomic<bool> stopping_ = false;

    /// 0: nobody looks; 1: somebody does; 2: and is to look again.
    std::atomic<int> looking_ = 0;
    /// What to look for: all that has changed, and births that XenStore has told of.
    std::atomic<bool> all_ = true;
    std::atomic<unsigned> births_ = 0;
    hyper::Newcomers newcomers_;
    /// Domains without a name yet, and when they were first seen: whoever makes them may not have
    /// come to that.
    std::map<Uuid, std::int64_t> nameless_;

    std::mutex mutex_;
    std::deque<Uuid> to_attend_;
    std::set<Uuid> in_queue_;
    std::size_t attending_ = 0;

    /// Of domains that wait for their next life; the io thread's.
    std::map<Uuid, boost::asio::steady_timer> timers_;
};

}  // namespace zeroth::daemon
