// SPDX-License-Identifier: Apache-2.0
#include "daemon/console/pty.hpp"

#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

#include "daemon/console/line_discipline.hpp"
#include "daemon/console/pty_watch.hpp"
#include "libdomain/console/recent.hpp"

namespace zeroth::daemon::console {
namespace {

using boost::system::error_code;

/// At one go, so that one terminal does not hold up the others.
constexpr int kMostPieces = 16;
constexpr std::size_t kMostTyped = 4096;
constexpr int kSlaveFlags = O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC;

Result<> make_raw(int fd) {
    termios settings{};
    if (::tcgetattr(fd, &settings) != 0) return errno_error("a pty's settings");
    // The guest's terminal driver edits and echoes; a second one on the way would do it twice.
    ::cfmakeraw(&settings);
    if (::tcsetattr(fd, TCSANOW, &settings) != 0) return errno_error("make a pty raw");
    return {};
}

}  // namespace

Pty::Pty(const boost::asio::any_io_executor& executor, UniqueFd master, std::string path,
         std::shared_ptr<const Log> log, Cursor::Form form, std::uint64_t patience)
    : master_{executor, master.release()},
      path_{std::move(path)},
      log_{std::move(log)},
      cursor_{log_, form, patience},
      replay_{form == Cursor::Form::kBare ? 0 : zeroth::console::Recent::kReplay} {}

Result<std::shared_ptr<Pty>> Pty::create(const boost::asio::any_io_executor& executor,
                                         PtyWatch& watch, std::shared_ptr<const Log> log,
                                         Cursor::Form form, std::uint64_t patience, Type type,
                                         Leave leave) {
    UniqueFd master{::posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC)};
    if (!master) return errno_error("open a pty");
    if (::grantpt(master.get()) != 0 || ::unlockpt(master.get()) != 0)
        return errno_error("unlock a pty");
    std::array<char, 64> path{};
    if (::ptsname_r(master.get(), path.data(), path.size()) != 0)
        return errno_error("the name of a pty");
    std::shared_ptr<Pty> pty{
        new Pty{executor, std::move(master), path.data(), std::move(log), form, patience}};
    pty->type_ = std::move(type);
    pty->leave_ = std::move(leave);
    ZEROTH_CHECK(pty->rest());
    pty->watch_ = &watch;
    pty->watch_id_ = watch.add(pty->path_, [weak = std::weak_ptr{pty}] {
        if (const auto self = weak.lock()) self->look();
    });
    if (pty->watch_id_ < 0) {
        pty->slave_ = UniqueFd{::open(path.data(), kSlaveFlags)};
        pty->wake();
        pty->attach();
    }
    return pty;
}

/// As long as nobody has ever opened it, which is most terminals' whole life, it costs no buffers.
/// Not again later: who opens it just then would be cut off, and nobody can tell in time.
Result<> Pty::rest() {
    // The terminal exists as long as its master is open, and keeps its settings as long. Closing
    // the slave makes the master hang up, which is how it tells that nobody is there.
    const UniqueFd slave{::open(path_.c_str(), kSlaveFlags)};
    if (!slave) return errno_error(path_);
    free_slave(slave.get());
    // Through the master, which sets the slave's: its own descriptor sees a hung-up terminal.
    ZEROTH_CHECK(make_raw(master_.native_handle()));
    free_master(master_.native_handle());
    resting_ = true;
    return {};
}

void Pty::wake() {
    if (std::exchange(resting_, false)) wake_master(master_.native_handle());
}

Pty::~Pty() { close(); }

void Pty::close() {
    if (watch_id_ >= 0) watch_->remove(std::exchange(watch_id_, -1));
    error_code ignored;
    master_.close(ignored);
    slave_ = UniqueFd{};
    attached_ = false;
}

void Pty::look() {
    if (!master_.is_open()) return;
    wake();
    pollfd entry{.fd = master_.native_handle(), .events = 0, .revents = 0};
    const bool there = ::poll(&entry, 1, 0) == 0 || (entry.revents & POLLHUP) == 0;
    if (there && !attached_) attach();
    if (there) return;
    // `echo reboot >/dev/pts/3` has come and gone.
    while (read_some()) {
    }
    const bool typed = !typed_.empty();
    if (typed) type_(*this, typed_);
    typed_.clear();
    if (attached_) return detach();
    // Whoever types holds the pen, also one who had gone before we saw that it came.
    if (typed) leave_(*this);
}

void Pty::attach() {
    attached_ = true;
    reset();
    cursor_.move_to(log_->back(replay_));
    pump();
    wait_for_input();
    wait(Descriptor::wait_error, hanging_, &Pty::look);
}

void Pty::detach() {
    attached_ = false;
    reset();
    leave_(*this);
}

void Pty::reset() {
    const UniqueFd slave{::open(path_.c_str(), kSlaveFlags)};
    if (!slave) return;
    ::tcflush(slave.get(), TCIFLUSH);
    if (!attached_) make_raw(slave.get());
}

void Pty::wait(Descriptor::wait_type what, bool& waiting, void (Pty::*then)()) {
    if (waiting || !master_.is_open()) return;
    waiting = true;
    master_.async_wait(what, [weak = weak_from_this(), flag = &waiting, then](error_code error) {
        const auto self = weak.lock();
        if (!self) return;
        *flag = false;
        if (!error) (self.get()->*then)();
    });
}

void Pty::pump() {
    if (!attached_ || writing_ || !master_.is_open()) return;
    for (int piece = 0; piece < kMostPieces; ++piece) {
        const auto bytes = cursor_.next();
        if (bytes.empty()) return;
        const auto written = ::write(master_.native_handle(), bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) break;
        cursor_.sent(static_cast<std::size_t>(written));
    }
    wait(Descriptor::wait_write, writing_, &Pty::pump);
}

void Pty::wait_for_input() {
    if (attached_ && typed_.empty()) wait(Descriptor::wait_read, reading_, &Pty::take_input);
}

bool Pty::read_some() {
    std::array<char, 1024> bytes;
    const auto got = ::read(master_.native_handle(), bytes.data(), bytes.size());
    if (got > 0) typed_.append(bytes.data(), static_cast<std::size_t>(got));
    return got > 0 && typed_.size() < kMostTyped;
}

void Pty::take_input() {
    if (!master_.is_open()) return;
    if (!read_some() && errno != EAGAIN && errno != EINTR) return look();
    give_input();
}

void Pty::give_input() {
    if (!typed_.empty()) typed_.erase(0, type_(*this, typed_));
    wait_for_input();
}

}  // namespace zeroth::daemon::console
