// SPDX-License-Identifier: Apache-2.0
#include "daemon/console/store_nodes.hpp"

#include <gtest/gtest.h>

namespace zeroth::daemon::console {
namespace {

using zeroth::console::Kind;
using Values = std::vector<std::optional<std::string>>;
constexpr DomainId kThree{3};

TEST(StoreNodes, SayWhereConsolesAre) {
    const Values values{"g1", "2", "233472", "4096", "xenconsoled", "7", "233475", {}, {}};
    ASSERT_EQ(paths_to_read(kThree).size(), values.size());
    const auto found = describe(kThree, values);
    ASSERT_EQ(found.size(), 2U);
    EXPECT_EQ(found[0].key, (Key{kThree, Kind::kPv, 0}));
    EXPECT_EQ(found[0].port, Port{2});
    EXPECT_EQ(found[0].grant, GrantRef{0});
    EXPECT_EQ(found[0].patience, 4096U);
    EXPECT_EQ(found[1].key, (Key{kThree, Kind::kVuart, 0}));
    EXPECT_EQ(found[1].frame, GuestFrame{0x39003});
    EXPECT_FALSE(found[1].grant);
}

TEST(StoreNodes, AreNotBelievedWhereTheyMakeNoSense) {
    for (const char* const port : {"", "x", "-1", "4294967296", "2 "}) {
        const Values values{"g1", port, "233472", {}, "xenconsoled", {}, {}, {}, {}};
        EXPECT_TRUE(describe(kThree, values).empty()) << port;
    }
    const Values of_a_device_model{"g1", "2", "233472", {}, "ioemu", {}, {}, {}, {}};
    EXPECT_TRUE(describe(kThree, of_a_device_model).empty());
    const Values greedy{"g1", "2", "1", "99999999999999", {}, {}, {}, {}, {}};
    EXPECT_EQ(describe(kThree, greedy).front().patience, 16U << 20);
}

TEST(StoreNodes, TellOfAChannelOnceItsFrontendHasMadeItsRing) {
    const Key key{kThree, Kind::kPv, 1};
    const auto before = describe_channel(key, {}, Values{"1", {}, {}, "1", "pty", {}, "g1"});
    EXPECT_EQ(before.frontend_state, "1");
    EXPECT_FALSE(before.ring);
    const auto after =
        describe_channel(key, {}, Values{"3", "8", "12", "2", "socket", "/run/a", "g1"});
    ASSERT_TRUE(after.ring);
    EXPECT_EQ(after.ring->grant, GrantRef{8});
    EXPECT_EQ(after.ring->port, Port{12});
    EXPECT_EQ(after.socket_path, "/run/a");
    EXPECT_EQ(channel_number("1"), 1U);
    EXPECT_FALSE(channel_number("0"));
    EXPECT_FALSE(channel_number("1x"));
}

}  // namespace
}  // namespace zeroth::daemon::console
