// SPDX-License-Identifier: Apache-2.0
#include "xl/relay.hpp"

#include <fcntl.h>
#include <poll.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>

#include "libdomain/console/frames.hpp"

namespace zeroth::xl {
namespace {

constexpr std::size_t kPiece = 4096;
constexpr std::array kEndingSignals{SIGHUP, SIGINT, SIGQUIT, SIGTERM};

volatile std::sig_atomic_t ending_signal = 0;
void note_signal(int number) { ending_signal = number; }

/// Makes a terminal raw for as long as it lives; anything else is left alone.
class RawTerminal {
public:
    explicit RawTerminal(int fd) : fd_{fd}, active_{::tcgetattr(fd, &before_) == 0} {
        if (!active_) return;
        termios raw = before_;
        ::cfmakeraw(&raw);
        ::tcsetattr(fd_, TCSAFLUSH, &raw);
    }
    RawTerminal(const RawTerminal&) = delete;
    RawTerminal& operator=(const RawTerminal&) = delete;
    ~RawTerminal() {
        if (active_) ::tcsetattr(fd_, TCSADRAIN, &before_);
    }

private:
    int fd_;
    termios before_{};
    bool active_;
};

/// Lets the ending signals arrive while waiting in ppoll and at no other time, so that none is lost
/// between a look at the flag and the wait.
class SignalWatch {
public:
    SignalWatch() {
        ending_signal = 0;
        sigset_t blocked;
        sigemptyset(&blocked);
        struct sigaction action {};
        action.sa_handler = note_signal;
        for (std::size_t i = 0; i < kEndingSignals.size(); ++i) {
            sigaddset(&blocked, kEndingSignals[i]);
            ::sigaction(kEndingSignals[i], &action, &before_[i]);
            // Who started us in the background with nohup meant it.
            if (before_[i].sa_handler == SIG_IGN)
                ::sigaction(kEndingSignals[i], &before_[i], nullptr);
        }
        ::pthread_sigmask(SIG_BLOCK, &blocked, &mask_);
    }
    SignalWatch(const SignalWatch&) = delete;
    SignalWatch& operator=(const SignalWatch&) = delete;
    ~SignalWatch() {
        ::pthread_sigmask(SIG_SETMASK, &mask_, nullptr);
        for (std::size_t i = 0; i < kEndingSignals.size(); ++i)
            ::sigaction(kEndingSignals[i], &before_[i], nullptr);
    }
    const sigset_t& mask() const { return mask_; }

private:
    sigset_t mask_{};
    std::array<struct sigaction, kEndingSignals.size()> before_{};
};

class Relay {
public:
    Relay(RelayEnds ends, std::uint64_t& received)
        : ends_{std::move(ends)}, received_{received}, to_console_{std::move(ends_.greeting)} {}

    Result<RelayEnd> run(const sigset_t& mask) {
        ZEROTH_CHECK(show(ends_.first));
        while (!end_) {
            std::array<pollfd, 2> entries{
                pollfd{
                    .fd = to_console_.empty() ? ends_.input : -1, .events = POLLIN, .revents = 0},
                pollfd{.fd = ends_.console, .events = POLLIN, .revents = 0}};
            if (!to_console_.empty()) entries[1].events |= POLLOUT;
            if (::ppoll(entries.data(), entries.size(), nullptr, &mask) < 0) {
                if (errno != EINTR) return errno_error("waiting for the console");
                if (ending_signal != 0) return RelayEnd::kSignal;
                continue;
            }
            if ((entries[1].revents & POLLOUT) != 0) write_console();
            if ((entries[1].revents & (POLLIN | POLLHUP | POLLERR)) != 0)
                ZEROTH_CHECK(read_console());
            if (!end_ && entries[0].revents != 0) read_input();
        }
        return *end_;
    }

private:
    bool framed() const { return ends_.form == RelayEnds::Form::kFrames; }

    void read_input() {
        std::array<char, kPiece> piece;
        const ssize_t got = ::read(ends_.input, piece.data(), piece.size());
        if (got < 0 && errno == EINTR) return;
        if (got <= 0) {
            ends_.input = -1;
            return;
        }
        const std::string_view all{piece.data(), static_cast<std::size_t>(got)};
        const std::size_t at = all.find(ends_.escape);
        const auto typed = all.substr(0, at);
        if (framed() && !typed.empty())
            console::append_frame(to_console_, console::FrameKind::kInput, typed);
        else
            to_console_ += typed;
        write_console();
        if (at != std::string_view::npos) end_ = RelayEnd::kEscape;
    }

    void write_console() {
        const ssize_t written = ::write(ends_.console, to_console_.data(), to_console_.size());
        if (written > 0) to_console_.erase(0, static_cast<std::size_t>(written));
        // A console that is gone shows in its next read.
        if (written < 0 && errno != EINTR && errno != EAGAIN) to_console_.clear();
    }

    Result<> read_console() {
        std::array<char, kPiece> piece;
        const ssize_t got = ::read(ends_.console, piece.data(), piece.size());
        if (got > 0) return show({piece.data(), static_cast<std::size_t>(got)});
        if (got < 0 && (errno == EINTR || errno == EAGAIN)) return {};
        // EIO is how a pty says that its other end was closed.
        if (got < 0 && errno != EIO && errno != ECONNRESET)
            return errno_error("reading the console");
        end_ = RelayEnd::kHangup;
        return {};
    }

    Result<> show(std::string_view bytes) {
        if (!framed()) {
            received_ += bytes.size();
            ends_.out.write(bytes);
            return ends_.out.flush();
        }
        frames_.feed(bytes);
        for (;;) {
            ZEROTH_TRY(const auto frame, frames_.next());
            if (!frame) return ends_.out.flush();
            if (frame->kind == console::FrameKind::kOutput) {
                received_ += frame->payload.size();
                ends_.out.write(frame->payload);
            } else if (frame->kind == console::FrameKind::kNotice) {
                ZEROTH_CHECK(ends_.out.flush());
                ends_.err.print("\r\n[xl: {}]\r\n", frame->payload);
                ZEROTH_CHECK(ends_.err.flush());
            }
        }
    }

    RelayEnds ends_;
    std::uint64_t& received_;
    console::FrameReader frames_;
    std::string to_console_;
    std::optional<RelayEnd> end_;
};

}  // namespace

Result<RelayEnd> relay(RelayEnds ends, std::uint64_t& received) {
    const SignalWatch signals;
    const RawTerminal user{ends.input};
    return Relay{std::move(ends), received}.run(signals.mask());
}

void repeat_last_signal() {
    if (ending_signal != 0) ::raise(ending_signal);
}

std::optional<char> parse_escape(std::string_view text) {
    if (text.size() == 1) return text[0];
    if (text.size() == 2 && text[0] == '^') return static_cast<char>(text[1] & 0x1F);
    return std::nullopt;
}

Result<UniqueFd> lock_console(const std::string& folder, std::uint32_t domid) {
    const std::string path = fmt::format("{}/xenconsole.{}", folder, domid);
    UniqueFd fd{::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600)};
    if (!fd) return errno_error(path);
    struct flock lock {};
    lock.l_type = F_WRLCK;
    lock.l_whence = SEEK_SET;
    if (::fcntl(fd.get(), F_SETLK, &lock) == 0) return fd;
    if (errno != EACCES && errno != EAGAIN) return errno_error(path);
    lock.l_type = F_WRLCK;
    const bool known = ::fcntl(fd.get(), F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
    return fail(Error::message(
        EBUSY,
        known ? fmt::format("the console of domain {} is in use by process {}", domid, lock.l_pid)
              : fmt::format("the console of domain {} is in use", domid)));
}

}  // namespace zeroth::xl
