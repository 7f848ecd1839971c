// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/ids.hpp"
#include "core/result.hpp"
#include "daemon/console/happening.hpp"
#include "daemon/console/key.hpp"
#include "daemon/console/log.hpp"
#include "daemon/console/page.hpp"
#include "daemon/console/pty.hpp"
#include "daemon/console/viewer.hpp"
#include "libdomain/console/ring.hpp"
#include "libdomain/console/token_bucket.hpp"
#include "libdomain/hypervisor/privcmd.hpp"

namespace zeroth::daemon::console {

/// What limits a console.
struct Limits {
    /// Bytes a second in the long run, and at once after a rest: what is more waits in the ring,
    /// and its guest with it.
    std::uint64_t rate = 1U << 20, burst = 4U << 20;
};

/// One console that we serve: what the guest prints goes to the log first, then leaves the ring,
/// then goes to those who watch. Belongs to the io thread.
class Console final : public Viewer::Console, public std::enable_shared_from_this<Console> {
public:
    using Clock = std::chrono::steady_clock;

    /// The page and the port, mapped and bound.
    struct Ends {
        Page page;
        hyper::EventChannels& channels;
        Port port;
    };
    Console(Key key, Owner owner, Ends ends, std::shared_ptr<Log> log, const Limits& limits,
            std::uint64_t patience);
    ~Console() override;

    const Key& key() const { return key_; }
    const Owner& owner() const { return owner_; }
    void rename(const std::string& name) { owner_.name = name; }
    /// What is to be told of the bytes that were dropped.
    DropReport& drop_report() { return drop_report_; }
    Port port() const { return ends_.port; }
    const std::shared_ptr<Log>& log() const { return log_; }
    /// The terminal's path; empty where none could be had.
    std::string tty() const { return pty_ ? pty_->path() : std::string{}; }
    void open_pty(const boost::asio::any_io_executor& executor, PtyWatch& watch, Cursor::Form form);

    enum class Next {
        /// An event of the guest's.
        kEvent,
        /// Another turn, soon.
        kTurn,
        /// A turn once `wait` has passed.
        kLater,
    };
    /// Takes a bounded part of what the guest printed, and gives it what was typed.
    Next serve(Clock::time_point now);
    std::chrono::nanoseconds wait() const { return bucket_.wait(kSlice); }
    /// The guest may send its next event.
    void unmask();

    /// To be called now and then: unmaps the page of a console at which nothing has happened since
    /// the last time. Its next event, or what is typed, maps it again.
    void rest();
    /// It could not be mapped when there was something to do.
    bool wants_page() const { return wants_page_; }
    /// Maps the page for good: the domain is about to end, and its memory with it.
    void hold();

    /// Shows it the last `replay` bytes, or all since `from`, and what comes then.
    struct Wish {
        Cursor::Form form = Cursor::Form::kRaw;
        Viewer::May may = Viewer::May::kWatch;
        std::uint64_t replay = zeroth::console::Recent::kReplay;
        std::optional<std::uint64_t> from;
    };
    void add_viewer(Viewer::Socket socket, const Wish& wish, std::string first);
    std::uint64_t start_of(const Wish& wish) const;

    /// The domain has ended: what the ring still holds is taken, and everybody is let go.
    void finish();

    // Of those who type: the first holds the pen until it leaves, others may take it.
    std::size_t type(Typist& typist, std::string_view bytes) override;
    void take_pen(Typist& typist) override;
    void leave(Typist& typist) override;

    struct Numbers {
        std::uint64_t output = 0, input = 0;
        Dropped dropped;
        /// What those who watch were not shown, as they read too slowly.
        std::uint64_t missed = 0;
        /// How often it had to wait, as it printed too much.
        std::uint64_t held_up = 0;
        std::uint64_t lies = 0;
        std::size_t viewers = 0;
    };
    Numbers numbers() const;

private:
    /// At most a few ring-fulls a turn.
    static constexpr std::uint32_t kSlice = 2048;

    bool has_page();
    bool take_output(std::uint32_t most);
    void give_input();
    void show();
    void warn_others(const Typist& holder);

    Key key_;
    Owner owner_;
    Ends ends_;
    DropReport drop_report_;
    zeroth::console::Ring ring_;
    std::shared_ptr<Log> log_;
    zeroth::console::TokenBucket bucket_;
    std::uint64_t patience_;
    std::shared_ptr<Pty> pty_;
    std::vector<std::shared_ptr<Viewer>> viewers_;
    /// Compared, and called while it is there: whoever goes says so (leave).
    Typist* pen_ = nullptr;
    std::vector<const Typist*> warned_;
    std::string input_;
    bool room_wanted_ = false;
    bool used_ = true, held_ = false, wants_page_ = false;
    std::uint64_t output_ = 0, typed_ = 0, held_up_ = 0, missed_ = 0;
};

}  // namespace zeroth::daemon::console
