// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cstring>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "core/unique_fd.hpp"
#include "xenstore/wire/frame_reader.hpp"
#include "xenstore/wire/message.hpp"

namespace zeroth::xs {

/// Says to each request what `answer` gives, which may be nothing; serves one connection after the
/// other, in a thread of its own.
class FakeServer {
public:
    using Answer = std::function<std::vector<Message>(const Message&)>;
    /// Among the answers: closes the connection.
    static constexpr MessageType kHangUp{0xfffe};
    /// Among the answers: its payload alone is sent, as it is.
    static constexpr MessageType kBytes{0xfffd};

    explicit FakeServer(Answer answer) : answer_{std::move(answer)} {
        std::string pattern = ::testing::TempDir() + "/xsXXXXXX";
        directory_ = ::mkdtemp(pattern.data());
        path_ = directory_ + "/socket";
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::memcpy(address.sun_path, path_.c_str(), path_.size());
        listener_ = UniqueFd{::socket(AF_UNIX, SOCK_STREAM, 0)};
        EXPECT_EQ(::bind(listener_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address),
                  0);
        EXPECT_EQ(::listen(listener_.get(), 1), 0);
        thread_ = std::thread{[this] { serve_all(); }};
    }
    ~FakeServer() {
        ::shutdown(listener_.get(), SHUT_RDWR);  // accept ends
        thread_.join();
        ::unlink(path_.c_str());
        ::rmdir(directory_.c_str());
    }
    const std::string& path() const { return path_; }

    /// Every request, and how many connections there were: for the server's thread, and for others
    /// once what they asked is answered.
    std::vector<Message> seen;
    int connections = 0;
    /// Sends byte by byte.
    bool dribble = false;

private:
    void serve_all() {
        for (;;) {
            const UniqueFd peer{::accept(listener_.get(), nullptr, nullptr)};
            if (!peer) return;
            ++connections;
            serve(peer);
        }
    }
    void serve(const UniqueFd& peer) {
        FrameReader reader;
        char chunk[4096];
        for (;;) {
            const auto count = ::read(peer.get(), chunk, sizeof chunk);
            if (count <= 0) return;
            reader.feed({chunk, static_cast<std::size_t>(count)});
            for (auto next = reader.next(); next && *next; next = reader.next()) {
                if (!reply_to(peer, **next)) return;
            }
        }
    }
    bool reply_to(const UniqueFd& peer, const Message& request) {
        seen.push_back(request);
        std::string bytes;
        bool stay = true;
        for (auto& reply : answer_(request)) {
            if (reply.type == kHangUp) {
                stay = false;
            } else if (reply.type == kBytes) {
                bytes += reply.payload;
            } else {
                const bool event = reply.type == MessageType::kWatchEvent;
                if (!event && reply.request_id == 0) reply.request_id = request.request_id;
                encode(reply, bytes);
            }
        }
        const std::size_t step = dribble ? 1 : bytes.size();
        for (std::size_t i = 0; i < bytes.size(); i += step) {
            if (::send(peer.get(), bytes.data() + i, step, MSG_NOSIGNAL) < 0) return false;
        }
        return stay;
    }

    Answer answer_;
    std::string directory_, path_;
    UniqueFd listener_;
    std::thread thread_;
};

inline std::vector<Message> ok(const Message& request,
                               std::string payload = std::string{"OK\0", 3}) {
    return {{request.type, 0, request.transaction_id, std::move(payload)}};
}
inline std::vector<Message> error(const std::string& name) {
    return {{MessageType::kError, 0, 0, name + '\0'}};
}
inline std::vector<Message> hang_up() { return {{FakeServer::kHangUp, 0, 0, ""}}; }

/// The event of a WATCH or of what it watches.
inline Message event_of(const Message& watch) {
    return {MessageType::kWatchEvent, 0, 0, watch.payload};
}

inline std::size_t count(const std::vector<Message>& seen, MessageType type) {
    std::size_t n = 0;
    for (const auto& message : seen) n += message.type == type ? 1 : 0;
    return n;
}

}  // namespace zeroth::xs
