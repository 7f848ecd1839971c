// SPDX-License-Identifier: Apache-2.0
#include "libdomain/hypervisor/sim/remote/line.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "libdomain/hypervisor/sim/remote/arena.hpp"

namespace zeroth::hyper::sim {
namespace {

TEST(Packet, ComesOutOfAnySplitOfItsBytes) {
    std::string bytes;
    encode({3, {1, 2, ~std::uint64_t{0}}, "text"}, bytes);
    encode({4, {}, {}}, bytes);
    for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
        std::string arrived = bytes.substr(0, cut);
        std::vector<Packet> packets;
        for (const auto& rest : {std::string{}, bytes.substr(cut)}) {
            arrived += rest;
            for (;;) {
                auto packet = decode(arrived);
                ASSERT_TRUE(packet);
                if (!*packet) break;
                packets.push_back(**std::move(packet));
            }
        }
        ASSERT_EQ(packets.size(), 2U);
        EXPECT_EQ(packets[0].code, 3U);
        EXPECT_EQ(packets[0].words, (std::vector<std::uint64_t>{1, 2, ~std::uint64_t{0}}));
        EXPECT_EQ(packets[0].text, "text");
        EXPECT_EQ(packets[1].code, 4U);
    }
}

TEST(Packet, IsRefusedWhenItClaimsToBeHuge) {
    std::string bytes(24, '\xff');
    EXPECT_FALSE(decode(bytes));
}

TEST(Line, SaysHowToStartTheMachineThatIsNotThere) {
    const auto opened = Line::open("/nowhere/machine", Role::kCommands, {});
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().hint(), "Start it first: xen-sim --socket /nowhere/machine");
}

TEST(Arena, GivesZeroedPagesAndJoinsThemAgain) {
    auto arena = Arena::create();
    ASSERT_TRUE(arena);
    const auto first = arena->take(1), second = arena->take(4097);
    ASSERT_EQ(first.size(), 4096U);
    ASSERT_EQ(second.size(), 8192U);
    std::ranges::fill(first, std::byte{1});
    arena->give(first);
    arena->give(second);
    const auto all = arena->take(arena->bytes().size());
    ASSERT_EQ(all.size(), arena->bytes().size());
    EXPECT_EQ(all[0], std::byte{0});
    EXPECT_TRUE(arena->take(1).empty());
    arena->give(all);
    EXPECT_FALSE(arena->take(1).empty());
}

}  // namespace
}  // namespace zeroth::hyper::sim
