// SPDX-License-Identifier: Apache-2.0
#include "xenstore/daemon/ring_page.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "tests/unit/xenstore/daemon/guest.hpp"

namespace zeroth::xenstored {
namespace {

using Copy = std::array<char, RingPage::kRingSize>;

struct RingPageTest : testing::Test {
    GuestPage guest;
    RingPage page{guest.bytes};
    Copy copy{};
};

TEST_F(RingPageTest, GivesRequestsThatGoPastTheEndOfTheRing) {
    for (const std::uint32_t start : {0U, 1U, 1000U, 1023U, 1024U, 0xFFFFFFF0U}) {
        guest.set_word(GuestPage::kRequestConsumer, start);
        guest.set_word(GuestPage::kRequestProducer, start);
        std::string text(1024, '?');
        for (std::size_t i = 0; i < text.size(); ++i) text[i] = static_cast<char>('a' + i % 26);
        guest.put_all(text);
        EXPECT_EQ(page.requests(start, copy), text) << start;
        EXPECT_TRUE(page.has_requests(start));
        EXPECT_FALSE(page.has_requests(start + 1024));
    }
}

TEST_F(RingPageTest, RefusesAProducerThatIsTooFarAhead) {
    for (const std::uint32_t ahead : {1025U, 0x80000000U, 0xFFFFFFFFU}) {
        guest.set_word(GuestPage::kRequestProducer, 7 + ahead);
        EXPECT_EQ(page.requests(7, copy), std::nullopt) << ahead;
    }
    guest.set_word(GuestPage::kRequestProducer, 7);
    EXPECT_EQ(page.requests(7, copy), "");
}

TEST_F(RingPageTest, PutsRepliesThatGoPastTheEndOfTheRing) {
    for (const std::uint32_t start : {0U, 1020U, 0xFFFFFFFCU}) {
        page.set_positions({0, start});
        guest.set_word(GuestPage::kReplyConsumer, start);
        page.put(start, "0123456789");
        EXPECT_EQ(guest.word(GuestPage::kReplyProducer), start + 10);
        EXPECT_EQ(page.room(start + 10), 1014U);
        EXPECT_EQ(guest.take(), "0123456789");
        EXPECT_EQ(page.room(start + 10), 1024U);
    }
}

TEST_F(RingPageTest, RefusesAConsumerThatIsAheadOrFarBehind) {
    guest.set_word(GuestPage::kReplyConsumer, 11);
    EXPECT_EQ(page.room(10), std::nullopt);
    guest.set_word(GuestPage::kReplyConsumer, 10U - 1025U);
    EXPECT_EQ(page.room(10), std::nullopt);
    guest.set_word(GuestPage::kReplyConsumer, 10U - 1024U);
    EXPECT_EQ(page.room(10), 0U);
}

TEST_F(RingPageTest, ReconnectsWithBothRingsAtTheirBeginning) {
    for (std::size_t offset = 2048; offset < 2080; offset += 4) guest.set_word(offset, 77);
    EXPECT_FALSE(page.wants_reconnect());
    EXPECT_FALSE(page.accept_reconnect());
    guest.set_word(GuestPage::kConnection, 1);
    EXPECT_TRUE(page.wants_reconnect());
    page.reconnect();
    EXPECT_FALSE(page.wants_reconnect());
    for (std::size_t offset = 2048; offset < 2064; offset += 4)
        EXPECT_EQ(guest.word(offset), 0U) << offset;
    EXPECT_EQ(guest.word(GuestPage::kError), 0U);
    EXPECT_EQ(guest.word(GuestPage::kEventPort), 77U);
    EXPECT_EQ(page.event_port(), 77U);
}

}  // namespace
}  // namespace zeroth::xenstored
