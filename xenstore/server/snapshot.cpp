// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <deque>
#include <utility>

#include "xenstore/server/store_impl.hpp"

namespace zeroth::xenstored {
namespace {

/// The tree is kept as it is; the rest, which is little, is written down as changes at once.
class StoreSnapshot final : public Store::Snapshot {
public:
    explicit StoreSnapshot(const State& state) : tree_{state.tree} {
        // What an empty store is born with may have been removed.
        nodes_first_.push_back(RemoveNode{"/tool"});
        special("@introduceDomain", *state.introduce_permissions);
        special("@releaseDomain", *state.release_permissions);
        quotas(std::nullopt, state.quotas);
        for (const auto& [id, domain] : state.domains) describe(state, id, domain);
        way_.push_back({{}, {tree_.root().get()}, 0});
    }

    bool write(ChangeSink& sink, std::size_t count) override {
        for (; count != 0 && !nodes_first_.empty(); --count) pop(nodes_first_, sink);
        for (; count != 0 && !way_.empty(); --count) write_node(sink);
        for (; count != 0 && !rest_.empty(); --count) pop(rest_, sink);
        return !nodes_first_.empty() || !way_.empty() || !rest_.empty();
    }

private:
    /// One folder on the way to the node that is written next.
    struct Folder {
        Ref<PermissionList> permissions;
        std::vector<const Node*> nodes;
        std::size_t next = 0;
    };

    static void pop(std::deque<Change>& changes, ChangeSink& sink) {
        sink.add(changes.front());
        changes.pop_front();
    }

    void write_node(ChangeSink& sink) {
        auto& folder = way_.back();
        if (folder.next == folder.nodes.size()) {
            way_.pop_back();
            path_.resize(path_.rfind('/') == path_.npos ? 0 : path_.rfind('/'));
            return;
        }
        const auto& node = *folder.nodes[folder.next++];
        const auto above = folder.permissions;
        if (!node.name().empty()) {
            path_ += '/';
            path_ += node.name();
        }
        const std::string_view path = path_.empty() ? "/" : std::string_view{path_};
        sink.add(WriteNode{path, node.value(), std::nullopt});
        if (node.permissions != above) {
            sink.add(SetNodePermissions{path, node.permissions->entries});
        }
        std::vector<const Node*> below;
        if (node.children) below = node.children->in_order();
        way_.push_back({node.permissions, std::move(below), 0});
    }

    std::string_view keep(std::string_view text) { return texts_.emplace_back(text); }

    void special(std::string_view name, const PermissionList& list) {
        const auto& entries = permissions_.emplace_back(list.entries);
        nodes_first_.push_back(SetNodePermissions{name, entries});
    }

    void quotas(std::optional<DomainId> domain, const Quotas& limits) {
        for (const auto& [name, limit] : kQuotaNames) {
            rest_.push_back(SetQuotaLimit{domain, name, limits.*limit});
        }
    }

    void describe(const State& state, DomainId id, const Domain& domain) {
        if (domain.connection) rest_.push_back(IntroduceDomain{id, domain.ring, domain.port});
        if (domain.target) rest_.push_back(SetDomainTarget{id, *domain.target});
        if (domain.features != kServerFeatures) {
            rest_.push_back(SetDomainFeatures{id, domain.features});
        }
        for (const auto& [index, value] : domain.quotas) {
            rest_.push_back(SetQuotaLimit{id, kQuotaNames[index].name, value});
        }
        if (const auto* connection = state.ring_of(id)) describe_ring(*connection);
    }

    void describe_ring(const Connection& connection) {
        const auto id = connection.domain;
        std::vector<const Watch*> watches;
        for (const auto& watch : connection.watches) watches.push_back(watch.get());
        std::ranges::sort(watches, {}, &Watch::sequence);
        for (const auto* watch : watches) {
            const auto path = keep(watch->path().substr(watch->prefix));
            rest_.push_back(AddWatch{id, path, keep(watch->token()), watch->depth});
        }
        for (const auto& [number, transaction] : connection.transactions) {
            rest_.push_back(OpenTransaction{id, number});
        }
        const auto& ring = *connection.ring;
        rest_.push_back(RingInput{id, ring.consumer, keep(ring.partial)});
        const auto unsent = connection.output.unsent();
        const auto size = static_cast<std::uint32_t>(unsent.size());
        rest_.push_back(RingOutputStart{id, ring.producer_end - size});
        if (!unsent.empty()) rest_.push_back(RingOutput{id, keep(unsent)});
    }

    Tree tree_;
    std::deque<Change> nodes_first_, rest_;
    std::deque<std::string> texts_;
    std::deque<std::vector<Permission>> permissions_;
    std::vector<Folder> way_;
    std::string path_;
};

}  // namespace

std::unique_ptr<Store::Snapshot> Store::snapshot() const {
    return std::make_unique<StoreSnapshot>(impl_->state());
}

}  // namespace zeroth::xenstored
