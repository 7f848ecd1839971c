// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

#include "core/result.hpp"
#include "daemon/console/console.hpp"
#include "daemon/console/log_folder.hpp"
#include "daemon/console/marks.hpp"
#include "daemon/console/pty_watch.hpp"

namespace zeroth::daemon::console {

struct Settings {
    std::string log_folder = "/var/log/xen/console";
    zeroth::console::LogLimits logs;
    Limits limits;
    /// Where marks are kept across restarts.
    std::string marks = "/run/zeroth/consoles";
};

/// What has to be known of a console to serve it.
struct Description {
    Key key;
    std::string domain_name;
    Uuid uuid;
    /// Where its page is: the grants are tried first.
    std::optional<GrantRef> grant;
    std::optional<GuestFrame> frame;
    Port port;
    /// How far somebody who watches may fall behind, in bytes (the node `limit`).
    std::uint64_t patience = 1U << 20;
    /// A channel's bytes are a program's: they are kept for nobody, and nothing is put among them.
    enum class Use { kConsole, kChannel, kSocketChannel } use = Use::kConsole;
    /// Nothing printed before is its own: the domain has just been made.
    bool fresh = false;
};

/// All consoles that are served, their events and their turns. Belongs to the io thread; what it is
/// made of outlives it.
class Hub {
public:
    Hub(boost::asio::io_context& io, hyper::Privcmd& seam, hyper::GrantTable& grants,
        hyper::EventChannels& channels, const Settings& settings, Tell tell = {});
    ~Hub();
    Hub(const Hub&) = delete;
    Hub& operator=(const Hub&) = delete;

    /// Begins to serve a console. EBUSY: somebody else does already.
    Result<std::shared_ptr<Console>> attach(const Description& description);
    std::shared_ptr<Console> find(const Key& key) const;
    std::vector<std::shared_ptr<Console>> of(DomainId domain) const;
    /// What an xld before noted of domains that are not among these.
    void forget_former(const std::set<DomainId>& alive);
    /// Domains that have consoles here.
    std::vector<DomainId> domains() const;
    void detach(const Key& key);
    void detach(DomainId domain);
    /// Unmaps the pages of consoles at which nothing has happened since the last time.
    void rest();
    /// The domain is about to end: what its rings hold then is read all the same.
    void hold(DomainId domain);

    /// The domain is called otherwise: its logs are too.
    void rename(DomainId domain, const std::string& name);
    /// After somebody moved the log files away.
    void reopen_logs();
    void apply(const Settings& settings);

private:
    using Held = std::shared_ptr<Console>;

    struct OpenLog {
        std::shared_ptr<Log> log;
        /// A former xld served the console, and has told of it.
        bool known = false;
    };
    OpenLog open_log(const Description& description);
    void tell(Happening::What what, const Console& console, std::string detail,
              std::string code = {}) const;
    void tell_drops(const Console& console, const std::optional<Dropped>& dropped) const;
    void wait_for_events();
    void take_events();
    void rest_now_and_then();
    void schedule(Held console);
    void post_turn();
    void turn();
    void serve(const Held& console);
    void serve_later(Held console);

    boost::asio::io_context& io_;
    hyper::Privcmd& seam_;
    hyper::GrantTable& grants_;
    hyper::EventChannels& channels_;
    Limits limits_;
    Tell tell_;
    std::shared_ptr<LogFolder> folder_;
    Marks marks_;
    PtyWatch watch_;
    boost::asio::posix::stream_descriptor events_;
    boost::asio::steady_timer timer_, rest_timer_;
    std::map<Key, Held> consoles_;
    std::map<Key, Mark*> marked_;
    std::unordered_map<Port, Held> by_port_;
    /// Whose turn it is, in this order.
    std::deque<Held> queue_;
    bool turn_posted_ = false;
    /// Those that printed too much, until the timer fires.
    std::vector<Held> later_;
};

}  // namespace zeroth::daemon::console
