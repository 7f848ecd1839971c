// SPDX-License-Identifier: Apache-2.0
#include "xenstore/daemon/client.hpp"

#include <fmt/format.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "core/log.hpp"

namespace zeroth::xenstored {

std::string Client::who() const { return fmt::format("client {}", id_.raw()); }

void Client::ready(std::uint32_t events) {
    if ((events & EPOLLOUT) != 0) {
        full_ = false;
        clients_.to_flush_.push_back(id_);
    }
    if (!stalled_ && (events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0) receive();
    // Gone, while nothing of it is wanted.
    if (open_ && stalled_ && (events & (EPOLLHUP | EPOLLERR)) != 0) close({});
}

/// How much to read: this turn's share, or the rest of the request that has begun.
std::size_t Client::portion() const {
    std::uint32_t length = 0;
    if (left_.size() < xs::kHeaderSize) return clients_.share_;
    std::memcpy(&length, left_.data() + xs::kHeaderSize - sizeof length, sizeof length);
    const std::size_t whole = xs::kHeaderSize + length;
    return std::max(clients_.share_, std::min(whole - left_.size(), Clients::kReceive));
}

void Client::receive() {
    auto& buffer = clients_.buffer_;
    std::ranges::copy(left_, buffer.begin());
    char* const end = buffer.data() + left_.size();
    const auto got = ::recv(socket_.get(), end, portion(), 0);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (got <= 0) return close({});
    ++clients_.heard_;
    handle({buffer.data(), left_.size() + static_cast<std::size_t>(got)});
}

void Client::resume() {
    if (!open_ || !stalled_ || !clients_.store_.wants_input(id_)) return;
    stalled_ = false;
    std::ranges::copy(left_, clients_.buffer_.begin());
    handle({clients_.buffer_.data(), left_.size()});
    watch();
}

/// `bytes` lie in the shared buffer; what is not handled of them is kept.
void Client::handle(std::string_view bytes) {
    Store& store = clients_.store_;
    for (;;) {
        const auto frame = xs::parse_frame(bytes);
        if (!frame) {
            // Not before it was sent what it asked for earlier.
            clients_.doomed_.emplace_back(id_, frame.error().text());
            return;
        }
        if (!*frame) break;
        if (!store.wants_input(id_)) {
            stalled_ = true;
            watch();
            break;
        }
        if (clients_.trace_.on()) clients_.trace_.message(Trace::Direction::kIn, who(), **frame);
        store.handle(id_, **frame);
        bytes.remove_prefix((*frame)->size());
    }
    if (!bytes.empty()) {
        left_.assign(bytes);
    } else if (left_.capacity() > 0) {
        left_ = {};
    }
}

void Client::flush() {
    if (!open_) return;
    if (!full_) send();
    if (!open_) return;
    if (clients_.store_.hopeless(id_)) return close("it does not read what it is sent");
    watch();
    if (stalled_ && clients_.store_.wants_input(id_)) clients_.waiting_.push_back(id_);
}

void Client::send() {
    const auto output = clients_.store_.output(id_);
    if (output.empty()) return;
    const auto sent = ::send(socket_.get(), output.data(), output.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN && errno != EINTR) return close({});
    const auto count = static_cast<std::size_t>(std::max<ssize_t>(sent, 0));
    full_ = count < output.size();
    if (clients_.trace_.on()) {
        clients_.trace_.stream(Trace::Direction::kOut, who(), output.substr(0, count), traced_);
    }
    clients_.store_.sent(id_, count);
}

void Client::watch() {
    std::uint32_t events = 0;
    if (!stalled_) events |= EPOLLIN;
    if (full_) events |= EPOLLOUT;
    if (events == watched_) return;
    watched_ = events;
    clients_.loop_.change(socket_.get(), events, *this);
}

void Client::close(std::string_view why) {
    if (!why.empty()) log::warning("{} is closed: {}", who(), why);
    clients_.trace_.note(who(), "closed");
    open_ = false;
    clients_.close(*this);
}

}  // namespace zeroth::xenstored
