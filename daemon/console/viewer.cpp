// SPDX-License-Identifier: Apache-2.0
#include "daemon/console/viewer.hpp"

#include <fmt/format.h>
#include <sys/socket.h>

#include <array>
#include <boost/asio/post.hpp>
#include <cerrno>

namespace zeroth::daemon::console {
namespace {

using boost::system::error_code;

/// At one go, so that one viewer does not hold up the others.
constexpr int kMostPieces = 16;

std::string name_of(Viewer::Socket& socket) {
    ucred peer{};
    socklen_t size = sizeof peer;
    if (::getsockopt(socket.native_handle(), SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0)
        return "somebody";
    return fmt::format("process {}", peer.pid);
}

}  // namespace

Viewer::Viewer(Socket socket, Cursor cursor, Cursor::Form form, May may)
    : socket_{std::move(socket)},
      cursor_{std::move(cursor)},
      form_{form},
      may_{may},
      name_{name_of(socket_)} {
    error_code ignored;
    socket_.non_blocking(true, ignored);
}

void Viewer::start(std::weak_ptr<Console> console, std::string first) {
    console_ = std::move(console);
    pump();
    handle(first);
    wait_for_input();
    // While input waits for the guest, this is how a hang-up shows.
    socket_.async_wait(Socket::wait_error, [self = shared_from_this()](const error_code& error) {
        if (!error) self->close();
    });
}

void Viewer::pump() {
    if (writing_ || gone()) return;
    for (int piece = 0; piece < kMostPieces; ++piece) {
        const auto bytes = cursor_.next();
        if (bytes.empty()) {
            if (finishing_) close();
            return;
        }
        const auto sent = ::send(socket_.native_handle(), bytes.data(), bytes.size(),
                                 MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent < 0 && errno == EINTR) continue;
        if (sent < 0 && errno != EAGAIN) return close();
        if (sent < 0) break;
        cursor_.sent(static_cast<std::size_t>(sent));
    }
    writing_ = true;
    socket_.async_wait(Socket::wait_write, [self = shared_from_this()](const error_code& error) {
        self->writing_ = false;
        if (!error) self->pump();
    });
}

void Viewer::finish() {
    finishing_ = true;
    console_.reset();
    pump();
}

void Viewer::notice(std::string_view text) {
    cursor_.notice(text);
    pump();
}

void Viewer::wait_for_input() {
    if (reading_ || !typed_.empty() || gone()) return;
    reading_ = true;
    socket_.async_wait(Socket::wait_read, [self = shared_from_this()](const error_code& error) {
        self->reading_ = false;
        if (!error) self->take_input();
    });
}

void Viewer::take_input() {
    std::array<char, 4096> bytes;
    const auto got = ::recv(socket_.native_handle(), bytes.data(), bytes.size(), MSG_DONTWAIT);
    // Its client may shut down its own side and watch on: `echo reboot | ...`.
    if (got == 0) return;
    if (got < 0 && errno != EAGAIN && errno != EINTR) return close();
    if (got > 0) handle({bytes.data(), static_cast<std::size_t>(got)});
    wait_for_input();
}

void Viewer::handle(std::string_view bytes) {
    if (form_ != Cursor::Form::kFrames) {
        typed_ += bytes;
        return give_input();
    }
    frames_.feed(bytes);
    for (;;) {
        auto frame = frames_.next();
        if (!frame) return close();
        if (!*frame) break;
        const auto console = console_.lock();
        if ((*frame)->kind == zeroth::console::FrameKind::kInput) typed_ += (*frame)->payload;
        if ((*frame)->kind != zeroth::console::FrameKind::kTakePen || !console) continue;
        may_ == May::kType ? console->take_pen(*this) : refuse_typing();
    }
    give_input();
}

void Viewer::refuse_typing() {
    if (!std::exchange(told_, true)) notice("you may watch, not type");
}

void Viewer::give_input() {
    if (typed_.empty()) return wait_for_input();
    const auto console = console_.lock();
    if (may_ == May::kWatch) refuse_typing();
    const bool may = may_ == May::kType && console;
    typed_.erase(0, may ? console->type(*this, typed_) : typed_.size());
    wait_for_input();
}

void Viewer::close() {
    if (gone()) return;
    const auto self = shared_from_this();
    error_code ignored;
    socket_.shutdown(Socket::shutdown_both, ignored);
    socket_.close(ignored);
    if (const auto console = console_.lock()) console->leave(*this);
}

}  // namespace zeroth::daemon::console
