// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <cerrno>
#include <charconv>

#include "xenstore/server/store_impl.hpp"

namespace zeroth::xenstored {

Errno Store::Impl::watch(Request& request) {
    auto& from = request.from;
    std::array<std::string_view, 3> room;
    const auto strings = split(request.frame.payload, room);
    if (!strings || strings->size() < 2) return EINVAL;
    std::optional<std::uint32_t> depth;
    if (strings->size() == 3) {
        const auto end = room[2].data() + room[2].size();
        const auto [stop, bad] = std::from_chars(room[2].data(), end, depth.emplace());
        if (bad != std::errc{} || stop != end) return EINVAL;
    }
    std::string_view path;
    if (const auto error = resolve(from, room[0], Special::kYes, path)) return error;
    if (state_.watches.find(from.id, path, room[1])) return EEXIST;
    const auto limits = state_.quotas_of(from.domain);
    if (!from.privileged()) {
        if (limits.watches != 0 && from.watches.size() >= limits.watches) return E2BIG;
        const auto memory = state_.accounts.usage(from.domain).memory;
        if (limits.memory_hard != 0 && memory > limits.memory_hard) return ENOSPC;
    }
    if (from.ring) {
        change(AddWatch{from.domain, room[0], room[1], depth});
    } else {
        state_.add_watch(from, room[0], room[1], depth);
    }
    acknowledge(request);
    events_.fire_first(*from.watches.back());
    return 0;
}

Errno Store::Impl::unwatch(Request& request) {
    auto& from = request.from;
    std::array<std::string_view, 2> room;
    const auto strings = split(request.frame.payload, room);
    if (!strings || strings->size() != 2) return EINVAL;
    std::string_view path;
    if (const auto error = resolve(from, room[0], Special::kYes, path)) return error;
    auto* found = state_.watches.find(from.id, path, room[1]);
    if (!found) return ENOENT;
    if (from.ring) {
        change(RemoveWatch{from.domain, room[0], room[1]});
    } else {
        state_.remove_watch(from, found);
    }
    acknowledge(request);
    return 0;
}

Errno Store::Impl::reset_watches(Request& request) {
    auto& from = request.from;
    if (from.ring) {
        while (!from.watches.empty()) {
            const std::string path{from.watches.back()->path()};
            const std::string token{from.watches.back()->token()};
            change(RemoveWatch{from.domain, path, token});
        }
        while (!from.transactions.empty()) {
            change(CloseTransaction{from.domain, from.transactions.begin()->first});
        }
    } else {
        state_.drop_watches_and_transactions(from);
        retries_.forget(from.id);
    }
    request.transaction = nullptr;
    acknowledge(request);
    return 0;
}

}  // namespace zeroth::xenstored
