// SPDX-License-Identifier: Apache-2.0
#include "xenstore/server/state.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>

#include "xenstore/server/store.hpp"
#include "xenstore/tree/path.hpp"

namespace zeroth::xenstored {
namespace {

constexpr std::array kForDomain0{Permission{kDomain0, Access::kNone}};
constexpr std::array kForAll{Permission{kDomain0, Access::kNone},
                             Permission{kDomainAny, Access::kRead}};

std::size_t quota_index(std::string_view name) {
    return static_cast<std::size_t>(std::ranges::find(kQuotaNames, name, &QuotaName::name) -
                                    kQuotaNames.begin());
}

}  // namespace

State::State(const Quotas& limits, std::optional<DomainId> trusted)
    : tree{context, context.permissions.get(kForDomain0)},
      introduce_permissions{context.permissions.get(kForAll)},
      release_permissions{introduce_permissions},
      quotas{limits},
      also_privileged{trusted} {
    accounts.add(*tree.root());
    tree.write("/tool/xenstored", "", std::nullopt, accounts);
}

void State::apply(const Change& change) {
    std::visit([this](const auto& which) { carry_out(which); }, change);
}

Connection& State::open(DomainId domain) {
    const auto free = std::ranges::find_if(connections, std::logical_not<>{});
    const auto index = static_cast<std::uint32_t>(free - connections.begin());
    auto made = std::make_unique<Connection>();
    made->id = ConnectionId{index};
    made->domain = domain;
    made->trusted = domain == also_privileged;
    if (free == connections.end()) {
        return *connections.emplace_back(std::move(made));
    }
    return *(*free = std::move(made));
}

void State::close(Connection& connection) {
    drop_watches_and_transactions(connection);
    connections[connection.id.raw()].reset();
}

Connection* State::connection(ConnectionId id) const {
    return id.raw() < connections.size() ? connections[id.raw()].get() : nullptr;
}

Connection* State::ring_of(DomainId id) const {
    const auto* found = domain(id);
    return found && found->connection ? connection(*found->connection) : nullptr;
}

const Domain* State::domain(DomainId id) const {
    const auto found = domains.find(id);
    return found == domains.end() ? nullptr : &found->second;
}

Domain& State::known(DomainId id) {
    auto [place, made] = domains.try_emplace(id);
    if (made) place->second.features = kServerFeatures;
    return place->second;
}

std::string State::absolute(DomainId domain, std::string_view path) {
    if (path.starts_with('/') || special_path(path)) return std::string{path};
    return fmt::format("/local/domain/{}/{}", domain.raw(), path);
}

Watch& State::add_watch(Connection& connection, std::string_view path, std::string_view token,
                        std::optional<std::uint32_t> depth) {
    auto watch = std::make_unique<Watch>();
    watch->text = absolute(connection.domain, path);
    watch->path_size = static_cast<std::uint16_t>(watch->text.size());
    watch->prefix = static_cast<std::uint16_t>(watch->text.size() - path.size());
    watch->text += token;
    watch->connection = connection.id;
    watch->sequence = ++watch_sequence;
    watch->depth = depth;
    watches.add(watch.get());
    accounts.add_memory(connection.domain, static_cast<std::int64_t>(watch->text.size()) +
                                               static_cast<std::int64_t>(sizeof *watch));
    return *connection.watches.emplace_back(std::move(watch));
}

void State::remove_watch(Connection& connection, Watch* watch) {
    accounts.add_memory(connection.domain, -static_cast<std::int64_t>(watch->text.size()) -
                                               static_cast<std::int64_t>(sizeof *watch));
    watches.remove(watch);
    const auto place = std::ranges::find(connection.watches, watch, &std::unique_ptr<Watch>::get);
    std::swap(*place, connection.watches.back());
    connection.watches.pop_back();
    if (connection.watches.empty()) connection.watches.shrink_to_fit();
}

void State::drop_watches_and_transactions(Connection& connection) {
    while (!connection.watches.empty()) {
        remove_watch(connection, connection.watches.back().get());
    }
    connection.transactions.clear();
}

Quotas State::quotas_of(DomainId id) const {
    auto limits = quotas;
    if (const auto* found = domain(id)) {
        for (const auto& [index, value] : found->quotas) limits.*kQuotaNames[index].limit = value;
    }
    return limits;
}

const Ref<PermissionList>* State::permissions(const Tree& in, std::string_view path) const {
    if (path == "@introduceDomain") return &introduce_permissions;
    if (path == "@releaseDomain") return &release_permissions;
    const auto* node = special_path(path) ? nullptr : in.find(path);
    return node ? &node->permissions : nullptr;
}

void State::carry_out(const WriteNode& change) {
    tree.write(change.path, change.value, change.owner, accounts);
}

void State::carry_out(const SetNodePermissions& change) {
    for (const auto& entry : change.permissions) {
        const auto number = entry.domain.raw();
        if (number != 0 && number < kFirstReservedDomain) known(entry.domain);
    }
    auto list = context.permissions.get(change.permissions);
    if (change.path == "@introduceDomain") {
        introduce_permissions = std::move(list);
    } else if (change.path == "@releaseDomain") {
        release_permissions = std::move(list);
    } else {
        tree.set_permissions(change.path, std::move(list), accounts);
    }
}

void State::carry_out(const RemoveNode& change) {
    const auto before = accounts.total().nodes;
    auto removed = tree.remove(change.path, accounts);
    remains.bury(std::move(removed), static_cast<std::size_t>(before - accounts.total().nodes));
}

void State::carry_out(const IntroduceDomain& change) {
    auto& domain = known(change.domain);
    domain.port = change.port;
    domain.ring = change.ring;
    if (domain.connection) return;
    auto& made = open(change.domain);
    made.ring = std::make_unique<RingStream>();
    domain.connection = made.id;
}

void State::carry_out(const ForgetDomain& change) {
    if (auto* connection = ring_of(change.domain)) close(*connection);
    domains.erase(change.domain);
    for (auto& [id, domain] : domains) {
        if (domain.target == change.domain) domain.target.reset();
    }
    context.permissions.forget(change.domain);
    accounts.inherit(change.domain, kDomain0);
}

void State::carry_out(const SetDomainTarget& change) {
    known(change.domain).target = change.target;
}

void State::carry_out(const SetDomainFeatures& change) {
    known(change.domain).features = change.features;
}

void State::carry_out(const SetQuotaLimit& change) {
    if (change.domain) {
        known(*change.domain).quotas[quota_index(change.name)] = change.value;
    } else {
        *find_quota(quotas, change.name) = change.value;
    }
}

void State::carry_out(const AddWatch& change) {
    add_watch(*ring_of(change.domain), change.path, change.token, change.depth);
}

void State::carry_out(const RemoveWatch& change) {
    auto& connection = *ring_of(change.domain);
    const auto path = absolute(change.domain, change.path);
    remove_watch(connection, watches.find(connection.id, path, change.token));
}

void State::carry_out(const OpenTransaction& change) {
    auto& connection = *ring_of(change.domain);
    auto transaction = std::make_unique<Transaction>(change.id, tree);
    connection.last_transaction = change.id;
    connection.transactions.emplace(change.id, std::move(transaction));
}

void State::carry_out(const CloseTransaction& change) {
    ring_of(change.domain)->transactions.erase(change.id);
}

void State::carry_out(const ResetConnection& change) {
    auto& connection = *ring_of(change.domain);
    drop_watches_and_transactions(connection);
    connection.output.clear();
    connection.ring->partial.clear();
    connection.ring->recorded = connection.output.end();
}

void State::carry_out(const RingInput& change) {
    auto& ring = *ring_of(change.domain)->ring;
    ring.consumer = change.consumer;
    ring.partial = change.partial;
}

void State::carry_out(const RingOutput& change) {
    auto& connection = *ring_of(change.domain);
    connection.output.append_bytes(change.bytes);
    connection.ring->producer_end += static_cast<std::uint32_t>(change.bytes.size());
    connection.ring->recorded = connection.output.end();
}

void State::carry_out(const RingOutputStart& change) {
    auto& connection = *ring_of(change.domain);
    connection.output.clear();
    connection.ring->recorded = connection.output.end();
    connection.ring->producer_end = change.producer;
}

}  // namespace zeroth::xenstored
