// SPDX-License-Identifier: Apache-2.0
#include "hooks/firewall.hpp"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>

#include "tests/unit/hooks/own_network.hpp"

namespace zeroth::hooks {
namespace {

enum class Verdict : std::uint32_t { kDrop = NF_DROP, kAccept = NF_ACCEPT };

class FirewallTest : public test::OwnNetwork {
protected:
    /// A table with a chain of that policy, where packets are handed on; false without nf_tables.
    static bool add_chain(std::uint32_t hook, Verdict policy) {
        auto socket = netlink::Socket::open(NETLINK_NETFILTER);
        if (!socket) return false;
        const nfgenmsg family{.nfgen_family = NFPROTO_IPV4, .version = NFNETLINK_V0, .res_id = 0};
        const nfgenmsg batch{.nfgen_family = AF_UNSPEC,
                             .version = NFNETLINK_V0,
                             .res_id = htons(NFNL_SUBSYS_NFTABLES)};
        netlink::Request table{type(NFT_MSG_NEWTABLE), NLM_F_CREATE, family};
        table.add(NFTA_TABLE_NAME, std::string{"filter"});
        netlink::Request chain{type(NFT_MSG_NEWCHAIN), NLM_F_CREATE, family};
        chain.add(NFTA_CHAIN_TABLE, std::string{"filter"});
        chain.add(NFTA_CHAIN_NAME, std::string{"FORWARD"});
        nlattr* const nest = nla_nest_start(chain.get(), NFTA_CHAIN_HOOK);
        chain.add(NFTA_HOOK_HOOKNUM, htonl(hook));
        chain.add(NFTA_HOOK_PRIORITY, htonl(0));
        nla_nest_end(chain.get(), nest);
        chain.add(NFTA_CHAIN_POLICY, htonl(static_cast<std::uint32_t>(policy)));
        chain.add(NFTA_CHAIN_TYPE, std::string{"filter"});
        return in_a_batch(batch, table) && in_a_batch(batch, chain);
    }

private:
    static int type(int message) { return (NFNL_SUBSYS_NFTABLES << 8) | message; }

    /// nf_tables changes things only between two messages that frame them, all sent as one.
    static bool in_a_batch(const nfgenmsg& frame, const netlink::Request& change) {
        const netlink::Request begin{NFNL_MSG_BATCH_BEGIN, 0, frame};
        const netlink::Request end{NFNL_MSG_BATCH_END, 0, frame};
        std::unique_ptr<nl_sock, netlink::FreeSocket> socket{nl_socket_alloc()};
        nl_socket_disable_seq_check(socket.get());  // of three messages one is answered
        if (nl_connect(socket.get(), NETLINK_NETFILTER) < 0) return false;
        std::string bytes;
        for (nl_msg* message : {begin.get(), change.get(), end.get()}) {
            nl_complete_msg(socket.get(), message);
            nlmsghdr* const header = nlmsg_hdr(message);
            if (message != change.get()) header->nlmsg_flags = NLM_F_REQUEST;
            bytes.append(static_cast<const char*>(static_cast<const void*>(header)),
                         NLMSG_ALIGN(header->nlmsg_len));
        }
        if (nl_sendto(socket.get(), bytes.data(), bytes.size()) < 0) return false;
        return nl_wait_for_ack(socket.get()) == 0;
    }
};

TEST_F(FirewallTest, AHostWithoutRulesFiltersNothing) {
    const auto filtered = forwarding_is_filtered();
    ASSERT_TRUE(filtered) << filtered.error().text();
    EXPECT_FALSE(*filtered);
    EXPECT_FALSE(needs_script(VifMode::kRoute));
}

TEST_F(FirewallTest, AChainThatLetsEverythingThroughIsNone) {
    if (!add_chain(NF_INET_FORWARD, Verdict::kAccept)) GTEST_SKIP() << "no nf_tables here";
    EXPECT_FALSE(forwarding_is_filtered().value());
}

TEST_F(FirewallTest, AChainThatDropsForwardedPacketsIsOne) {
    if (!add_chain(NF_INET_FORWARD, Verdict::kDrop)) GTEST_SKIP() << "no nf_tables here";
    EXPECT_TRUE(forwarding_is_filtered().value());
    EXPECT_THAT(needs_script(VifMode::kRoute).value_or(""), ::testing::HasSubstr("forwards"));
}

TEST_F(FirewallTest, AChainForDom0sOwnPacketsIsNone) {
    if (!add_chain(NF_INET_LOCAL_IN, Verdict::kDrop)) GTEST_SKIP() << "no nf_tables here";
    EXPECT_FALSE(forwarding_is_filtered().value());
}

}  // namespace
}  // namespace zeroth::hooks
