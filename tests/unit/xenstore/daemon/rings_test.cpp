// SPDX-License-Identifier: Apache-2.0
#include "xenstore/daemon/rings.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "tests/unit/xenstore/daemon/world.hpp"

namespace zeroth::xenstored {
namespace {

using xs::MessageType;
using namespace std::string_literals;
using namespace std::chrono_literals;

constexpr DomainId kGuest{1};

struct RingsTest : testing::Test {
    Machine machine;
    GuestPage& page = machine.page(1);
    GuestPage& other_page = machine.page(2);
    World world{machine};
    std::chrono::steady_clock::time_point now = std::chrono::steady_clock::now();

    RingsTest() {
        EXPECT_EQ(world.introduce(1, 5).payload, "OK\0"s);
        EXPECT_EQ(world.introduce(2, 5).payload, "OK\0"s);
        for (const std::string home : {"/local/domain/1", "/local/domain/2"}) {
            EXPECT_EQ(world.ask(MessageType::kWrite, home + '\0').payload, "OK\0"s);
            const std::string owner = "n" + home.substr(home.size() - 1) + '\0';
            EXPECT_EQ(world.ask(MessageType::kSetPerms, home + '\0' + owner).payload, "OK\0"s);
        }
        world.turns();
    }

    /// Nothing happens for a while; whether anything is left to unmap.
    bool rest() {
        for (int time = 0; time < 2; ++time) world.rings->rest(now += Rings::kRest + 1s);
        return world.rings->until_rest(now).has_value();
    }
    /// The domain asks and gets an answer.
    bool serves(std::uint16_t domain) {
        machine.page(domain).put_all(message(MessageType::kGetDomainPath, 77, "3\0"s));
        const auto replies = world.knock(domain);
        return replies == std::vector{Reply{MessageType::kGetDomainPath, 77, "/local/domain/3\0"s}};
    }
    /// Its fault is in its page, it gets no answers any more, and others are served.
    void expect_given_up(RingPage::Fault fault) {
        EXPECT_EQ(page.word(GuestPage::kError), static_cast<std::uint32_t>(fault));
        EXPECT_TRUE(serves(2));
        EXPECT_EQ(world.store.output(*world.store.ring(kGuest)), "");
        EXPECT_FALSE(world.rings->busy());
    }
};

TEST_F(RingsTest, AnswerRequestsInTheirOrder) {
    page.put_all(message(MessageType::kWrite, 1, "a\0one"s) +
                 message(MessageType::kRead, 2, "a\0"s) +
                 message(MessageType::kRead, 3, "/nothing\0"s));
    const std::vector<Reply> expected{{MessageType::kWrite, 1, "OK\0"s},
                                      {MessageType::kRead, 2, "one"},
                                      {MessageType::kError, 3, "EACCES\0"s}};
    const auto notified = world.channels.notified[kGuest];
    EXPECT_EQ(world.knock(1), expected);
    EXPECT_EQ(world.channels.notified[kGuest], notified + 1) << "one event for all of it";
    EXPECT_EQ(page.word(GuestPage::kRequestConsumer), page.word(GuestPage::kRequestProducer));
    EXPECT_EQ(page.word(GuestPage::kFeatures), 15U);
    EXPECT_TRUE(world.channels.masked.empty());
    EXPECT_FALSE(world.rings->busy());
}

TEST_F(RingsTest, UnmapThePagesOfTheIdleUntilTheirNextEvent) {
    EXPECT_EQ(machine.mapped, 2);
    EXPECT_FALSE(rest()) << "there is nothing left to unmap";
    EXPECT_EQ(machine.mapped, 0);
    EXPECT_TRUE(serves(1));
    EXPECT_EQ(machine.mapped, 1);
    EXPECT_FALSE(rest());
    EXPECT_EQ(machine.mapped, 0);

    page.put_all(message(MessageType::kWatch, 1, "a\0t\0"s));
    EXPECT_EQ(world.knock(1).size(), 2U);
    EXPECT_FALSE(rest());
    world.ask(MessageType::kWrite, "/local/domain/1/a\0new"s);
    world.turns();
    std::string told = page.take();
    EXPECT_EQ(take_messages(told).size(), 1U) << "what it is to be sent maps its page again";
    EXPECT_FALSE(rest());

    EXPECT_EQ(world.introduce(1, 5).payload, "OK\0"s);
    world.turns();
    EXPECT_TRUE(serves(1));
    EXPECT_FALSE(rest());
    EXPECT_EQ(world.ask(MessageType::kRelease, "1\0"s).payload, "OK\0"s);
    world.turns();
    EXPECT_TRUE(serves(2));
}

TEST_F(RingsTest, TryAgainToMapAPageThatIsNotToBeHad) {
    EXPECT_FALSE(rest());
    world.refuses_pages = true;
    EXPECT_FALSE(serves(1));
    EXPECT_FALSE(world.rings->busy());
    EXPECT_TRUE(world.channels.masked.empty());
    world.refuses_pages = false;
    world.rings->rest(now += Rings::kRest + 1s);
    EXPECT_TRUE(world.rings->busy());
    world.turns();
    std::string replies = page.take();
    EXPECT_EQ(take_messages(replies).size(), 1U);
}

TEST_F(RingsTest, AnswerOneWhoAsksOnWithoutWaitingForItsEvent) {
    const auto ask = [this] {
        page.put_all(message(MessageType::kGetDomainPath, 1, "3\0"s));
        std::string bytes = page.take();
        return take_messages(bytes).size();
    };
    ask();
    world.channels.fire(1);
    world.channels.on_notify = [&](DomainId) { EXPECT_EQ(ask(), 1U); };
    world.turn();
    for (int round = 0; round < 10; ++round) {
        EXPECT_TRUE(world.rings->asked_on());
        EXPECT_TRUE(world.rings->busy());
        EXPECT_EQ(world.channels.masked.size(), 1U) << "it is looked at without its event";
        world.turn();
    }
    world.channels.on_notify = {};
    world.turns();
    EXPECT_FALSE(world.rings->asked_on());
    EXPECT_TRUE(world.channels.masked.empty());
    EXPECT_TRUE(serves(2));
}

TEST_F(RingsTest, LetOneWhoAsksMuchAtOnceWaitForItsTurn) {
    std::string many;
    for (std::uint32_t id = 0; id < 20; ++id)
        many += message(MessageType::kGetDomainPath, id, "3\0"s);
    page.put_all(many);
    world.channels.fire(1);
    world.channels.on_notify = [&](DomainId) {
        page.take();
        page.put_all(many);
    };
    world.turn();
    EXPECT_FALSE(world.rings->asked_on());
    world.channels.on_notify = {};
}

TEST_F(RingsTest, TakeARequestInPieces) {
    const std::string whole = message(MessageType::kWrite, 1, "a\0"s + std::string(1500, 'x'));
    std::string left = whole;
    page.put(left);
    EXPECT_TRUE(world.knock(1).empty());
    page.put(left);
    EXPECT_TRUE(left.empty());
    EXPECT_EQ(world.knock(1), (std::vector{Reply{MessageType::kWrite, 1, "OK\0"s}}));
}

TEST_F(RingsTest, GiveAReplyThatIsLongerThanTheRing) {
    const std::string value(3000, 'v');
    world.ask(MessageType::kWrite, "/local/domain/1/long\0"s + value);
    page.put_all(message(MessageType::kRead, 9, "long\0"s));
    std::string stream;
    for (int i = 0; i < 4; ++i) {
        world.channels.fire(1);
        world.turns();
        stream += page.take();
    }
    EXPECT_EQ(take_messages(stream), (std::vector{Reply{MessageType::kRead, 9, value}}));
    EXPECT_TRUE(stream.empty());
}

TEST_F(RingsTest, LeaveARequestWhereItIsUntilThereIsRoomForIt) {
    world.journal.full = true;
    const auto consumed = page.word(GuestPage::kRequestConsumer);
    page.put_all(message(MessageType::kGetDomainPath, 1, "3\0"s));
    EXPECT_TRUE(world.knock(1).empty());
    EXPECT_EQ(page.word(GuestPage::kRequestConsumer), consumed);
    EXPECT_FALSE(world.rings->busy());
    const auto deadline = world.store.deadline();
    ASSERT_TRUE(deadline);

    world.journal.full = false;
    while (std::chrono::steady_clock::now() < *deadline) std::this_thread::yield();
    world.turns();
    std::string bytes = page.take();
    EXPECT_EQ(take_messages(bytes),
              (std::vector{Reply{MessageType::kGetDomainPath, 1, "/local/domain/3\0"s}}));
    EXPECT_FALSE(world.store.deadline());
    EXPECT_TRUE(serves(1));
}

TEST_F(RingsTest, ReconnectWhenThereIsRoom) {
    world.journal.full = true;
    page.set_word(GuestPage::kConnection, 1);
    world.knock(1);
    EXPECT_EQ(page.word(GuestPage::kConnection), 1U);
    EXPECT_FALSE(world.rings->busy());
    const auto deadline = world.store.deadline();
    ASSERT_TRUE(deadline);
    world.journal.full = false;
    while (std::chrono::steady_clock::now() < *deadline) std::this_thread::yield();
    world.turns();
    EXPECT_EQ(page.word(GuestPage::kConnection), 0U);
    EXPECT_TRUE(serves(1));
}

TEST_F(RingsTest, TellADomainOfWhatOthersDo) {
    page.put_all(message(MessageType::kWatch, 1, "a\0token\0"s));
    EXPECT_EQ(world.knock(1).size(), 2U);
    const auto notified = world.channels.notified[kGuest];
    world.ask(MessageType::kWrite, "/local/domain/1/a\0new"s);
    world.turn();
    EXPECT_EQ(world.channels.notified[kGuest], notified + 1);
    std::string stream = page.take();
    EXPECT_EQ(take_messages(stream),
              (std::vector{Reply{MessageType::kWatchEvent, 0, "a\0token\0"s}}));
}

TEST_F(RingsTest, GiveUpOneWhoseProducerLies) {
    for (const std::uint32_t lie : {1025U, 0x80000000U, 0xFFFFFFFFU}) {
        page.set_word(GuestPage::kRequestProducer, page.word(GuestPage::kRequestConsumer) + lie);
        world.knock(1);
        expect_given_up(RingPage::Fault::kIndex);
        page.set_word(GuestPage::kRequestProducer, page.word(GuestPage::kRequestConsumer));
        EXPECT_FALSE(serves(1)) << "not before it is introduced again";
        page.set_word(GuestPage::kRequestProducer, page.word(GuestPage::kRequestConsumer));
        world.introduce(1, 5);
        world.turns();
        EXPECT_EQ(page.word(GuestPage::kError), 0U);
        EXPECT_TRUE(serves(1));
    }
}

TEST_F(RingsTest, GiveUpOneWhoseConsumerLies) {
    page.set_word(GuestPage::kReplyConsumer, page.word(GuestPage::kReplyProducer) + 1);
    page.put_all(message(MessageType::kGetDomainPath, 1, "3\0"s));
    world.channels.fire(1);
    world.turns();
    expect_given_up(RingPage::Fault::kIndex);
}

TEST_F(RingsTest, GiveUpOneWhoseLengthIsAbsurd) {
    for (const std::uint32_t length : {4097U, 0x7FFFFFFFU, 0xFFFFFFFFU}) {
        std::string bytes = message(MessageType::kRead, 1, "a\0"s);
        std::memcpy(&bytes[12], &length, sizeof length);
        page.put_all(bytes);
        world.knock(1);
        expect_given_up(RingPage::Fault::kProtocol);
        world.introduce(1, 5);
        world.turns();
        EXPECT_TRUE(serves(1));
    }
}

TEST_F(RingsTest, DoNotTakeOurPositionsFromThePage) {
    page.put_all(message(MessageType::kGetDomainPath, 1, "3\0"s));
    page.set_word(GuestPage::kRequestConsumer, 123456);
    page.set_word(GuestPage::kReplyProducer, 654321);
    EXPECT_EQ(world.knock(1).size(), 1U);
    EXPECT_EQ(page.word(GuestPage::kRequestConsumer), page.word(GuestPage::kRequestProducer));
    EXPECT_TRUE(serves(1));
}

TEST_F(RingsTest, BeginAnewForADomainThatReconnects) {
    page.put_all(message(MessageType::kWatch, 1, "a\0token\0"s));
    world.knock(1);
    page.set_word(GuestPage::kConnection, 1);
    world.knock(1);
    EXPECT_EQ(page.word(GuestPage::kConnection), 0U);
    for (std::size_t at = GuestPage::kRequestConsumer; at <= GuestPage::kReplyProducer; at += 4)
        EXPECT_EQ(page.word(at), 0U);
    EXPECT_TRUE(serves(1));
    world.ask(MessageType::kWrite, "/local/domain/1/a\0new"s);
    world.turns();
    EXPECT_EQ(page.take(), "") << "its watches are gone";
}

TEST_F(RingsTest, LetADomainReconnectThatWasGivenUp) {
    page.set_word(GuestPage::kRequestProducer, 5000);
    world.knock(1);
    expect_given_up(RingPage::Fault::kIndex);
    page.set_word(GuestPage::kConnection, 1);
    world.knock(1);
    EXPECT_EQ(page.word(GuestPage::kError), 0U);
    EXPECT_TRUE(serves(1));
}

TEST_F(RingsTest, EndAReconnectionWithTheIntroduction) {
    page.set_word(GuestPage::kConnection, 1);
    world.introduce(1, 5);
    world.turns();
    EXPECT_EQ(page.word(GuestPage::kConnection), 0U);
    EXPECT_TRUE(serves(1));
}

TEST_F(RingsTest, PreferThePortThatTheDomainNames) {
    GuestPage& third = machine.page(3);
    third.set_word(GuestPage::kEventPort, 44);
    EXPECT_EQ(world.introduce(3, 5).payload, "OK\0"s);
    EXPECT_EQ(world.channels.remote_of(3), Port{44});
    third.set_word(GuestPage::kEventPort, 45);
    world.channels.refused = {Port{45}};
    EXPECT_EQ(world.introduce(3, 6).payload, "OK\0"s);
    EXPECT_EQ(world.channels.remote_of(3), Port{6});
    EXPECT_TRUE(serves(3));
}

TEST_F(RingsTest, AreGoneWithTheirDomains) {
    const int mapped = machine.mapped;
    const auto bound = world.channels.bound();
    world.ask(MessageType::kRelease, "1\0"s);
    world.turns();
    EXPECT_EQ(machine.mapped, mapped - 1);
    EXPECT_EQ(world.channels.bound(), bound - 1);
    EXPECT_TRUE(serves(2));
}

TEST_F(RingsTest, AreNotThereWhereTheChannelCannotBeBound) {
    const int mapped = machine.mapped;
    world.channels.refused = {Port{9}};
    EXPECT_EQ(world.introduce(7, 9).type, MessageType::kError);
    world.turns();
    EXPECT_EQ(machine.mapped, mapped);
    EXPECT_EQ(world.store.ring(DomainId{7}), std::nullopt);
}

TEST_F(RingsTest, IgnoreEventsOfNobody) {
    world.channels.fire_port(Port{4711});
    world.turns();
    EXPECT_TRUE(serves(1));
    EXPECT_FALSE(world.rings->busy());
}

TEST_F(RingsTest, DoNotWaitForADomainThatDoesNotRead) {
    page.put_all(message(MessageType::kWatch, 1, "a\0token\0"s));
    world.channels.fire(1);
    world.turns();
    world.ask(MessageType::kWrite, "/local/domain/1/b\0"s + std::string(2000, 'b'));
    for (int i = 0; i < 2000; ++i) {
        page.put_all(message(MessageType::kRead, 7, "b\0"s));
        world.channels.fire(1);
        world.turn();
        world.ask(MessageType::kWrite, "/local/domain/1/a\0x"s);
    }
    EXPECT_LT(world.store.output(*world.store.ring(kGuest)).size(), 4U << 20);
    EXPECT_TRUE(serves(2));
    EXPECT_FALSE(world.rings->busy());
}

TEST_F(RingsTest, OutliveAPageThatChangesWhileItIsRead) {
    const std::string request = message(MessageType::kWrite, 1, "a\0x"s);
    const auto scribble = [&](const std::stop_token& stop) {
        std::uint32_t state = 1;
        const auto random = [&state] { return (state = state * 1664525 + 1013904223) >> 8; };
        while (!stop.stop_requested()) {
            for (std::uint32_t at = 0; at < 1024; ++at)
                page.bytes[at] = static_cast<std::byte>(request[at % request.size()]);
            page.set_word(random() % 256 * 4, random());
            page.set_word(GuestPage::kRequestProducer,
                          page.word(GuestPage::kRequestConsumer) + random() % 1026);
            page.set_word(GuestPage::kReplyConsumer,
                          page.word(GuestPage::kReplyProducer) - random() % 1026);
        }
    };
    std::jthread scribbler{scribble};
    for (int i = 0; i < 3000; ++i) {
        world.channels.fire(1);
        world.turn();
        if (page.word(GuestPage::kError) != 0) world.introduce(1, 5);
    }
    scribbler = {};
    EXPECT_TRUE(serves(2));
}

TEST_F(RingsTest, AreServedInTurnHoweverMuchOneAsks) {
    std::string flood;
    for (int i = 0; i < 1000; ++i) flood += message(MessageType::kGetDomainPath, 1, "3\0"s);
    for (int i = 0; i < 50; ++i) {
        page.put(flood);
        other_page.put_all(message(MessageType::kGetDomainPath, 2, "3\0"s));
        world.channels.fire(1);
        world.channels.fire(2);
        world.turn();
        std::string stream = other_page.take();
        EXPECT_EQ(take_messages(stream).size(), 1U);
        page.take();
    }
}

}  // namespace
}  // namespace zeroth::xenstored
