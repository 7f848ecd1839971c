// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <chrono>
#include <future>
#include <string>
#include <thread>
#include <vector>

#include "core/unique_fd.hpp"
#include "daemon/http/session.hpp"

namespace zeroth::daemon::http::testing {

/// A client's end of a connection.
class Client {
public:
    explicit Client(UniqueFd fd) : fd_{std::move(fd)} {}

    /// What it cannot get rid of, because the other side does not take it, is given up.
    void say(std::string_view text) {
        while (!text.empty()) {
            const auto sent = ::send(fd_.get(), text.data(), text.size(), MSG_NOSIGNAL);
            if (sent <= 0) return;
            text.remove_prefix(static_cast<std::size_t>(sent));
        }
    }
    void shut_for_writing() { ::shutdown(fd_.get(), SHUT_WR); }
    /// Everything until the other side closes.
    std::string hear_all() {
        while (more()) {
        }
        return std::exchange(heard_, {});
    }
    /// Everything up to and with the first occurrence of `mark`.
    std::string hear_until(std::string_view mark) {
        for (;;) {
            const auto at = heard_.find(mark);
            if (at != std::string::npos) {
                std::string out = heard_.substr(0, at + mark.size());
                heard_.erase(0, at + mark.size());
                return out;
            }
            if (!more()) return std::exchange(heard_, {}) + "(closed)";
        }
    }
    int fd() const { return fd_.get(); }
    void close() { fd_ = UniqueFd{}; }

private:
    bool more() {
        pollfd entry{.fd = fd_.get(), .events = POLLIN, .revents = 0};
        if (::poll(&entry, 1, 20'000) != 1) {
            ADD_FAILURE() << "nothing was said for long; before that: " << heard_;
            return false;
        }
        std::array<char, 65536> piece;
        const auto got = ::recv(fd_.get(), piece.data(), piece.size(), 0);
        if (got <= 0) return false;
        heard_.append(piece.data(), static_cast<std::size_t>(got));
        return true;
    }

    UniqueFd fd_;
    std::string heard_;
};

/// xld's door with other routes behind it, and clients whose sockets were born connected.
class Door {
public:
    explicit Door(std::vector<Route> routes, Limits limits = {}, Observer* observer = nullptr)
        : limits_{limits}, router_{std::move(routes)}, observer_{observer} {}
    ~Door() {
        guard_.reset();
        io_.stop();
        thread_.join();
        workers_.join();
    }
    Door(const Door&) = delete;
    Door& operator=(const Door&) = delete;

    /// nullopt where there is no place for one more.
    std::optional<Client> try_connect(unsigned user = 0, Peer peer = {true, true}) {
        std::array<int, 2> ends{};
        if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) return {};
        UniqueFd theirs{ends[1]};
        std::promise<bool> admitted;
        boost::asio::post(io_, [&] {
            auto place = shared_.admission->admit(user);
            if (place) {
                Connection::Socket socket{io_, boost::asio::generic::stream_protocol{AF_UNIX, 0},
                                          theirs.release()};
                boost::asio::co_spawn(io_,
                                      serve(std::move(socket), peer, shared_, *std::move(place)),
                                      boost::asio::detached);
            }
            admitted.set_value(place.has_value());
        });
        UniqueFd ours{ends[0]};
        if (!admitted.get_future().get()) return std::nullopt;
        return Client{std::move(ours)};
    }
    Client connect(Peer peer = {true, true}) { return *try_connect(0, peer); }
    /// What is answered to a request, up to the end of the connection.
    std::string ask(std::string_view request) {
        auto client = connect();
        client.say(request);
        client.shut_for_writing();
        return client.hear_all();
    }
    boost::asio::io_context& io() { return io_; }

private:
    Limits limits_;
    Router router_;
    Observer* observer_;
    boost::asio::io_context io_{1};
    boost::asio::thread_pool workers_{8};
    Shared shared_{router_,
                   workers_,
                   limits_,
                   std::make_shared<Turnstile>(io_.get_executor(), limits_.long_jobs),
                   std::make_shared<Admission>(limits_),
                   observer_};
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> guard_{
        io_.get_executor()};
    std::thread thread_{[this] { io_.run(); }};
};

}  // namespace zeroth::daemon::http::testing
