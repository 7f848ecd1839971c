// SPDX-License-Identifier: Apache-2.0
#include "hooks/vif_hotplug.hpp"

#include <gmock/gmock.h>
#include <poll.h>

#include <fstream>

#include "hooks/vif_steps.hpp"
#include "tests/unit/hooks/own_network.hpp"

namespace zeroth::hooks {
namespace {

using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr milliseconds kSoon{2000};

/// An Ethernet interface takes netback's part.
class VifHotplugTest : public test::OwnNetwork {
protected:
    void SetUp() override {
        OwnNetwork::SetUp();
        if (IsSkipped() || HasFatalFailure()) return;
        add("xenbr0", "bridge");
        ASSERT_TRUE(network().set_power(link("xenbr0").index, Power::kUp));
    }

    static VifRequest bridged() {
        return {.domain = DomainId{3}, .mode = VifMode::kBridge, .bridge = "xenbr0"};
    }
    static VifRequest routed() {
        return {.domain = DomainId{3},
                .mode = VifMode::kRoute,
                .addresses = {*IpPrefix::parse("192.0.2.5"), *IpPrefix::parse("198.51.100.0/24"),
                              *IpPrefix::parse("fd00::5")},
                .gatewaydev = "xenbr0"};
    }
    void give_bridge_an_address() {
        ASSERT_TRUE(
            network().add_address(link("xenbr0").index, *IpPrefix::parse("203.0.113.1/24")));
    }
    std::vector<IpPrefix> addresses(const std::string& name) {
        auto found = network().addresses(link(name).index);
        if (found) std::erase_if(*found, [](const IpPrefix& a) { return !a.is_v4(); });
        return found.value_or(std::vector<IpPrefix>{});
    }
    static std::string proxy_arp(const std::string& name) {
        std::ifstream file{"/proc/sys/net/ipv4/conf/" + name + "/proxy_arp"};
        std::string line;
        std::getline(file, line);
        return line;
    }
};

TEST_F(VifHotplugTest, JoinsTheBridge) {
    add("vif3.0", "veth");
    const auto ready = bring_up(network(), bridged(), kSoon);
    ASSERT_TRUE(ready) << ready.error().text();
    EXPECT_EQ(ready->interface, "vif3.0");
    EXPECT_EQ(ready->mtu, Mtu{1500});
    const Link port = link("vif3.0");
    EXPECT_TRUE(port.up);
    EXPECT_EQ(port.bridge, link("xenbr0").index);
    EXPECT_EQ(port.mac, kPortMac);
    const auto own = network().addresses(port.index);
    ASSERT_TRUE(own);
    EXPECT_THAT(*own, IsEmpty());
}

TEST_F(VifHotplugTest, TakesTheBridgesMtuUnlessGivenOne) {
    ASSERT_TRUE(network().set_mtu(link("xenbr0").index, Mtu{9000}));
    add("vif3.0", "veth");
    auto ready = bring_up(network(), bridged(), kSoon);
    ASSERT_TRUE(ready) << ready.error().text();
    EXPECT_EQ(link("vif3.0").mtu, Mtu{9000});
    add("vif3.1", "veth");
    VifRequest given = bridged();
    given.devid = 1;
    given.mtu = Mtu{1400};
    ready = bring_up(network(), given, kSoon);
    ASSERT_TRUE(ready) << ready.error().text();
    EXPECT_EQ(ready->mtu, Mtu{1400});
    EXPECT_EQ(link("vif3.1").mtu, Mtu{1400});
}

TEST_F(VifHotplugTest, GetsTheNameAskedFor) {
    add("vif3.0", "veth");
    VifRequest named = bridged();
    named.vifname = "web0";
    const auto ready = bring_up(network(), named, kSoon);
    ASSERT_TRUE(ready) << ready.error().text();
    EXPECT_EQ(ready->interface, "web0");
    EXPECT_TRUE(link("web0").up);
}

TEST_F(VifHotplugTest, ANameThatIsTakenLeavesTheInterfaceAsItWas) {
    add("vif3.0", "veth");
    add("web0", "veth");
    VifRequest named = bridged();
    named.vifname = "web0";
    const auto ready = bring_up(network(), named, kSoon);
    ASSERT_FALSE(ready);
    EXPECT_EQ(ready.error().text(),
              "cannot give vif3.0 the name web0: an interface of that name is there");
    EXPECT_FALSE(link("vif3.0").up);
    EXPECT_FALSE(link("vif3.0").bridge);
}

TEST_F(VifHotplugTest, SaysThatTheInterfaceHasNotAppeared) {
    const auto ready = bring_up(network(), bridged(), milliseconds{20});
    ASSERT_FALSE(ready);
    EXPECT_THAT(ready.error().text(), HasSubstr("the network interface vif3.0 has not appeared"));
    EXPECT_TRUE(ready.error().is(ETIMEDOUT));
}

TEST_F(VifHotplugTest, IsWokenWhenTheInterfaceAppears) {
    auto hotplug = VifHotplug::start(bridged(), VifHotplug::Clock::now() + kSoon);
    ASSERT_TRUE(hotplug) << hotplug.error().text();
    auto ready = hotplug->step();
    ASSERT_TRUE(ready);
    EXPECT_FALSE(*ready);
    pollfd waiting{.fd = hotplug->fd(), .events = POLLIN, .revents = 0};
    EXPECT_EQ(::poll(&waiting, 1, 0), 0);
    add("vif3.0", "veth");
    EXPECT_EQ(::poll(&waiting, 1, 0), 1);
    ready = hotplug->step();
    ASSERT_TRUE(ready) << ready.error().text();
    ASSERT_TRUE(*ready);
    EXPECT_TRUE(link("vif3.0").bridge);
}

TEST_F(VifHotplugTest, ABridgeThatHasGoneIsNamed) {
    add("vif3.0", "veth");
    remove("xenbr0");
    const auto ready = bring_up(network(), bridged(), kSoon);
    ASSERT_FALSE(ready);
    EXPECT_EQ(ready.error().text(), "cannot add vif3.0 to xenbr0: there is no such bridge");
}

TEST_F(VifHotplugTest, RoutesToTheGuestsAddresses) {
    give_bridge_an_address();
    add("vif3.0", "veth");
    const auto ready = bring_up(network(), routed(), kSoon);
    ASSERT_TRUE(ready) << ready.error().text();
    EXPECT_TRUE(link("vif3.0").up);
    EXPECT_FALSE(link("vif3.0").bridge);
    EXPECT_EQ(proxy_arp("vif3.0"), "1");
    EXPECT_THAT(addresses("vif3.0"), ElementsAre(*IpPrefix::parse("203.0.113.1")));
    // They are there: what is there cannot be added.
    const auto own = IpPrefix::parse("203.0.113.1");
    const auto again =
        network().add_route(ready->index, *IpPrefix::parse("192.0.2.5"), own, RouteMetric{2});
    ASSERT_FALSE(again);
    EXPECT_TRUE(again.error().is(EEXIST));
    ASSERT_TRUE(unconfigure(network(), routed(), link("vif3.0")));
    EXPECT_THAT(addresses("vif3.0"), IsEmpty());
    EXPECT_FALSE(link("vif3.0").up);
}

TEST_F(VifHotplugTest, NatMakesUpAddressesFromTheDomainsNumber) {
    add("vif259.1", "veth");
    const VifRequest request{.domain = DomainId{259}, .devid = 1, .mode = VifMode::kNat};
    const auto ready = bring_up(network(), request, kSoon);
    ASSERT_TRUE(ready) << ready.error().text();
    EXPECT_THAT(addresses("vif259.1"), ElementsAre(*IpPrefix::parse("10.1.3.129")));
    EXPECT_EQ(proxy_arp("vif259.1"), "1");
}

TEST_F(VifHotplugTest, TheCheckFindsWhatIsMissing) {
    VifRequest request = bridged();
    EXPECT_TRUE(check(network(), request));
    request.bridge = "xenbr9";
    EXPECT_EQ(check(network(), request).error().text(), "there is no bridge xenbr9");
    request.bridge = "lo";
    EXPECT_EQ(check(network(), request).error().text(), "lo is a network interface, but no bridge");
    request = bridged();
    request.vifname = "lo";
    EXPECT_EQ(check(network(), request).error().text(),
              "vifname: an interface with the name lo is there already");
    for (const auto* name : {"", "sixteen-letters-", "a b", "a/b", "."}) {
        request.vifname = name;
        EXPECT_THAT(check(network(), request).error().text(),
                    HasSubstr("is no name for a network interface"))
            << name;
    }
    EXPECT_EQ(check(network(), routed()).error().text(), "gatewaydev: xenbr0 has no IPv4 address");
    VifRequest lost = routed();
    lost.gatewaydev.reset();
    EXPECT_EQ(check(network(), lost).error().text(),
              "gatewaydev: there is no network interface eth0");
}

TEST_F(VifHotplugTest, TheCheckTellsOfAnMtuThatDiffersAndOfABridgeThatIsDown) {
    VifRequest request = bridged();
    EXPECT_THAT(*check(network(), request), IsEmpty());
    request.mtu = Mtu{9000};
    EXPECT_THAT(*check(network(), request),
                ElementsAre("the MTU asked for, 9000, is not that of the bridge xenbr0, 1500"));
    ASSERT_TRUE(network().set_power(link("xenbr0").index, Power::kDown));
    request.mtu.reset();
    EXPECT_THAT(*check(network(), request), ElementsAre("the bridge xenbr0 is down"));
}

TEST(VifRequest, AGuestsAddressForNatLeavesRoomForDom0s) {
    const VifRequest request{.domain = DomainId{1},
                             .mode = VifMode::kNat,
                             .addresses = {*IpPrefix::parse("10.0.0.200")}};
    auto network = Network::open();
    ASSERT_TRUE(network);
    const auto checked = check(*network, request);
    ASSERT_FALSE(checked);
    EXPECT_THAT(checked.error().text(), HasSubstr("10.0.0.200 leaves no room"));
}

}  // namespace
}  // namespace zeroth::hooks
