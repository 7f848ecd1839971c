// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/xenstore/connection.hpp"

#include <sys/socket.h>
#include <sys/un.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <thread>

namespace zeroth::bench {

namespace {

constexpr int kTries = 500;
constexpr std::chrono::milliseconds kBetweenTries{10};
constexpr std::size_t kInputSize = std::size_t{256} * 1024;

struct Header {
    std::uint32_t type;
    std::uint32_t request;
    std::uint32_t transaction;
    std::uint32_t length;
};
static_assert(sizeof(Header) == xs::kHeaderSize);

void append_header(std::string& out, xs::MessageType type, std::uint32_t transaction,
                   std::size_t length) {
    const Header header{static_cast<std::uint32_t>(type), 0, transaction,
                        static_cast<std::uint32_t>(length)};
    std::array<char, sizeof header> bytes;
    std::memcpy(bytes.data(), &header, sizeof header);
    out.append(bytes.data(), bytes.size());
}

/// Waits for a server that is about to start.
UniqueFd connect_to(const std::string& socket) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (socket.size() >= sizeof address.sun_path) give_up(socket + ": path too long");
    socket.copy(address.sun_path, socket.size());
    for (int tries = 0;; ++tries) {
        UniqueFd fd{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
        if (connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0)
            return fd;
        const bool starting = errno == ENOENT || errno == ECONNREFUSED;
        if (!starting || tries == kTries) give_up(socket + ": " + std::strerror(errno));
        std::this_thread::sleep_for(kBetweenTries);
    }
}

}  // namespace

void give_up(std::string_view what) {
    std::fprintf(stderr, "error: %.*s\n", static_cast<int>(what.size()), what.data());
    std::exit(1);
}

void expect_good(const Reply& reply) {
    if (reply.type == xs::MessageType::kError)
        give_up("the server answered " + std::string{reply.payload.data()});
}

Connection::Connection(const std::string& socket) : fd_{connect_to(socket)} {
    input_.resize(xs::kHeaderSize + xs::kMaxPayload);
}

void Connection::ask(xs::MessageType type, std::uint32_t transaction,
                     std::initializer_list<std::string_view> parts) {
    std::size_t length = 0;
    for (const std::string_view part : parts) length += part.size() + 1;
    append_header(output_, type, transaction, length);
    for (const std::string_view part : parts) output_.append(part).push_back('\0');
}

void Connection::ask_write(std::uint32_t transaction, std::string_view path,
                           std::string_view value) {
    append_header(output_, xs::MessageType::kWrite, transaction, path.size() + 1 + value.size());
    output_.append(path).push_back('\0');
    output_.append(value);
}

void Connection::flush() {
    std::string_view rest = output_;
    while (!rest.empty()) {
        const ssize_t sent = send(fd_.get(), rest.data(), rest.size(), MSG_NOSIGNAL);
        if (sent < 0) give_up(std::string{"send: "} + std::strerror(errno));
        rest.remove_prefix(static_cast<std::size_t>(sent));
    }
    output_.clear();
}

std::optional<Reply> Connection::take() {
    Header header;
    if (end_ - begin_ < sizeof header) return std::nullopt;
    std::memcpy(&header, input_.data() + begin_, sizeof header);
    if (end_ - begin_ - sizeof header < header.length) return std::nullopt;
    const Reply reply{static_cast<xs::MessageType>(header.type),
                      std::string_view{input_}.substr(begin_ + sizeof header, header.length)};
    begin_ += sizeof header + header.length;
    return reply;
}

void Connection::receive() {
    std::memmove(input_.data(), input_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
    if (end_ == input_.size()) input_.resize(kInputSize);
    const ssize_t got = recv(fd_.get(), input_.data() + end_, input_.size() - end_, 0);
    if (got == 0) give_up("the server closed the connection");
    if (got < 0) give_up(std::string{"recv: "} + std::strerror(errno));
    end_ += static_cast<std::size_t>(got);
}

Reply Connection::next() {
    for (;;) {
        if (const auto reply = take()) return *reply;
        receive();
    }
}

Reply Connection::call() {
    flush();
    const Reply reply = next();
    expect_good(reply);
    return reply;
}

}  // namespace zeroth::bench
