// SPDX-License-Identifier: Apache-2.0
#include "libdomain/hypervisor/sim/remote/line.hpp"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

namespace zeroth::hyper::sim {
namespace {

struct Head {
    std::uint64_t code, words, text;
};
/// A mapping of a GiB names as many frames.
constexpr std::uint64_t kMostWords = 1U << 19, kMostText = 1U << 20;
constexpr std::size_t kPiece = 65536;

Result<UniqueFd> connect_to(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path) {
        return fail(ENAMETOOLONG, "simulated machine at " + path);
    }
    std::memcpy(address.sun_path, path.data(), path.size());
    UniqueFd fd{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    if (!fd) return errno_error("open a socket for the simulated machine");
    if (::connect(fd.get(), static_cast<const sockaddr*>(static_cast<const void*>(&address)),
                  sizeof address) != 0) {
        auto error = std::move(errno_error("connect to the simulated machine at " + path).error());
        return fail(std::move(error).with_hint("Start it first: xen-sim --socket " + path));
    }
    return fd;
}

}  // namespace

void encode(const Packet& packet, std::string& out) {
    const Head head{packet.code, packet.words.size(), packet.text.size()};
    const auto words = packet.words.size() * sizeof(std::uint64_t);
    const auto start = out.size();
    out.resize(start + sizeof head + words);
    std::memcpy(out.data() + start, &head, sizeof head);
    if (words > 0) std::memcpy(out.data() + start + sizeof head, packet.words.data(), words);
    out += packet.text;
}

Result<std::optional<Packet>> decode(std::string& bytes) {
    Head head;
    if (bytes.size() < sizeof head) return std::nullopt;
    std::memcpy(&head, bytes.data(), sizeof head);
    if (head.words > kMostWords || head.text > kMostText) {
        return fail(EPROTO, "a message for the simulated machine");
    }
    const auto count = static_cast<std::size_t>(head.words);
    const auto text = static_cast<std::size_t>(head.text);
    const auto words = count * sizeof(std::uint64_t);
    const auto size = sizeof head + words + text;
    if (bytes.size() < size) return std::nullopt;
    Packet packet{head.code, std::vector<std::uint64_t>(count),
                  bytes.substr(sizeof head + words, text)};
    if (words > 0) std::memcpy(packet.words.data(), bytes.data() + sizeof head, words);
    bytes.erase(0, size);
    return packet;
}

Result<> send_with(int socket, std::string_view bytes, int fd) {
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof fd)> control{};
    while (!bytes.empty()) {
        iovec piece{const_cast<char*>(bytes.data()), bytes.size()};
        msghdr message{};
        message.msg_iov = &piece;
        message.msg_iovlen = 1;
        if (fd >= 0) {
            message.msg_control = control.data();
            message.msg_controllen = control.size();
            cmsghdr* const part = CMSG_FIRSTHDR(&message);
            part->cmsg_level = SOL_SOCKET;
            part->cmsg_type = SCM_RIGHTS;
            part->cmsg_len = CMSG_LEN(sizeof fd);
            std::memcpy(CMSG_DATA(part), &fd, sizeof fd);
        }
        const auto sent = ::sendmsg(socket, &message, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) continue;
        if (sent < 0) return errno_error("speak to the simulated machine");
        bytes.remove_prefix(static_cast<std::size_t>(sent));
        fd = -1;
    }
    return {};
}

Result<std::size_t> receive_with(int socket, std::string& bytes, UniqueFd& fd) {
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
    std::array<char, kPiece> room;  // NOLINT(*-member-init): filled as far as used
    iovec piece{room.data(), room.size()};
    msghdr message{};
    message.msg_iov = &piece;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    ssize_t got = 0;
    do got = ::recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
    while (got < 0 && errno == EINTR);
    if (got < 0) return errno_error("hear from the simulated machine");
    for (cmsghdr* part = CMSG_FIRSTHDR(&message); part != nullptr;
         part = CMSG_NXTHDR(&message, part)) {
        if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_RIGHTS) continue;
        int received = -1;
        std::memcpy(&received, CMSG_DATA(part), sizeof received);
        fd = UniqueFd{received};
    }
    bytes.append(room.data(), static_cast<std::size_t>(got));
    return static_cast<std::size_t>(got);
}

Result<Line::Opened> Line::open(const std::string& path, Role role,
                                std::vector<std::uint64_t> words, int shared) {
    ZEROTH_TRY(auto fd, connect_to(path));
    Line line{std::move(fd)};
    words.insert(words.begin(), std::to_underlying(role));
    UniqueFd received;
    ZEROTH_TRY(auto reply,
               line.exchange({std::to_underlying(Request::kHello), std::move(words), {}}, shared,
                             &received));
    return Opened{std::move(line), std::move(reply.words), std::move(received)};
}

Result<Packet> Line::exchange(const Packet& packet, int shared, UniqueFd* received) {
    std::string bytes;
    encode(packet, bytes);
    const std::scoped_lock lock{mutex_};
    ZEROTH_CHECK(send_with(fd_.get(), bytes, shared));
    for (;;) {
        ZEROTH_TRY(auto reply, decode(arrived_));
        if (reply && reply->code == 0) return *std::move(reply);
        // The text has the errno's words where they say something.
        if (reply)
            return fail(Error::message(static_cast<int>(reply->code), std::move(reply->text)));
        UniqueFd fd;
        ZEROTH_TRY(const auto got, receive_with(fd_.get(), arrived_, fd));
        if (got == 0) return fail(ENODEV, "the simulated machine is gone");
        if (fd && received != nullptr) *received = std::move(fd);
    }
}

Result<std::vector<std::uint64_t>> Line::ask(Request request, std::vector<std::uint64_t> words) {
    ZEROTH_TRY(auto reply,
               exchange({std::to_underlying(request), std::move(words), {}}, -1, nullptr));
    return std::move(reply.words);
}

Result<std::string> Line::command(std::string text) {
    ZEROTH_TRY(auto reply,
               exchange({std::to_underlying(Request::kCommand), {}, std::move(text)}, -1, nullptr));
    return std::move(reply.text);
}

}  // namespace zeroth::hyper::sim
