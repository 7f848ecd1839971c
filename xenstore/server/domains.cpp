// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <utility>

#include "core/log.hpp"
#include "xenstore/server/store_impl.hpp"

namespace zeroth::xenstored {
namespace {

template <class Number>
bool parse_number(std::string_view text, Number& number) {
    const auto end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, number);
    return error == std::errc{} && stop == end;
}

/// The topmost nodes that the domain owns, in the order they were made.
void collect_owned(const Node& node, const std::string& path, DomainId owner,
                   std::vector<std::string>& out) {
    if (!node.children) return;
    for (const auto* child : node.children->in_order()) {
        auto below = fmt::format("{}/{}", path, child->name());
        if (child->permissions->owner() == owner) {
            out.push_back(std::move(below));
        } else {
            collect_owned(*child, below, owner, out);
        }
    }
}

}  // namespace

/// Whether there is such a domain. One that is known is there until the Host has said otherwise.
bool Store::Impl::exists(DomainId domain) {
    return domain == kDomain0 || domain == kDomainAny || state_.domain(domain) ||
           host_.exists(domain);
}

Errno Store::Impl::introduce(Request& request) {
    std::array<std::string_view, 3> room;
    const auto strings = split(request.frame.payload, room);
    if (!strings || strings->size() != 3) return EINVAL;
    DomainId domain;
    std::uint64_t frame = 0;
    std::uint32_t port = 0;
    if (const auto error = domain_argument(room[0], domain)) return error;
    if (!parse_number(room[1], frame) || !parse_number(room[2], port)) return EINVAL;
    if (port == 0 || domain == kDomain0 || domain.raw() >= kFirstReservedDomain) return EINVAL;
    if (!host_.exists(domain)) return ENOENT;
    const bool known = state_.ring_of(domain) != nullptr;
    if (const auto connected = host_.connect(domain, Port{port}); !connected) {
        log::warning("introduce domain {}: {}", domain.raw(), connected.error().text());
        const auto code = connected.error().code().value();
        return code != 0 ? code : EINVAL;
    }
    change(IntroduceDomain{domain, GuestFrame{frame}, Port{port}});
    if (known) change(ResetConnection{domain});
    host_.reset(domain);
    if (!known) events_.fire_special("@introduceDomain", std::array{domain});
    acknowledge(request);
    return 0;
}

Errno Store::Impl::release(Request& request) {
    DomainId domain;
    if (const auto error = only_domain(request, domain)) return error;
    if (domain == kDomain0) return EINVAL;
    if (!state_.ring_of(domain)) return ENOENT;
    forget(domain);
    events_.fire_special("@releaseDomain", std::array{domain});
    acknowledge(request);
    return 0;
}

Errno Store::Impl::resume(Request& request) {
    DomainId domain;
    if (const auto error = only_domain(request, domain)) return error;
    if (!state_.ring_of(domain)) return ENOENT;
    state_.domains.at(domain).shut_down = false;
    host_.reset(domain);
    acknowledge(request);
    return 0;
}

Errno Store::Impl::set_target(Request& request) {
    std::array<std::string_view, 2> room;
    const auto strings = split(request.frame.payload, room);
    if (!strings || strings->size() != 2) return EINVAL;
    DomainId domain, target;
    if (const auto error = domain_argument(room[0], domain)) return error;
    if (const auto error = domain_argument(room[1], target)) return error;
    if (!state_.ring_of(domain)) return ENOENT;
    if (target != kDomain0 && !state_.ring_of(target)) return ENOENT;
    change(SetDomainTarget{domain, target});
    acknowledge(request);
    return 0;
}

Errno Store::Impl::is_introduced(Request& request) {
    DomainId domain;
    if (const auto error = only_domain(request, domain)) return error;
    const bool yes = domain == kDomain0 || domain == kDomainSelf || state_.ring_of(domain);
    reply(request, yes ? std::string_view{"T\0", 2} : std::string_view{"F\0", 2});
    return 0;
}

Errno Store::Impl::get_domain_path(Request& request) {
    DomainId domain;
    if (const auto error = only_domain(request, domain)) return error;
    if (domain == kDomainSelf) domain = request.from.domain;
    text_ = fmt::format("/local/domain/{}", domain.raw());
    text_ += '\0';
    reply(request, text_);
    return 0;
}

/// Nearly all lie in the domain's own folder: the whole tree, with every other domain's folder, is
/// only walked for what does not.
void Store::Impl::remove_orphans(DomainId domain) {
    const auto remove_below = [&](const Node* top, const std::string& path) {
        if (top == nullptr || state_.accounts.usage(domain).nodes == 0) return;
        std::vector<std::string> owned;
        collect_owned(*top, path, domain, owned);
        for (const auto& each : owned) {
            const auto removed = Ref<Node>::share(state_.tree.find(each));
            change(RemoveNode{each});
            events_.fire({each, {}, removed});
        }
    };
    if (options_.keep_orphans) return;
    const auto home = fmt::format("/local/domain/{}", domain.raw());
    remove_below(state_.tree.find(home), home);
    remove_below(state_.tree.root().get(), "");
}

/// All that is known of the domain, its nodes as well.
void Store::Impl::forget(DomainId domain) {
    if (state_.ring_of(domain)) host_.disconnect(domain);
    remove_orphans(domain);
    change(ForgetDomain{domain});
}

void Store::Impl::domains_changed(std::span<const DomainId> shut_down) {
    ++depth_;
    std::vector<DomainId> told;
    std::vector<DomainId> known;
    for (const auto& [id, domain] : state_.domains) known.push_back(id);
    for (const auto id : known) {
        if (id == kDomain0) continue;
        const bool introduced = state_.ring_of(id) != nullptr;
        if (!host_.exists(id)) {
            forget(id);
            if (introduced) told.push_back(id);
        } else if (introduced && std::ranges::find(shut_down, id) != shut_down.end()) {
            if (!std::exchange(state_.domains.at(id).shut_down, true)) told.push_back(id);
        }
    }
    if (!told.empty()) events_.fire_special("@releaseDomain", told);
    --depth_;
    static_cast<void>(commit());
}

void Store::Impl::introduce_kernel(Port port) {
    const auto* known = state_.domain(kDomain0);
    if (known && known->connection && known->port == port) return;
    change(IntroduceDomain{kDomain0, GuestFrame{0}, port});
    static_cast<void>(commit());
}

}  // namespace zeroth::xenstored
