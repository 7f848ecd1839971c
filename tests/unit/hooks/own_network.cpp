// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/hooks/own_network.hpp"

#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <sched.h>

#include <cstring>

namespace zeroth::hooks::test {

void OwnNetwork::SetUp() {
    // Whoever is not root is it in a user namespace, if the kernel lets everybody have one.
    if (::unshare(CLONE_NEWNET) != 0 && ::unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0)
        GTEST_SKIP() << "no network namespace for the test: " << std::strerror(errno);
    auto network = Network::open();
    ASSERT_TRUE(network) << network.error().text();
    network_ = *std::move(network);
    auto socket = netlink::Socket::open();
    ASSERT_TRUE(socket) << socket.error().text();
    socket_ = *std::move(socket);
}

void OwnNetwork::add(const std::string& name, const std::string& kind) {
    netlink::Request request{RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, ifinfomsg{}};
    request.add(IFLA_IFNAME, name);
    nlattr* const info = nla_nest_start(request.get(), IFLA_LINKINFO);
    request.add(IFLA_INFO_KIND, kind);
    nla_nest_end(request.get(), info);
    const auto made = socket_->ask(request);
    ASSERT_TRUE(made) << kind << " " << name << ": " << made.error().text();
}

void OwnNetwork::remove(const std::string& name) {
    netlink::Request request{RTM_DELLINK, 0, ifinfomsg{}};
    const auto removed = socket_->ask(request.add(IFLA_IFNAME, name));
    ASSERT_TRUE(removed) << removed.error().text();
}

Link OwnNetwork::link(const std::string& name) {
    auto found = network().link(name);
    EXPECT_TRUE(found) << found.error().text();
    return found.value_or(Link{});
}

}  // namespace zeroth::hooks::test
