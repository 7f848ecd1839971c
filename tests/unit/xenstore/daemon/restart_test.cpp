// SPDX-License-Identifier: Apache-2.0
// xenstored ends at every moment that a domain could notice, and goes on: the domain gets what it
// would have got, every byte once.
#include <gtest/gtest.h>

#include "tests/unit/xenstore/daemon/world.hpp"

namespace zeroth::xenstored {
namespace {

using xs::MessageType;
using namespace std::string_literals;

constexpr DomainId kGuest{1};

std::string script() {
    std::string all = message(MessageType::kWatch, 1, "data\0token\0"s);
    for (std::uint32_t i = 0; i < 12; ++i) {
        const std::string name = "data/" + std::to_string(i) + '\0';
        all += message(MessageType::kWrite, 10 + i, name + std::string(i * 37, 'v'));
        all += message(MessageType::kRead, 100 + i, name);
    }
    all += message(MessageType::kUnwatch, 2, "data\0token\0"s);
    all += message(MessageType::kRm, 3, "data\0"s);
    all += message(MessageType::kDirectory, 4, "/local/domain/1\0"s);
    return all;
}

/// The toolstack's part: what it has not seen done it does again.
void prepare(World& world) {
    if (!world.store.ring(kGuest)) world.introduce(1, 5);
    world.ask(MessageType::kMkdir, "/local/domain/1\0"s);
    world.ask(MessageType::kSetPerms, "/local/domain/1\0n1\0"s);
}

class Lives {
public:
    explicit Lives(std::uint32_t start) {
        GuestPage& page = machine_.page(1);
        for (std::size_t at = GuestPage::kRequestConsumer; at <= GuestPage::kReplyProducer; at += 4)
            page.set_word(at, start);
    }

    /// Everything the domain was told; `fuses` say when xenstored ends, one life after the other.
    std::string all(const std::vector<int>& fuses) {
        std::size_t life = 0;
        while (!done_ && life < 100) {
            machine_.fuse.left = life < fuses.size() ? fuses[life] : -1;
            ++life;
            try {
                live();
            } catch (const Killed&) {
                continue;
            }
        }
        left_ = machine_.fuse.left;
        return received_;
    }
    int fuse_left() const { return left_; }

private:
    void live() {
        World world{machine_};
        prepare(world);
        GuestPage& page = machine_.page(1);
        for (int quiet = 0; quiet < 3;) {
            page.put(requests_);
            world.channels.fire(1);
            for (int i = 0; i < 3; ++i) world.turn();
            const std::string news = page.take();
            received_ += news;
            quiet = news.empty() && requests_.empty() ? quiet + 1 : 0;
        }
        done_ = true;
    }

    Machine machine_;
    std::string requests_ = script();
    std::string received_;
    bool done_ = false;
    int left_ = 0;
};

TEST(Restart, LosesAndRepeatsNothingWhereverItHappens) {
    for (const std::uint32_t start : {0U, 0xFFFFFF00U}) {
        const std::string expected = Lives{start}.all({});
        std::string messages = expected;
        EXPECT_GT(take_messages(messages).size(), 40U);
        constexpr int kPlenty = 1'000'000;
        Lives count{start};
        count.all({kPlenty});
        const int moments = kPlenty - count.fuse_left();
        EXPECT_GT(moments, 50);
        for (int moment = 0; moment < moments; ++moment) {
            EXPECT_TRUE(Lives{start}.all({moment}) == expected) << "ended at " << moment;
            EXPECT_TRUE(Lives{start}.all({moment, moment % 7, moment % 3}) == expected)
                << "ended thrice from " << moment;
        }
    }
}

TEST(Restart, LeavesAGivenUpRingGivenUp) {
    Machine machine;
    GuestPage& page = machine.page(1);
    {
        World world{machine};
        prepare(world);
        world.turns();
        page.set_word(GuestPage::kRequestProducer, 5000);
        world.knock(1);
    }
    page.set_word(GuestPage::kRequestProducer, page.word(GuestPage::kRequestConsumer));
    World world{machine};
    page.put_all(message(MessageType::kGetDomainPath, 1, "3\0"s));
    EXPECT_TRUE(world.knock(1).empty());
}

TEST(Restart, FinishesAReconnection) {
    Machine machine;
    GuestPage& page = machine.page(1);
    {
        World world{machine};
        prepare(world);
        page.put_all(message(MessageType::kGetDomainPath, 1, "3\0"s));
        world.knock(1);
    }
    page.set_word(GuestPage::kConnection, 1);
    World world{machine};
    world.turns();
    EXPECT_EQ(page.word(GuestPage::kConnection), 0U);
    page.put_all(message(MessageType::kGetDomainPath, 1, "3\0"s));
    EXPECT_EQ(world.knock(1).size(), 1U);
}

TEST(Restart, BeginsAnewWhereThePageIsNotAsItWasLeft) {
    Machine machine;
    GuestPage& page = machine.page(1);
    {
        World world{machine};
        prepare(world);
        page.put_all(message(MessageType::kGetDomainPath, 1, "3\0"s));
        world.knock(1);
    }
    for (std::size_t at = GuestPage::kRequestConsumer; at <= GuestPage::kReplyProducer; at += 4)
        page.set_word(at, 0x4000);
    World world{machine};
    page.put_all(message(MessageType::kGetDomainPath, 1, "3\0"s));
    EXPECT_EQ(world.knock(1).size(), 1U);
}

}  // namespace
}  // namespace zeroth::xenstored
