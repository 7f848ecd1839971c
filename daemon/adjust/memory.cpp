// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <cstdlib>

#include "daemon/adjust/adjustments.hpp"

namespace zeroth::daemon {
namespace {

std::optional<KiB> number(const std::optional<std::string>& text) {
    if (!text || text->empty()) return std::nullopt;
    return KiB{std::strtoull(text->c_str(), nullptr, 10)};
}

std::vector<xs::Change> nodes_of(const hyper::DomainInfo& info,
                                 const adjust::MemoryChange& change) {
    const auto home = fmt::format("/local/domain/{}/memory", info.id.raw());
    std::vector<xs::Change> changes;
    const auto write = [&](std::string path, std::uint64_t value) {
        changes.emplace_back(xs::Write{std::move(path), fmt::to_string(value)});
    };
    if (change.static_max) write(home + "/static-max", change.static_max->raw());
    if (change.target) {
        write(home + "/target", change.target->raw());
        if (info.id != kDomain0) {
            write(fmt::format("/vm/{}/memory", info.handle.text()), change.target->raw() >> 10);
        }
    }
    return changes;
}

}  // namespace

Result<adjust::MemoryState> Adjustments::memory_state(const hyper::DomainInfo& info,
                                                      xs::Store& store) {
    const auto home = fmt::format("/local/domain/{}/memory", info.id.raw());
    const std::vector<std::string> paths{home + "/target", home + "/static-max"};
    ZEROTH_TRY(const auto values, store.read(paths));
    // Nobody may have written dom0's nodes: it has what it has, and may have what Xen allows it.
    const auto target = number(values[0]).value_or(pages_to_kib(info.tot_pages));
    if (const auto noted = number(values[1])) return adjust::MemoryState{info.id, target, *noted};
    ZEROTH_TRY(const auto host, ground_.xen.physinfo());
    const auto limit = std::min(info.max_pages, host.total_pages);
    return adjust::MemoryState{info.id, target, pages_to_kib(limit), false};
}

Result<> Adjustments::set_memory(DomainId id, const api::MemoryRequest& request) {
    ZEROTH_TRY(const auto lane, service_.enter(id));
    ZEROTH_TRY(auto store, ground_.stores.lease());
    ZEROTH_TRY(const auto info, ground_.xen.domain(id));
    ZEROTH_TRY(const auto state, memory_state(info, *store));
    auto change = adjust::plan_memory(state, request);
    if (!change) {
        return fail(std::move(change).error().within(fmt::format("memory of domain {}", id.raw())));
    }
    // Xen first: a guest that is told to grow must be allowed to.
    ZEROTH_CHECK(ground_.xen.set_max_mem(id, change->xen_limit));
    auto written = store->apply(nodes_of(info, *change));
    if (!written) {
        // As it was, then; the first Error is the one to tell.
        static_cast<void>(ground_.xen.set_max_mem(id, pages_to_kib(info.max_pages)));
        return written;
    }
    change_next_life(info.handle, [&](config::DomainConfig& config) {
        if (change->target) config.memory = change->target;
        // What it was made with, where the config leaves it open: the target may be less by now.
        config.maxmem = change->static_max.value_or(state.static_max);
    });
    const auto what = change->target ? "target" : "limit";
    const auto size = change->target.value_or(change->static_max.value_or(KiB{}));
    tell(event::kChanged, info, fmt::format("memory {} is {} KiB", what, size.raw()), "memory");
    return {};
}

}  // namespace zeroth::daemon
