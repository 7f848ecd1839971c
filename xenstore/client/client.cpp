// SPDX-License-Identifier: Apache-2.0
#include "xenstore/client/client.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <array>
#include <cstdlib>
#include <cstring>

namespace zeroth::xs {
namespace {

/// How long a server may think about one batch before it is given up as hung.
constexpr std::chrono::seconds kServerPatience{30};
constexpr int kMaxConflicts = 100;

std::string with_nul(std::string_view text) { return std::string{text} + '\0'; }

std::string_view without_nul(std::string_view payload) {
    return payload.ends_with('\0') ? payload.substr(0, payload.size() - 1) : payload;
}

/// nullopt for a reply that is no error.
std::optional<int> error_of(const Message& reply) {
    if (reply.type != MessageType::kError) return std::nullopt;
    return errno_of(without_nul(reply.payload));
}

std::vector<std::string> split_nul(std::string_view payload) {
    std::vector<std::string> parts;
    while (!payload.empty()) {
        const auto end = payload.find('\0');
        parts.emplace_back(payload.substr(0, end));
        if (end == std::string_view::npos) break;
        payload.remove_prefix(end + 1);
    }
    return parts;
}

/// Of a change that is one request: any but a Prune.
Message to_message(const Change& change) {
    if (const auto* write = std::get_if<Write>(&change)) {
        return {MessageType::kWrite, 0, 0, with_nul(write->path) + write->value};
    }
    if (const auto* set = std::get_if<SetPermissions>(&change)) {
        std::string payload = with_nul(set->path);
        for (const auto& permission : set->permissions) payload += with_nul(permission.text());
        return {MessageType::kSetPerms, 0, 0, std::move(payload)};
    }
    return {MessageType::kRm, 0, 0, with_nul(std::get<Remove>(change).path)};
}

std::string describe(const Change& change) {
    if (const auto* write = std::get_if<Write>(&change)) return "write " + write->path;
    if (const auto* set = std::get_if<SetPermissions>(&change))
        return "set permissions of " + set->path;
    if (const auto* remove = std::get_if<Remove>(&change)) return "remove " + remove->path;
    return "prune " + std::get<Prune>(change).path;
}

}  // namespace

std::string Client::default_path() {
    const char* path = std::getenv("XENSTORED_PATH");
    return path != nullptr && *path != '\0' ? path : "/var/run/xenstored/socket";
}

Result<std::unique_ptr<Client>> Client::connect(const std::string& socket_path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (socket_path.size() >= sizeof address.sun_path) {
        return fail(ENAMETOOLONG, "XenStore's socket " + socket_path);
    }
    std::memcpy(address.sun_path, socket_path.data(), socket_path.size());
    UniqueFd fd{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    if (!fd) return errno_error("open a socket for XenStore");
    if (::connect(fd.get(), static_cast<const sockaddr*>(static_cast<const void*>(&address)),
                  sizeof address) != 0) {
        auto error = errno_error("connect to XenStore at " + socket_path);
        return fail(std::move(error).error().with_hint("is xenstored running?"));
    }
    // Connecting waits for the server, as it should; every later call polls.
    ::fcntl(fd.get(), F_SETFL, O_NONBLOCK);
    return std::unique_ptr<Client>{new Client{std::move(fd)}};
}

bool Client::alive() const {
    if (!socket_) return false;
    pollfd entry{socket_.get(), POLLIN, 0};
    return ::poll(&entry, 1, 0) >= 0 && (entry.revents & (POLLHUP | POLLERR)) == 0;
}

Result<> Client::transfer(std::string_view& unsent, Deadline deadline) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    pollfd entry{socket_.get(), static_cast<short>(unsent.empty() ? POLLIN : POLLIN | POLLOUT), 0};
    const int ready = ::poll(&entry, 1, static_cast<int>(std::max<long>(left.count(), 0)));
    if (ready < 0) return errno == EINTR ? Result<>{} : errno_error("wait for XenStore");
    if (ready == 0) return fail(ETIMEDOUT, "wait for XenStore");
    if ((entry.revents & POLLOUT) != 0) {
        const auto sent = ::send(socket_.get(), unsent.data(), unsent.size(), MSG_NOSIGNAL);
        if (sent < 0 && errno != EAGAIN && errno != EINTR) return errno_error("send to XenStore");
        if (sent > 0) unsent.remove_prefix(static_cast<std::size_t>(sent));
    }
    if ((entry.revents & (POLLIN | POLLHUP | POLLERR)) != 0) {
        std::array<char, 16384> chunk;
        const auto count = ::recv(socket_.get(), chunk.data(), chunk.size(), 0);
        if (count == 0) return fail(ECONNRESET, "XenStore closed the connection");
        if (count < 0 && errno != EAGAIN && errno != EINTR)
            return errno_error("read from XenStore");
        if (count > 0) reader_.feed({chunk.data(), static_cast<std::size_t>(count)});
    }
    return {};
}

Result<Message> Client::receive(std::string_view& unsent, Deadline deadline) {
    for (;;) {
        ZEROTH_TRY(auto message, reader_.next());
        if (message) return *std::move(message);
        ZEROTH_CHECK(transfer(unsent, deadline));
    }
}

Result<std::vector<Message>> Client::exchange(std::vector<Message> requests) {
    if (!socket_) return fail(ENOTCONN, "XenStore");
    std::string bytes;
    const std::uint32_t first = next_request_;
    for (auto& request : requests) {
        request.request_id = next_request_++;
        if (request.payload.size() > kMaxPayload) return fail(E2BIG, "a XenStore request");
        encode(request, bytes);
    }
    std::string_view unsent = bytes;
    std::vector<Message> replies;
    replies.reserve(requests.size());
    const auto deadline = std::chrono::steady_clock::now() + kServerPatience;
    while (replies.size() < requests.size()) {
        auto message = receive(unsent, deadline);
        if (!message) {
            socket_ = UniqueFd{};  // replies to come would answer the wrong questions
            return fail(std::move(message).error());
        }
        if (message->type == MessageType::kWatchEvent) {
            events_.push_back(*std::move(message));
        } else if (message->request_id != first + static_cast<std::uint32_t>(replies.size())) {
            socket_ = UniqueFd{};
            return fail(EPROTO, "XenStore answered a request that was not asked");
        } else {
            replies.push_back(*std::move(message));
        }
    }
    return replies;
}

Result<Message> Client::request(MessageType type, std::string payload, std::string_view what) {
    std::vector<Message> requests;
    requests.push_back({type, 0, 0, std::move(payload)});
    ZEROTH_TRY(auto replies, exchange(std::move(requests)));
    if (const auto error = error_of(replies.front())) {
        return fail(*error, fmt::format("XenStore: {}", what));
    }
    return std::move(replies.front());
}

Result<std::vector<std::optional<std::string>>> Client::read(std::span<const std::string> paths) {
    std::vector<Message> requests;
    for (const auto& path : paths) requests.push_back({MessageType::kRead, 0, 0, with_nul(path)});
    ZEROTH_TRY(auto replies, exchange(std::move(requests)));
    std::vector<std::optional<std::string>> values;
    for (std::size_t i = 0; i < replies.size(); ++i) {
        const auto error = error_of(replies[i]);
        if (error && *error != ENOENT) return fail(*error, "XenStore: read " + paths[i]);
        values.push_back(error ? std::nullopt : std::optional{std::move(replies[i].payload)});
    }
    return values;
}

Result<std::vector<std::string>> Client::directory(std::string_view path) {
    auto reply = request(MessageType::kDirectory, with_nul(path), fmt::format("list {}", path));
    if (!reply && reply.error().is(ENOENT)) return std::vector<std::string>{};
    if (reply) return split_nul(reply->payload);
    if (!reply.error().is(E2BIG)) return fail(std::move(reply).error());
    // Over 4 KiB of names: in parts, from the start again if the node changed in between.
    std::string names, generation;
    for (;;) {
        ZEROTH_TRY(auto part, request(MessageType::kDirectoryPart,
                                      with_nul(path) + with_nul(fmt::format("{}", names.size())),
                                      fmt::format("list {}", path)));
        const auto end = part.payload.find('\0');
        if (end == std::string::npos) return fail(EPROTO, fmt::format("XenStore: list {}", path));
        const std::string seen = part.payload.substr(0, end);
        if (!names.empty() && seen != generation) {
            names.clear();
            continue;
        }
        generation = seen;
        names += std::string_view{part.payload}.substr(end + 1);
        // An empty name, that is a second NUL, closes the list.
        if (names.empty() || names == std::string_view{"\0", 1}) return std::vector<std::string>{};
        if (names.ends_with(std::string_view{"\0\0", 2})) {
            names.pop_back();
            return split_nul(names);
        }
    }
}

Result<> Client::change(std::uint32_t transaction, std::span<const Change> changes) {
    std::vector<Message> requests;
    for (const auto& change : changes) {
        if (std::holds_alternative<Prune>(change)) continue;
        requests.push_back(to_message(change));
        requests.back().transaction_id = transaction;
    }
    ZEROTH_TRY(const auto replies, exchange(std::move(requests)));
    auto reply = replies.begin();
    for (const auto& change : changes) {
        if (std::holds_alternative<Prune>(change)) continue;
        const auto error = error_of(*reply++);
        const bool gone = error == ENOENT && std::holds_alternative<Remove>(change);
        if (error && !gone) return fail(*error, "XenStore: " + describe(change));
    }
    return {};
}

Result<> Client::prune(std::uint32_t transaction, std::span<const Change> changes) {
    for (const auto& change : changes) {
        const auto* prune = std::get_if<Prune>(&change);
        if (prune == nullptr) continue;
        std::vector<Message> questions;
        questions.push_back({MessageType::kDirectory, 0, transaction, with_nul(prune->path)});
        questions.push_back({MessageType::kRead, 0, transaction, with_nul(prune->path)});
        ZEROTH_TRY(const auto answers, exchange(std::move(questions)));
        const bool there = !error_of(answers[0]) && !error_of(answers[1]);
        if (!there || !answers[0].payload.empty() || !answers[1].payload.empty()) continue;
        std::vector<Message> removal;
        removal.push_back({MessageType::kRm, 0, transaction, with_nul(prune->path)});
        ZEROTH_TRY(const auto removed, exchange(std::move(removal)));
        if (const auto error = error_of(removed.front())) {
            return fail(*error, "XenStore: " + describe(change));
        }
    }
    return {};
}

Result<> Client::commit(std::uint32_t transaction, std::span<const Change> changes) {
    auto outcome = change(transaction, changes);
    if (outcome) outcome = prune(transaction, changes);
    std::vector<Message> end;
    end.push_back({MessageType::kTransactionEnd, 0, transaction, with_nul(outcome ? "T" : "F")});
    ZEROTH_TRY(const auto ended, exchange(std::move(end)));
    if (const auto error = error_of(ended.front()); outcome && error) {
        return fail(*error, "XenStore: commit a transaction");
    }
    return outcome;
}

Result<> Client::apply(std::span<const Change> changes) {
    for (int attempt = 0;; ++attempt) {
        ZEROTH_TRY(auto start,
                   request(MessageType::kTransactionStart, with_nul(""), "start a transaction"));
        const auto transaction = std::strtoul(start.payload.c_str(), nullptr, 10);
        auto done = commit(static_cast<std::uint32_t>(transaction), changes);
        if (done || !done.error().is(EAGAIN) || attempt == kMaxConflicts) return done;
    }
}

Result<> Client::introduce(DomainId domain, GuestFrame ring, Port port) {
    const std::string payload = with_nul(fmt::format("{}", domain.raw())) +
                                with_nul(fmt::format("{}", ring.raw())) +
                                with_nul(fmt::format("{}", port.raw()));
    ZEROTH_CHECK(request(MessageType::kIntroduce, payload,
                         fmt::format("introduce domain {}", domain.raw())));
    return {};
}

Result<std::string> Client::wait_for_value(std::string_view path,
                                           std::chrono::milliseconds timeout) {
    const auto deadline = std::chrono::steady_clock::now() + timeout;
    const std::string watch = with_nul(path) + with_nul("wait");
    ZEROTH_CHECK(request(MessageType::kWatch, watch, fmt::format("watch {}", path)));
    auto value = poll_value(path, deadline);
    events_.clear();
    if (socket_) {
        ZEROTH_CHECK(request(MessageType::kUnwatch, watch, fmt::format("unwatch {}", path)));
    }
    return value;
}

Result<std::string> Client::poll_value(std::string_view path, Deadline deadline) {
    for (;;) {
        ZEROTH_TRY(auto value, read_one(std::string{path}));
        if (value && !value->empty()) return *std::move(value);
        events_.clear();
        std::string_view nothing;
        auto event = receive(nothing, deadline);
        if (!event && event.error().is(ETIMEDOUT)) {
            return fail(ETIMEDOUT, fmt::format("wait for a value of {}", path));
        }
        ZEROTH_CHECK(std::move(event));
    }
}

}  // namespace zeroth::xs
