// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <array>
#include <optional>
#include <random>
#include <set>

#include "tests/unit/xenstore/server/fixture.hpp"
#include "tests/unit/xenstore/server/model.hpp"

namespace zeroth::xenstored {
namespace {

using enum xs::MessageType;

constexpr DomainId kGuest{5};

struct Step {
    xs::MessageType type;
    std::string request;
    std::string reply;
};

/// Random clients on a Store and on the model of it. A transaction that ends well must be explained
/// by its having run at its end, all at once.
class RandomRun {
public:
    explicit RandomRun(unsigned seed) : random_{seed} {
        bench.domain(5);
        bench.domain(6);
        for (auto& client : clients_) client.socket = bench.socket();
        clients_[2].domain = kGuest;
        clients_[3].domain = DomainId{6};
        watcher_ = bench.socket();
        bench.ask(watcher_, kWatch, "/|w|");
        watch_as_guest();
    }

    void step() {
        auto& client = clients_[pick(clients_.size())];
        if (!client.transaction && pick(8) == 0) {
            start(client);
        } else if (client.transaction && pick(6) == 0) {
            end(client);
        } else {
            operate(client);
        }
    }

    Bench bench;
    unsigned commits = 0, conflicts = 0;

private:
    struct Client {
        ConnectionId socket;
        DomainId domain;
        std::optional<std::uint32_t> transaction;
        std::vector<Step> steps;
    };

    std::size_t pick(std::size_t count) { return random_() % count; }

    std::vector<std::string> ask(const Client& client, xs::MessageType type,
                                 const std::string& request, std::uint32_t transaction) {
        return client.domain == kDomain0 ? bench.ask(client.socket, type, request, transaction)
                                         : bench.ask(client.domain, type, request, transaction);
    }
    /// The reply alone.
    std::string reply_of(const Client& client, xs::MessageType type, const std::string& request,
                         std::uint32_t transaction = 0) {
        const auto messages = ask(client, type, request, transaction);
        if (client.domain == kGuest) {
            for (std::size_t i = 0; i + 1 < messages.size(); ++i) guest_got_.insert(messages[i]);
        }
        return messages.empty() ? "nothing" : messages.back();
    }

    void watch_as_guest() {
        bench.ask(kGuest, kWatch, "/|g|");
        bench.take(kGuest);
    }

    std::string random_path() {
        static constexpr const char* kNames[] = {"a", "b", "c", "long-name"};
        std::string path;
        for (std::size_t depth = 1 + pick(3); depth != 0; --depth) {
            path += '/';
            path += kNames[pick(4)];
        }
        return path;
    }

    Step random_step() {
        const auto path = random_path() + '|';
        switch (pick(10)) {
            case 0:
                return {kRm, path, {}};
            case 1:
                return {kMkdir, path, {}};
            case 2:
                return {kGetPerms, path, {}};
            case 3:
                return {kDirectory, path, {}};
            case 4: {
                static constexpr const char* kLists[] = {"n0|", "n0|b5|", "r5|", "b6|r5|",
                                                         "n5|b6|"};
                return {kSetPerms, path + kLists[pick(5)], {}};
            }
            case 5:
            case 6:
                return {kRead, path, {}};
            default:
                return {kWrite, path + std::to_string(pick(3)), {}};
        }
    }

    void start(Client& client) {
        const auto reply = reply_of(client, kTransactionStart, "|");
        ASSERT_TRUE(reply.starts_with("START ")) << reply;
        client.transaction = static_cast<std::uint32_t>(std::stoul(reply.substr(6)));
        client.steps.clear();
        bench.take(kGuest);
    }

    void operate(Client& client) {
        auto step = random_step();
        const auto before = model_;
        step.reply = reply_of(client, step.type, step.request, client.transaction.value_or(0));
        if (client.transaction) {
            client.steps.push_back(step);
            expect_events(before, {});
            return;
        }
        std::vector<std::string> changed;
        ASSERT_EQ(step.reply, model_.ask(client.domain, step.type, step.request, changed))
            << step.request;
        expect_events(before, changed);
    }

    void end(Client& client) {
        const auto before = model_;
        const bool keep = pick(8) != 0;
        const auto reply =
            reply_of(client, kTransactionEnd, keep ? "T|" : "F|", *client.transaction);
        client.transaction.reset();
        std::vector<std::string> changed;
        if (keep && reply == "END OK|") {
            ++commits;
            for (const auto& step : client.steps) {
                ASSERT_EQ(step.reply, model_.ask(client.domain, step.type, step.request, changed))
                    << step.request;
            }
        } else if (keep) {
            ASSERT_EQ(reply, "ERROR EAGAIN|");
            ++conflicts;
        }
        expect_events(before, changed);
    }

    /// Both watchers on "/" are told of what changed, once; the guest if it may know.
    void expect_events(const Model& before, const std::vector<std::string>& changed) {
        std::set<std::string> all, guests;
        for (const auto& path : changed) {
            if (!before.has(path) && !model_.has(path)) continue;
            all.insert("EVENT " + path + "|w|");
            const auto parent = path.rfind('/') == 0 ? "/" : path.substr(0, path.rfind('/'));
            const bool may = before.may_read(kGuest, path) || model_.may_read(kGuest, path) ||
                             model_.may_read(kGuest, parent);
            if (may) guests.insert("EVENT " + path + "|g|");
        }
        const auto got = bench.take(watcher_);
        ASSERT_EQ(std::set(got.begin(), got.end()), all);
        ASSERT_EQ(got.size(), all.size());
        for (const auto& message : bench.take(kGuest)) guest_got_.insert(message);
        // A transaction's steps in between may have been readable and are so no more.
        if (changed.size() <= 1) {
            ASSERT_EQ(guest_got_, guests);
        }
        guest_got_.clear();
    }

    std::mt19937 random_;
    Model model_;
    std::array<Client, 4> clients_;
    ConnectionId watcher_;
    std::set<std::string> guest_got_;
};

TEST(StoreModel, RandomClientsWithTransactionsAreExplainedByTheModel) {
    unsigned commits = 0, conflicts = 0;
    for (unsigned seed = 0; seed < 20 && !testing::Test::HasFatalFailure(); ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        RandomRun run{seed};
        for (int i = 0; i < 1000 && !testing::Test::HasFatalFailure(); ++i) run.step();
        commits += run.commits;
        conflicts += run.conflicts;

        const auto check = run.bench.ask(run.bench.dom0, kControl, "check|");
        EXPECT_TRUE(check.at(0).starts_with("CONTROL OK,")) << check.at(0);
        // The recorded changes make the same store.
        MemorySink nowhere;
        Store again{{}, run.bench.host, nowhere};
        run.bench.sink.apply_to(again);
        EXPECT_EQ(Bench::dump(again), run.bench.dump());
    }
    EXPECT_GT(commits, 100U);
    EXPECT_GT(conflicts, 100U);
}

TEST(StoreModel, ASnapshotStaysAsItIsWhileTheStoreGoesOn) {
    RandomRun run{7};
    for (int i = 0; i < 500; ++i) run.step();
    const auto then = run.bench.dump();
    const auto snapshot = run.bench.store->snapshot();
    MemorySink written;
    while (snapshot->write(written, 3)) {
        for (int i = 0; i < 3; ++i) run.step();
    }
    ASSERT_TRUE(written.commit());
    MemorySink nowhere;
    Store again{{}, run.bench.host, nowhere};
    written.apply_to(again);
    EXPECT_EQ(Bench::dump(again), then);
}

}  // namespace
}  // namespace zeroth::xenstored
