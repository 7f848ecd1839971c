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

std::string list_quotas(const Quotas& limits) {
    std::string text;
    for (const auto& [name, limit] : kQuotaNames) {
        text += fmt::format("{:<18}{:>10}\n", name, limits.*limit);
    }
    return text;
}

constexpr std::string_view kLiveUpdate =
    "Start the new xenstored: it takes over from this one, with all it knows.\n";

}  // namespace

struct Store::Impl::Command {
    std::string_view name;
    Errno (Impl::*run)(Arguments arguments);
    std::string_view arguments;
};

std::span<const Store::Impl::Command> Store::Impl::commands() {
    static constexpr std::array kCommands{
        Command{"check", &Impl::control_check, ""},
        Command{"help", &Impl::control_help, ""},
        Command{"live-update", &Impl::control_live_update, ""},
        Command{"log", &Impl::control_log, " [on|off]"},
        Command{"logfile", &Impl::control_logfile, " <file>"},
        Command{"memreport", &Impl::control_memreport, " [<file>]"},
        Command{"print", &Impl::control_print, " <text>"},
        Command{"quota", &Impl::control_quota, " [<domid> | set <quota> <value>]"},
        Command{"quota-soft", &Impl::control_quota_soft, " [set <quota> <value>]"},
        Command{"stats", &Impl::control_stats, ""},
    };
    return kCommands;
}

Errno Store::Impl::control_check(Arguments arguments) {
    if (!arguments.empty()) return EINVAL;
    text_ = check(state_);
    return 0;
}

Errno Store::Impl::control_help(Arguments arguments) {
    if (!arguments.empty()) return EINVAL;
    text_.clear();
    for (const auto& command : commands()) {
        text_ += fmt::format("{}{}\n", command.name, command.arguments);
    }
    return 0;
}

/// Whatever its arguments are: the reference's say how, and ours goes another way.
Errno Store::Impl::control_live_update(Arguments) {
    text_ = kLiveUpdate;
    return 0;
}

Errno Store::Impl::control_print(Arguments arguments) {
    if (arguments.size() != 1) return EINVAL;
    log::info("domain 0 says: {}", arguments[0]);
    text_ = "OK";
    return 0;
}

Errno Store::Impl::control_stats(Arguments arguments) {
    if (!arguments.empty()) return EINVAL;
    text_ = stats(state_, requests_);
    return 0;
}

Errno Store::Impl::control_quota(Arguments arguments) { return show_or_set_quota(arguments, ""); }

Errno Store::Impl::control_quota_soft(Arguments arguments) {
    return show_or_set_quota(arguments, "-soft");
}

Errno Store::Impl::show_or_set_quota(Arguments arguments, std::string_view suffix) {
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
    if (!strings || strings->empty()) return EINVAL;
    const auto all = commands();
    const auto command = std::ranges::find(all, strings->front(), &Command::name);
    if (command == all.end()) return EINVAL;
    if (const auto error = (this->*command->run)(strings->subspan(1))) return error;
    if (text_.size() > xs::kMaxPayload - 1) text_.resize(xs::kMaxPayload - 1);
    text_ += '\0';
    reply(request, text_);
    return 0;
}

}  // namespace zeroth::xenstored
