// SPDX-License-Identifier: Apache-2.0
#include "hooks/network.hpp"

#include <gmock/gmock.h>
#include <sys/socket.h>

#include <algorithm>

#include "hooks/link_watch.hpp"
#include "hooks/vif_steps.hpp"
#include "tests/unit/hooks/own_network.hpp"

namespace zeroth::hooks {
namespace {

using ::testing::HasSubstr;

class NetworkTest : public test::OwnNetwork {};

TEST_F(NetworkTest, FindsAnInterfaceWithItsFacts) {
    add("xenbr0", "bridge");
    const Link found = link("xenbr0");
    EXPECT_EQ(found.name, "xenbr0");
    EXPECT_TRUE(found.is_bridge());
    EXPECT_EQ(found.mtu, Mtu{1500});
    EXPECT_FALSE(found.up);
    EXPECT_FALSE(found.bridge);
}

TEST_F(NetworkTest, NamesAnInterfaceThatIsNotThere) {
    const auto found = network().find("xenbr7");
    ASSERT_TRUE(found) << found.error().text();
    EXPECT_FALSE(*found);
    const auto link = network().link("xenbr7");
    ASSERT_FALSE(link);
    EXPECT_EQ(link.error().text(), "there is no network interface xenbr7");
    EXPECT_TRUE(link.error().is(ENODEV));
}

TEST_F(NetworkTest, ANameThatNothingCanHaveIsNotFound) {
    for (const auto* name : {"", "a-name-of-more-than-15"}) {
        const auto found = network().find(name);
        ASSERT_TRUE(found) << found.error().text();
        EXPECT_FALSE(*found) << name;
    }
}

TEST_F(NetworkTest, ChangesWhatItIsTold) {
    add("br", "bridge");
    add("vif1.0", "veth");
    const LinkIndex port = link("vif1.0").index;
    const MacAddress mac{0xfe, 0xff, 0xff, 0xff, 0xff, 0xff};
    EXPECT_TRUE(network().set_mac(port, mac));
    EXPECT_TRUE(network().set_mtu(port, Mtu{1400}));
    EXPECT_TRUE(network().rename(port, "web"));
    EXPECT_TRUE(network().set_bridge(port, link("br").index));
    EXPECT_TRUE(network().set_power(port, Power::kUp));
    const Link changed = link("web");
    EXPECT_EQ(changed.mac, kPortMac);
    EXPECT_EQ(changed.mtu, Mtu{1400});
    EXPECT_EQ(changed.bridge, link("br").index);
    EXPECT_TRUE(changed.up);
    EXPECT_TRUE(network().set_bridge(port, std::nullopt));
    EXPECT_FALSE(link("web").bridge);
}

TEST_F(NetworkTest, AnErrorHasTheKernelsWords) {
    add("br", "bridge");
    add("br2", "bridge");
    const auto joined = network().set_bridge(link("br2").index, link("br").index);
    ASSERT_FALSE(joined);
    EXPECT_THAT(joined.error().text(), HasSubstr("Can not enslave a bridge to a bridge"));
    EXPECT_TRUE(joined.error().is(ELOOP)) << joined.error().text();
}

TEST_F(NetworkTest, AddressesComeAndGoAndRoutesCome) {
    add("vif1.0", "veth");
    const LinkIndex index = link("vif1.0").index;
    const auto own = *IpPrefix::parse("10.0.0.1/24");
    const auto guest = *IpPrefix::parse("192.0.2.5");
    ASSERT_TRUE(network().set_power(index, Power::kUp));
    ASSERT_TRUE(network().add_address(index, own));
    const auto again = network().add_address(index, own);
    EXPECT_FALSE(again);
    EXPECT_TRUE(again.error().is(EEXIST));
    const auto addresses = network().addresses(index);
    ASSERT_TRUE(addresses);
    EXPECT_TRUE(std::ranges::find(*addresses, own) != addresses->end());
    EXPECT_TRUE(network().add_route(index, guest, own, RouteMetric{2}));
    EXPECT_FALSE(network().add_route(index, guest, own, RouteMetric{2}));
    EXPECT_TRUE(network().remove_address(index, own));
}

TEST_F(NetworkTest, TheWatchTellsOfANewInterface) {
    auto watch = LinkWatch::open();
    ASSERT_TRUE(watch) << watch.error().text();
    add("br", "bridge");
    char byte = 0;
    EXPECT_GT(::recv(watch->fd(), &byte, 1, MSG_PEEK | MSG_DONTWAIT), 0);
    watch->clear();
    EXPECT_LT(::recv(watch->fd(), &byte, 1, MSG_PEEK | MSG_DONTWAIT), 0);
}

TEST(IpPrefix, ReadsAndWritesBothFamilies) {
    EXPECT_EQ(IpPrefix::parse("10.0.0.2")->text(), "10.0.0.2");
    EXPECT_EQ(IpPrefix::parse("10.0.0.2")->length(), 32);
    EXPECT_EQ(IpPrefix::parse("10.0.0.0/8")->text(), "10.0.0.0/8");
    EXPECT_EQ(IpPrefix::parse("fd00::1")->text(), "fd00::1");
    EXPECT_EQ(IpPrefix::parse("fd00::/64")->text(), "fd00::/64");
    EXPECT_EQ(IpPrefix::parse("10.0.0.2/24")->host().text(), "10.0.0.2");
}

TEST(IpPrefix, RefusesWhatIsNone) {
    for (const auto* text : {"", "10.0.0", "10.0.0.256", "10.0.0.1/33", "10.0.0.1/", "10.0.0.1/-1",
                             "fd00::1/129", "dom0", "1.2.3.4 5.6.7.8", "10.0.0.1/2x"})
        EXPECT_FALSE(IpPrefix::parse(text)) << text;
}

}  // namespace
}  // namespace zeroth::hooks
