// SPDX-License-Identifier: Apache-2.0
#include "xl/screen.hpp"

#include <poll.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <array>

namespace zeroth::xl {
namespace {

constexpr std::array kEnding{SIGHUP, SIGINT, SIGQUIT, SIGTERM};

}  // namespace

Screen::Screen(int input, Output& out) : input_{input}, out_{out} {
    sigset_t watched;
    sigemptyset(&watched);
    for (const int signal : kEnding) sigaddset(&watched, signal);
    for (const int signal : {SIGTSTP, SIGWINCH}) sigaddset(&watched, signal);
    ::pthread_sigmask(SIG_BLOCK, &watched, &mask_);
    signals_ = UniqueFd{::signalfd(-1, &watched, SFD_CLOEXEC | SFD_NONBLOCK)};
    enter();
}

Screen::~Screen() {
    leave();
    ::pthread_sigmask(SIG_SETMASK, &mask_, nullptr);
}

void Screen::enter() {
    there_ = true;
    ours_ = ::tcgetattr(input_, &before_) == 0;
    if (ours_) {
        termios quiet = before_;
        quiet.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
        ::tcsetattr(input_, TCSAFLUSH, &quiet);
    }
    // The second screen, and no cursor.
    out_.write("\x1b[?1049h\x1b[?25l");
    static_cast<void>(out_.flush());
}

void Screen::leave() {
    if (!there_) return;
    there_ = false;
    out_.write("\x1b[?25h\x1b[?1049l");
    static_cast<void>(out_.flush());
    if (ours_) ::tcsetattr(input_, TCSADRAIN, &before_);
    ours_ = false;
}

Result<> Screen::draw(const std::string& picture) {
    std::string lines = "\x1b[H";
    for (const char c : picture) {
        if (c == '\n') lines += "\x1b[K";
        lines += c;
    }
    out_.write(lines + "\x1b[J");
    return out_.flush();
}

Screen::Size Screen::size() const {
    winsize window{};
    if (::ioctl(input_, TIOCGWINSZ, &window) != 0 || window.ws_row == 0) return {};
    return {window.ws_row, window.ws_col};
}

Screen::Event Screen::wait(std::chrono::milliseconds time) {
    if (!typed_.empty()) return next_key();
    std::array entries{pollfd{.fd = input_, .events = POLLIN, .revents = 0},
                       pollfd{.fd = signals_.get(), .events = POLLIN, .revents = 0}};
    const int ready = ::poll(entries.data(), entries.size(), static_cast<int>(time.count()));
    if (ready <= 0) return {};
    return (entries[1].revents & POLLIN) != 0 ? take_signal() : read_key();
}

Screen::Event Screen::take_signal() {
    signalfd_siginfo info{};
    if (::read(signals_.get(), &info, sizeof info) != sizeof info) return {};
    const auto signal = static_cast<int>(info.ssi_signo);
    if (signal == SIGWINCH) return {};
    if (signal == SIGTSTP) {
        leave();
        ::raise(SIGSTOP);
        enter();
        return {};
    }
    ending_ = signal;
    Event event;
    event.over = true;
    return event;
}

Screen::Event Screen::read_key() {
    std::array<char, 64> bytes{};
    const auto got = ::read(input_, bytes.data(), bytes.size());
    if (got <= 0) {
        Event event;
        event.over = true;
        return event;
    }
    typed_.append(bytes.data(), static_cast<std::size_t>(got));
    return next_key();
}

Screen::Event Screen::next_key() {
    Event event;
    // The arrows of every terminal that is in use: CSI or SS3, then a letter.
    if (typed_.size() >= 3 && typed_[0] == '\x1b' && (typed_[1] == '[' || typed_[1] == 'O')) {
        constexpr std::string_view kArrows = "ABCD";
        constexpr std::array kKeys{Key::kUp, Key::kDown, Key::kRight, Key::kLeft};
        const auto at = kArrows.find(typed_[2]);
        if (at != std::string_view::npos) event.key = kKeys[at];
        typed_.erase(0, 3);
        return event;
    }
    event.key = Key::kOther;
    event.letter = typed_[0];
    typed_.erase(0, 1);
    return event;
}

void Screen::end() {
    leave();
    ::pthread_sigmask(SIG_SETMASK, &mask_, nullptr);
    if (ending_ != 0) ::raise(ending_);
}

}  // namespace zeroth::xl
