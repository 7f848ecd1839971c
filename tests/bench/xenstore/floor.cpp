// SPDX-License-Identifier: Apache-2.0
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <string>
#include <string_view>

#include "xenstore/wire/message.hpp"

// usage: xenstore_floor SOCKET
// A server that answers every request at once, with no store behind it: what the socket and the two
// processes cost by themselves.

namespace {

using zeroth::xs::MessageType;

constexpr std::size_t kBuffer = std::size_t{256} * 1024;
constexpr std::size_t kMaxEvents = 64;

struct Header {
    std::uint32_t type;
    std::uint32_t request;
    std::uint32_t transaction;
    std::uint32_t length;
};

std::string_view answer_to(MessageType type) {
    using namespace std::string_view_literals;
    if (type == MessageType::kRead) return "connected"sv;
    if (type == MessageType::kTransactionStart) return "1\0"sv;
    return "OK\0"sv;
}

/// The requests of one recv are answered with one send; true while the client is there.
bool serve(int fd, std::string& input, std::string& output) {
    const ssize_t got = recv(fd, input.data(), input.size(), 0);
    if (got <= 0) return false;
    std::string_view rest{input.data(), static_cast<std::size_t>(got)};
    output.clear();
    for (Header header; !rest.empty();) {
        // Clients that are never split: their requests are far smaller than a socket's buffer.
        if (rest.size() < sizeof header) return false;
        std::memcpy(&header, rest.data(), sizeof header);
        if (rest.size() < sizeof header + header.length) return false;
        rest.remove_prefix(sizeof header + header.length);
        const std::string_view answer = answer_to(static_cast<MessageType>(header.type));
        header.length = static_cast<std::uint32_t>(answer.size());
        std::array<char, sizeof header> bytes;
        std::memcpy(bytes.data(), &header, sizeof header);
        output.append(bytes.data(), bytes.size()).append(answer);
    }
    return send(fd, output.data(), output.size(), MSG_NOSIGNAL) >= 0;
}

int listen_at(const char* path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (std::strlen(path) >= sizeof address.sun_path) return -1;
    std::strcpy(address.sun_path, path);
    const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) return -1;
    return listen(fd, SOMAXCONN) == 0 ? fd : -1;
}

}  // namespace

int main(int argc, char** argv) {
    const int listener = argc == 2 ? listen_at(argv[1]) : -1;
    if (listener < 0) {
        std::fprintf(stderr, "xenstore_floor SOCKET: %s\n", std::strerror(errno));
        return 1;
    }
    const int epoll = epoll_create1(EPOLL_CLOEXEC);
    const auto add = [&](int fd) {
        epoll_event event{.events = EPOLLIN, .data = {.fd = fd}};
        return epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
    };
    add(listener);
    std::string input(kBuffer, '\0');
    std::string output;
    std::array<epoll_event, kMaxEvents> events;
    for (;;) {
        const int count = epoll_wait(epoll, events.data(), kMaxEvents, -1);
        for (int i = 0; i < count; ++i) {
            const int fd = events.at(static_cast<std::size_t>(i)).data.fd;
            if (fd == listener)
                add(accept(listener, nullptr, nullptr));
            else if (!serve(fd, input, output))
                close(fd);
        }
    }
}
