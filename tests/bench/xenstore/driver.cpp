// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/xenstore/driver.hpp"

#include <sys/epoll.h>

#include <array>

namespace zeroth::bench {

namespace {

constexpr int kWarmUpPart = 10;
constexpr std::size_t kEventsAtOnce = 64;

/// A script at work.
struct Client {
    Client(const Server& server, Script& what) : connection{server.socket}, script{&what} {}

    void start() {
        began = Clock::now();
        go_on();
    }
    void go_on() {
        script->ask(connection);
        connection.flush();
    }
    /// What has arrived. True if an operation ended, and with it the client waits for a new start.
    bool proceed() {
        while (const auto reply = connection.take()) {
            if (script->answered(*reply) == Script::Progress::kOperationDone) return true;
            go_on();
        }
        return false;
    }

    Connection connection;
    Script* script;
    Clock::time_point began;
};

class Crowd {
public:
    Crowd(const Server& server, const Scripts& scripts) : epoll_{epoll_create1(EPOLL_CLOEXEC)} {
        clients_.reserve(scripts.size());
        for (const auto& script : scripts) {
            Client& client = clients_.emplace_back(server, *script);
            epoll_event event{.events = EPOLLIN, .data = {.ptr = &client}};
            if (epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, client.connection.fd(), &event) != 0)
                give_up("epoll_ctl failed");
        }
    }

    void run(Meter& meter, Clock::duration time) {
        for (Client& client : clients_) client.start();
        const auto end = Clock::now() + time;
        std::size_t running = clients_.size();
        while (running > 0) {
            if (clients_.size() == 1) {
                running -= serve(clients_.front(), meter, end);
                continue;
            }
            const int count = epoll_wait(epoll_.get(), events_.data(), kEventsAtOnce, -1);
            for (int i = 0; i < count; ++i)
                running -=
                    serve(*static_cast<Client*>(events_.at(static_cast<std::size_t>(i)).data.ptr),
                          meter, end);
        }
    }

private:
    /// 1 if the client stops, else 0.
    static std::size_t serve(Client& client, Meter& meter, Clock::time_point end) {
        client.connection.receive();
        if (!client.proceed()) return 0;
        meter.done(client.began);
        if (Clock::now() >= end) return 1;
        client.start();
        return 0;
    }

    UniqueFd epoll_;
    std::vector<Client> clients_;
    std::array<epoll_event, kEventsAtOnce> events_{};
};

}  // namespace

void drive(std::string_view row, const Server& server, Clock::duration time,
           const Scripts& scripts) {
    Crowd crowd{server, scripts};
    Meter warm_up{server};
    crowd.run(warm_up, time / kWarmUpPart);
    Meter meter{server};
    crowd.run(meter, time);
    meter.report(row);
}

void Reads::ask(Connection& connection) {
    connection.ask(xs::MessageType::kRead, 0, {paths_[next_]});
    next_ = (next_ + 1) % paths_.size();
}

Script::Progress Reads::answered(const Reply& reply) {
    expect_good(reply);
    return Progress::kOperationDone;
}

std::vector<std::string> make_nodes(const Server& server, const std::string& folder,
                                    std::size_t count) {
    Connection connection{server.socket};
    std::vector<std::string> paths;
    for (std::size_t i = 0; i < count; ++i) {
        paths.push_back(folder + "/" + std::to_string(i) + "/state");
        connection.ask_write(0, paths.back(), "connected");
        connection.call();
    }
    return paths;
}

}  // namespace zeroth::bench
