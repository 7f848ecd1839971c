// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>

#include "core/log.hpp"
#include "xenstore/server/store_impl.hpp"
#include "xenstore/tree/path.hpp"
#include "xenstore/wire/message.hpp"

namespace zeroth::xenstored {
namespace {

bool node_path(std::string_view path) { return path.starts_with('/') && valid_path(path); }

bool short_enough(std::string_view text) { return text.size() <= xs::kMaxPayload; }

/// Whether a change that comes from a file makes sense.
class Sense {
public:
    explicit Sense(const State& state) : state_{state} {}

    bool operator()(const WriteNode& change) const {
        return node_path(change.path) && short_enough(change.value);
    }
    bool operator()(const SetNodePermissions& change) const {
        return !change.permissions.empty() && valid_path(change.path) &&
               state_.permissions(state_.tree, change.path);
    }
    bool operator()(const RemoveNode& change) const {
        return node_path(change.path) && change.path != "/";
    }
    bool operator()(const IntroduceDomain&) const { return true; }
    bool operator()(const ForgetDomain&) const { return true; }
    bool operator()(const SetDomainTarget&) const { return true; }
    bool operator()(const SetDomainFeatures&) const { return true; }
    bool operator()(const SetQuotaLimit& change) const {
        return std::ranges::find(kQuotaNames, change.name, &QuotaName::name) != kQuotaNames.end();
    }
    bool operator()(const AddWatch& change) const {
        return valid_path(change.path) && short_enough(change.token) && ring(change) &&
               !find(change);
    }
    bool operator()(const RemoveWatch& change) const {
        return valid_path(change.path) && ring(change) && find(change);
    }
    bool operator()(const OpenTransaction& change) const {
        const auto* connection = ring(change);
        return connection && change.id != 0 && !connection->transactions.contains(change.id);
    }
    bool operator()(const RingInput& change) const {
        return ring(change) && change.partial.size() < xs::kHeaderSize + xs::kMaxPayload;
    }
    bool operator()(const auto& change) const { return ring(change) != nullptr; }

private:
    const Connection* ring(const auto& change) const { return state_.ring_of(change.domain); }
    const Watch* find(const auto& change) const {
        const auto path = State::absolute(change.domain, change.path);
        return state_.watches.find(ring(change)->id, path, change.token);
    }

    const State& state_;
};

}  // namespace

Result<> State::check(const Change& change) const {
    if (std::visit(Sense{*this}, change)) return {};
    return fail(EINVAL, fmt::format("a change (of kind {}) of what is not there", change.index()));
}

Result<> Store::Impl::recover(const Change& change) {
    ZEROTH_CHECK(state_.check(change));
    state_.apply(change);
    state_.remains.decay();
    return {};
}

void Store::Impl::recovered() {
    ++depth_;
    std::vector<DomainId> lost;
    for (const auto& [id, domain] : state_.domains) {
        auto* connection = state_.ring_of(id);
        if (!connection) continue;
        for (auto& [number, transaction] : connection->transactions) {
            transaction = std::make_unique<Transaction>(number, state_.tree);
            transaction->lost = true;
        }
        if (!connection->output.unsent().empty()) events_.mark_ready(*connection);
        if (const auto connected = host_.connect(id, domain.port); !connected) {
            log::warning("connect domain {} again: {}", id.raw(), connected.error().text());
            if (id != kDomain0 && !host_.exists(id)) lost.push_back(id);
        }
    }
    for (const auto id : lost) forget(id);
    if (!lost.empty()) events_.fire_special("@releaseDomain", lost);
    --depth_;
    domains_changed({});
}

}  // namespace zeroth::xenstored
