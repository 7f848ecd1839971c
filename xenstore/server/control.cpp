// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <iterator>

#include "core/log.hpp"
#include "xenstore/server/store_impl.hpp"

namespace zeroth::xenstored {
namespace {

using Arguments = std::span<const std::string_view>;

/// The accounts as the tree has them.
void recount(const Node& node, Accounts& accounts) {
    accounts.add(node);
    if (node.children)
        node.children->for_each([&](const Node& child) { recount(child, accounts); });
}

std::string check(const State& state) {
    Accounts counted;
    recount(*state.tree.root(), counted);
    std::string text;
    for (const auto& [domain, usage] : counted.all()) {
        const auto kept = state.accounts.usage(domain);
        if (kept.nodes == usage.nodes) continue;
        text += fmt::format("domain {}: {} nodes, {} in its account\n", domain.raw(), usage.nodes,
                            kept.nodes);
    }
    return text.empty() ? fmt::format("OK, {} nodes\n", counted.total().nodes) : text;
}

std::string stats(const State& state, std::uint64_t requests) {
    std::size_t connections = 0, watches = 0, transactions = 0, unsent = 0;
    for (const auto& connection : state.connections) {
        if (!connection) continue;
        ++connections;
        watches += connection->watches.size();
        transactions += connection->transactions.size();
        unsent += connection->output.unsent().size();
    }
    const auto introduced = std::ranges::count_if(
        state.domains, [](const auto& domain) { return domain.second.connection.has_value(); });
    return fmt::format(
        "requests: {}\nnodes: {}\nconnections: {}\ndomains: {}\nwatches: {}\n"
        "transactions: {}\nbytes to send: {}\n",
        requests, state.accounts.total().nodes, connections, introduced, watches, transactions,
        unsent);
}

std::string memory_report(const State& state) {
    std::string text;
    for (const auto& [domain, usage] : state.accounts.all()) {
        text +=
            fmt::format("domain {}: {} nodes, {} bytes\n", domain.raw(), usage.nodes, usage.memory);
    }
    return text + fmt::format("permission lists: {}\n", state.context.permissions.size());
}

std::string list_quotas(const Quotas& limits) {
    std::string text;
    for (const auto& [name, limit] : kQuotaNames) {
        text += fmt::format("{:<18}{:>10}\n", name, limits.*limit);
    }
    return text;
}

constexpr std::string_view kHelp =
    "check\nhelp\nlive-update\nlog on|off\nmemreport\nprint <text>\n"
    "quota [<domid> | set <quota> <value>]\nquota-soft [set <quota> <value>]\nstats\n";
constexpr std::string_view kLiveUpdate =
    "Start the new xenstored: it takes over from this one, with all it knows.\n";

}  // namespace

Errno Store::Impl::control_quota(Arguments arguments, std::string_view suffix) {
    if (arguments.empty()) {
        text_ = list_quotas(state_.quotas);
        return 0;
    }
    if (arguments.size() == 1) {
        DomainId domain;
        if (const auto error = domain_argument(arguments[0], domain)) return error;
        if (!exists(domain)) return ENOENT;
        text_ = list_quotas(state_.quotas_of(domain));
        return 0;
    }
    if (arguments.size() != 3 || arguments[0] != "set") return EINVAL;
    const auto name = fmt::format("{}{}", arguments[1], suffix);
    std::uint32_t value = 0;
    const auto end = arguments[2].data() + arguments[2].size();
    const auto [stop, bad] = std::from_chars(arguments[2].data(), end, value);
    if (bad != std::errc{} || stop != end || !find_quota(state_.quotas, name)) return EINVAL;
    change(SetQuotaLimit{std::nullopt, name, value});
    text_ = "OK";
    return 0;
}

Errno Store::Impl::control(Request& request) {
    std::array<std::string_view, 16> room;
    const auto strings = split(request.frame.payload, room);
    if (!strings) return EINVAL;
    const auto command = strings->front();
    const Arguments arguments = strings->subspan(1);
    Errno error = 0;
    if (command == "quota") {
        error = control_quota(arguments, "");
    } else if (command == "quota-soft") {
        error = control_quota(arguments, "-soft");
    } else if (command == "print" && arguments.size() == 1) {
        log::info("domain {} says: {}", request.from.domain.raw(), arguments[0]);
        text_ = "OK";
    } else if (command == "log" && arguments.size() == 1 &&
               (arguments[0] == "on" || arguments[0] == "off")) {
        trace_ = arguments[0] == "on" ? Trace::kOn : Trace::kOff;
        text_ = "OK";
    } else if (command == "live-update") {
        text_ = kLiveUpdate;
    } else if (!arguments.empty()) {
        error = EINVAL;
    } else if (command == "help") {
        text_ = kHelp;
    } else if (command == "check") {
        text_ = check(state_);
    } else if (command == "stats") {
        text_ = stats(state_, requests_);
    } else if (command == "memreport") {
        text_ = memory_report(state_);
    } else {
        error = EINVAL;
    }
    if (error) return error;
    if (text_.size() > xs::kMaxPayload - 1) text_.resize(xs::kMaxPayload - 1);
    text_ += '\0';
    reply(request, text_);
    return 0;
}

}  // namespace zeroth::xenstored
