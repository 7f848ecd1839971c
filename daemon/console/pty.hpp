// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "core/result.hpp"
#include "core/unique_fd.hpp"
#include "daemon/console/cursor.hpp"
#include "daemon/console/typist.hpp"

namespace zeroth::daemon::console {

class PtyWatch;

/// A console as a terminal that any program can open: `screen`, Debian's xenconsole. Who opens it
/// is shown the last of what was printed, and then what comes; while nobody has it open nothing is
/// written, and nothing old is in it for the next.
class Pty final : public Typist, public std::enable_shared_from_this<Pty> {
public:
    /// Takes what is typed, and tells how much of it.
    using Type = std::function<std::size_t(Typist& typist, std::string_view bytes)>;
    using Leave = std::function<void(Typist& typist)>;

    static Result<std::shared_ptr<Pty>> create(const boost::asio::any_io_executor& executor,
                                               PtyWatch& watch, std::shared_ptr<const Log> log,
                                               Cursor::Form form, std::uint64_t patience, Type type,
                                               Leave leave);
    ~Pty() override;

    const std::string& path() const { return path_; }

    /// There is something new in the log.
    void pump();
    /// Nothing is taken from it any more; who has it open sees it hang up.
    void close();

    std::string name() const override { return "somebody at " + path_; }
    void notice(std::string_view) override {}
    void input_room() override { give_input(); }

private:
    using Descriptor = boost::asio::posix::stream_descriptor;

    Pty(const boost::asio::any_io_executor& executor, UniqueFd master, std::string path,
        std::shared_ptr<const Log> log, Cursor::Form form, std::uint64_t patience);
    /// Gives back what a terminal that nobody has open needs not; and fetches it again.
    Result<> rest();
    void wake();
    /// Looks whether somebody has it open now.
    void look();
    void attach();
    void detach();
    /// Forgets what was written and not read, and the settings of whoever was there.
    void reset();
    void wait(Descriptor::wait_type what, bool& waiting, void (Pty::*then)());
    void wait_for_input();
    bool read_some();
    void take_input();
    void give_input();

    Descriptor master_;
    /// Held open only where it cannot be watched.
    UniqueFd slave_;
    std::string path_;
    std::shared_ptr<const Log> log_;
    Cursor cursor_;
    /// How much of what was printed before is shown to who comes.
    std::uint64_t replay_;
    PtyWatch* watch_ = nullptr;
    int watch_id_ = -1;
    Type type_;
    Leave leave_;
    bool resting_ = false, attached_ = false, writing_ = false, reading_ = false, hanging_ = false;
    std::string typed_;
};

}  // namespace zeroth::daemon::console
