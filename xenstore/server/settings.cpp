// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <cerrno>
#include <charconv>

#include "xenstore/server/store_impl.hpp"

namespace zeroth::xenstored {
namespace {

bool parse_number(std::string_view text, std::uint32_t& number) {
    const auto end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, number);
    return error == std::errc{} && stop == end;
}

/// A request without arguments has a payload of one NUL, or of nothing.
bool no_arguments(std::string_view payload) {
    return payload.empty() || payload == std::string_view{"\0", 1};
}

}  // namespace

Errno Store::Impl::get_feature(Request& request) {
    auto features = kServerFeatures;
    if (!no_arguments(request.frame.payload)) {
        DomainId domain;
        if (const auto error = only_domain(request, domain)) return error;
        if (!request.from.privileged() && domain != request.from.domain) return EACCES;
        const auto* found = state_.domain(domain);
        if (!found && !exists(domain)) return ENOENT;
        if (found) features = found->features;
    }
    text_ = std::to_string(features);
    text_ += '\0';
    reply(request, text_);
    return 0;
}

Errno Store::Impl::set_feature(Request& request) {
    std::array<std::string_view, 2> room;
    const auto strings = split(request.frame.payload, room);
    if (!strings || strings->size() != 2) return EINVAL;
    DomainId domain;
    std::uint32_t features = 0;
    if (const auto error = domain_argument(room[0], domain)) return error;
    if (!parse_number(room[1], features) || (features & ~kServerFeatures) != 0) return EINVAL;
    if (!exists(domain)) return ENOENT;
    // The domain may have looked already.
    if (state_.ring_of(domain)) return EBUSY;
    change(SetDomainFeatures{domain, features});
    acknowledge(request);
    return 0;
}

Errno Store::Impl::get_quota(Request& request) {
    text_.clear();
    if (no_arguments(request.frame.payload)) {
        for (const auto& [name, limit] : kQuotaNames) {
            if (!text_.empty()) text_ += ' ';
            text_ += name;
        }
    } else {
        std::array<std::string_view, 2> room;
        const auto strings = split(request.frame.payload, room);
        if (!strings) return EINVAL;
        auto limits = state_.quotas;
        if (strings->size() == 2) {
            DomainId domain;
            if (const auto error = domain_argument(room[0], domain)) return error;
            if (!exists(domain)) return ENOENT;
            limits = state_.quotas_of(domain);
        }
        const auto* limit = find_quota(limits, strings->back());
        if (!limit) return EINVAL;
        text_ = std::to_string(*limit);
    }
    text_ += '\0';
    reply(request, text_);
    return 0;
}

Errno Store::Impl::set_quota(Request& request) {
    std::array<std::string_view, 3> room;
    const auto strings = split(request.frame.payload, room);
    if (!strings || strings->size() < 2) return EINVAL;
    std::optional<DomainId> domain;
    if (strings->size() == 3) {
        if (const auto error = domain_argument(room[0], domain.emplace())) return error;
        if (!exists(*domain)) return ENOENT;
    }
    const auto name = (*strings)[strings->size() - 2];
    std::uint32_t value = 0;
    if (!find_quota(state_.quotas, name) || !parse_number(strings->back(), value)) return EINVAL;
    change(SetQuotaLimit{domain, name, value});
    acknowledge(request);
    return 0;
}

}  // namespace zeroth::xenstored
