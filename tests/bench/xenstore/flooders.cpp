// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/xenstore/flooders.hpp"

#include <sched.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <csignal>

#include "tests/bench/xenstore/connection.hpp"

namespace zeroth::bench {

namespace {

using xs::MessageType;

constexpr int kAtOnce = 200;
constexpr int kNames = 400;
constexpr int kWatches = 500;
/// Of them all, so that requests are small and many.
const std::string kFolder = "/flood/";

std::string node(int number) { return kFolder + std::to_string(number) + "/state"; }

void replies(Connection& connection, int count) {
    connection.flush();
    for (int i = 0; i < count; ++i) connection.next();
}

void reads(const std::string& socket) {
    for (Connection connection{socket};;) {
        for (int i = 0; i < kAtOnce; ++i) connection.ask(MessageType::kRead, 0, {node(i)});
        replies(connection, kAtOnce);
    }
}

void writes(const std::string& socket) {
    for (Connection connection{socket};;) {
        for (int i = 0; i < kAtOnce; ++i) connection.ask_write(0, node(i), "connected");
        replies(connection, kAtOnce);
    }
}

void lists(const std::string& socket) {
    constexpr int kLists = 50;
    for (Connection connection{socket};;) {
        for (int i = 0; i < kLists; ++i)
            connection.ask(MessageType::kDirectory, 0, {kFolder + "names"});
        replies(connection, kLists);
    }
}

/// They may end with EAGAIN: others change what they read.
void transactions(const std::string& socket) {
    for (Connection connection{socket};;) {
        connection.ask(MessageType::kTransactionStart, 0, {""});
        const std::string_view text = connection.call().payload;
        std::uint32_t id = 0;
        std::from_chars(text.data(), text.data() + text.size(), id);
        for (int i = 0; i < 100; ++i) connection.ask(MessageType::kRead, id, {node(i)});
        for (int i = 0; i < 50; ++i) connection.ask_write(id, node(i), "changed");
        connection.ask(MessageType::kTransactionEnd, id, {"T"});
        replies(connection, 151);
    }
}

/// Each write fires all of them. An event that is equal to one not yet sent is dropped.
void watches(const std::string& socket) {
    Connection connection{socket};
    for (int i = 0; i < kWatches; ++i) {
        connection.ask(MessageType::kWatch, 0, {kFolder + "watched", std::to_string(i)});
        replies(connection, 2);
    }
    for (;;) {
        connection.ask_write(0, kFolder + "watched", "now");
        connection.flush();
        while (connection.next().type == MessageType::kWatchEvent) continue;
    }
}

void trees(const std::string& socket) {
    for (Connection connection{socket};;) {
        for (int i = 0; i < kAtOnce; ++i)
            connection.ask_write(0, kFolder + "tree/" + std::to_string(i) + "/a/b/c/d/e/f", "");
        connection.ask(MessageType::kRm, 0, {kFolder + "tree"});
        replies(connection, kAtOnce + 1);
    }
}

void comings_and_goings(const std::string& socket) {
    for (;;) {
        Connection connection{socket};
        connection.ask(MessageType::kWatch, 0, {kFolder + "watched", "mine"});
        replies(connection, 2);
    }
}

void never_reads(const std::string& socket) {
    for (Connection connection{socket};;) {
        connection.ask(MessageType::kDirectory, 0, {kFolder + "names"});
        connection.flush();
    }
}

constexpr std::array<void (*)(const std::string&), Flooders::kCount> kWays{
    reads, writes, lists, transactions, watches, trees, comings_and_goings, never_reads};

/// Does not come back. Whoever measures goes first where there is one core for all of them.
void flood(void (*way)(const std::string&), const std::string& socket) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    const sched_param none{};
    ::sched_setscheduler(0, SCHED_OTHER, &none);
    constexpr int kNicest = 19;
    [[maybe_unused]] const int level = ::nice(kNicest);
    // Its complaints, once the server has gone, are of no interest.
    std::freopen("/dev/null", "w", stderr);
    way(socket);
}

}  // namespace

Flooders::Flooders(const std::string& socket) {
    {
        Connection connection{socket};
        for (int i = 0; i < kAtOnce; ++i) connection.ask_write(0, node(i), "connected");
        for (int i = 0; i < kNames; ++i)
            connection.ask_write(0, kFolder + "names/name-" + std::to_string(i), "");
        replies(connection, kAtOnce + kNames);
    }
    for (auto* const way : kWays) {
        const pid_t process = ::fork();
        if (process < 0) give_up("fork failed");
        if (process == 0) {
            flood(way, socket);
            ::_exit(1);
        }
        processes_.push_back(process);
    }
}

Flooders::~Flooders() {
    for (const pid_t process : processes_) ::kill(process, SIGKILL);
    for (const pid_t process : processes_) ::waitpid(process, nullptr, 0);
}

}  // namespace zeroth::bench
