// SPDX-License-Identifier: Apache-2.0
#include "hooks/firewall.hpp"

#include <arpa/inet.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <unistd.h>

#include <cstring>
#include <fstream>

#include "hooks/netlink.hpp"

namespace zeroth::hooks {
namespace {

using netlink::Attributes;

bool file_says(const std::string& path, const std::string& word) {
    std::ifstream file{path};
    for (std::string found; file >> found;)
        if (found == word) return true;
    return false;
}

std::uint32_t number_in(nlattr* attribute) { return ntohl(nla_get_u32(attribute)); }

/// Whether a chain sees forwarded packets of IPv4 or IPv6, and may do anything to them.
bool filters_forwarding(nlmsghdr* message) {
    nfgenmsg header{};
    std::memcpy(&header, nlmsg_data(message), sizeof header);
    const auto family = header.nfgen_family;
    if (family != NFPROTO_IPV4 && family != NFPROTO_IPV6 && family != NFPROTO_INET) return false;
    const Attributes<NFTA_CHAIN_MAX> chain{message, sizeof header};
    if (chain[NFTA_CHAIN_HOOK] == nullptr) return false;  // reached from others only
    const Attributes<NFTA_HOOK_MAX> hook{chain[NFTA_CHAIN_HOOK]};
    nlattr* const place = hook[NFTA_HOOK_HOOKNUM];
    if (place == nullptr || number_in(place) != NF_INET_FORWARD) return false;
    nlattr* const policy = chain[NFTA_CHAIN_POLICY];
    nlattr* const rules = chain[NFTA_CHAIN_USE];
    return (policy != nullptr && number_in(policy) != NF_ACCEPT) ||
           (rules != nullptr && number_in(rules) != 0);
}

bool iptables_legacy_filters() {
    return file_says("/proc/net/ip_tables_names", "filter") ||
           file_says("/proc/net/ip6_tables_names", "filter");
}

bool bridges_ask_ip_filters() {
    return file_says("/proc/sys/net/bridge/bridge-nf-call-iptables", "1") ||
           file_says("/proc/sys/net/bridge/bridge-nf-call-ip6tables", "1");
}

}  // namespace

Result<bool> forwarding_is_filtered() {
    if (iptables_legacy_filters()) return true;
    auto socket = netlink::Socket::open(NETLINK_NETFILTER);
    if (!socket) return false;  // a kernel without it
    const netlink::Request request{
        (NFNL_SUBSYS_NFTABLES << 8) | NFT_MSG_GETCHAIN, NLM_F_DUMP,
        nfgenmsg{.nfgen_family = AF_UNSPEC, .version = NFNETLINK_V0, .res_id = 0}};
    bool filtered = false;
    auto asked = socket->ask(
        request, [&](nlmsghdr* message) { filtered = filtered || filters_forwarding(message); });
    if (asked) return filtered;
    const Error& error = asked.error();
    if (error.is(EINVAL) || error.is(EOPNOTSUPP)) return false;  // without nf_tables
    return fail(std::move(asked).error().within("look for firewall rules"));
}

std::optional<std::string> needs_script(VifMode mode) {
    if (mode == VifMode::kNat && ::access("/etc/dhcpd.conf", F_OK) == 0)
        return "the host has a DHCP server that is to know the guest (/etc/dhcpd.conf)";
    if (mode == VifMode::kBridge && !bridges_ask_ip_filters()) return std::nullopt;
    // Who may not ask may not set up interfaces either, and hears of that there.
    if (!forwarding_is_filtered().value_or(false)) return std::nullopt;
    return mode == VifMode::kBridge
               ? "the host filters packets on bridges (bridge-nf-call-iptables)"
               : "the host filters packets that it forwards";
}

}  // namespace zeroth::hooks
