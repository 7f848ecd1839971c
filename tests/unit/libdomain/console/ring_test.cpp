// SPDX-License-Identifier: Apache-2.0
#include "libdomain/console/ring.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstring>
#include <string>

namespace zeroth::console {
namespace {

/// The guest's side, as a kernel that keeps to the protocol, or does not.
struct Page {
    alignas(4096) std::array<std::byte, 4096> bytes{};

    std::uint32_t word(std::size_t offset) const {
        std::uint32_t value = 0;
        std::memcpy(&value, &bytes.at(offset), sizeof value);
        return value;
    }
    void set_word(std::size_t offset, std::uint32_t value) {
        std::memcpy(&bytes.at(offset), &value, sizeof value);
    }
    void print(std::string_view text) {
        std::uint32_t producer = word(kOutProducer);
        for (const char c : text) bytes.at(1024 + producer++ % 2048) = static_cast<std::byte>(c);
        set_word(kOutProducer, producer);
    }
    std::string read() {
        std::string text;
        std::uint32_t consumer = word(kInConsumer);
        for (; consumer != word(kInProducer); ++consumer)
            text += static_cast<char>(bytes.at(consumer % 1024));
        set_word(kInConsumer, consumer);
        return text;
    }
    static constexpr std::size_t kInConsumer = 3072, kInProducer = 3076, kOutConsumer = 3080,
                                 kOutProducer = 3084;
};

std::string take(Ring& ring, std::size_t most = 4096) {
    std::string copy(most, '\0');
    const std::string text{ring.peek(copy)};
    ring.consume(static_cast<std::uint32_t>(text.size()));
    return text;
}

TEST(Ring, GivesWhatWasPrintedOnceAndInOrder) {
    Page page;
    Ring ring{page.bytes};
    EXPECT_EQ(take(ring), "");
    page.print("hello");
    EXPECT_EQ(take(ring), "hello");
    EXPECT_EQ(take(ring), "");
    EXPECT_EQ(page.word(Page::kOutConsumer), 5U);
}

TEST(Ring, WhatIsNotConsumedComesAgain) {
    Page page;
    Ring ring{page.bytes};
    page.print("hello");
    std::array<char, 64> copy{};
    EXPECT_EQ(ring.peek(copy), "hello");
    EXPECT_EQ(ring.peek(copy), "hello");
    EXPECT_EQ(page.word(Page::kOutConsumer), 0U);
    EXPECT_EQ(take(ring, 2), "he");
    EXPECT_EQ(take(ring), "llo");
}

TEST(Ring, GoesAroundTheEndAndPastTheIndexesLargestValue) {
    Page page;
    const std::uint32_t near_the_end = 0xFFFFFF00U;
    page.set_word(Page::kOutConsumer, near_the_end);
    page.set_word(Page::kOutProducer, near_the_end);
    Ring ring{page.bytes};
    std::string printed, taken;
    for (int i = 0; i < 500; ++i) {
        const auto text = std::to_string(i) + "\r\n";
        printed += text;
        page.print(text);
        taken += take(ring, 3);
        taken += take(ring, 3);
    }
    taken += take(ring);
    EXPECT_EQ(taken, printed);
}

TEST(Ring, AFullRingIsTakenWhole) {
    Page page;
    Ring ring{page.bytes};
    page.print("x");
    take(ring);
    const std::string full(2048, 'y');
    page.print(full);
    EXPECT_EQ(take(ring), full);
}

TEST(Ring, AnIndexTooFarAheadIsNotBelieved) {
    Page page;
    Ring ring{page.bytes};
    page.print("abc");
    take(ring);
    page.set_word(Page::kOutProducer, 3 + 2049);
    EXPECT_LE(take(ring).size(), 2048U);
    EXPECT_EQ(ring.lies(), 1U);
    page.print("after");
    EXPECT_EQ(take(ring), "after");
}

TEST(Ring, AGuestThatBeginsAnewIsFollowed) {
    Page page;
    Ring ring{page.bytes};
    page.print(std::string(2000, 'x'));
    take(ring);
    page.print(std::string(2000, 'x'));
    take(ring);
    page.bytes = {};
    page.print("boot");
    EXPECT_EQ(take(ring), "boot");
}

TEST(Ring, OurIndexIsNotTakenFromTheGuestAgain) {
    Page page;
    Ring ring{page.bytes};
    page.print("abc");
    take(ring);
    page.set_word(Page::kOutConsumer, 0);
    EXPECT_EQ(take(ring), "");
    page.print("def");
    EXPECT_EQ(take(ring), "def");
    EXPECT_EQ(page.word(Page::kOutConsumer), 6U);
}

TEST(Ring, WhatIsTypedReachesTheGuest) {
    Page page;
    Ring ring{page.bytes};
    EXPECT_EQ(ring.put("ls\n"), 3U);
    EXPECT_EQ(page.read(), "ls\n");
}

TEST(Ring, NoMoreIsTypedThanThereIsRoomFor) {
    Page page;
    Ring ring{page.bytes};
    const std::string much(3000, 'a');
    EXPECT_EQ(ring.put(much), 1024U);
    EXPECT_EQ(ring.put("b"), 0U);
    EXPECT_EQ(page.read().size(), 1024U);
    EXPECT_EQ(ring.put("b"), 1U);
    EXPECT_EQ(page.read(), "b");
}

TEST(Ring, ALyingReaderOfInputGetsNoMoreThanARingFull) {
    Page page;
    Ring ring{page.bytes};
    ring.put("abc");
    page.set_word(Page::kInConsumer, 77777);
    EXPECT_LE(ring.put(std::string(3000, 'a')), 1024U);
    EXPECT_EQ(ring.lies(), 1U);
}

TEST(Ring, SaysThatItIsConnected) {
    Page page;
    page.bytes.at(3088) = std::byte{1};
    Ring ring{page.bytes};
    ring.mark_connected();
    EXPECT_EQ(page.bytes.at(3088), std::byte{0});
}

}  // namespace
}  // namespace zeroth::console
