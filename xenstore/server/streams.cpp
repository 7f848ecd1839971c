// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cerrno>
#include <utility>

#include "core/log.hpp"
#include "xenstore/server/store_impl.hpp"

namespace zeroth::xenstored {
namespace {

using Need = ChangeSink::Need;

/// What one request of a ring's, and the reply to it, may add to a record.
constexpr std::size_t kRequestAndReply = 2 * (xs::kHeaderSize + xs::kMaxPayload) + 256;
/// Where room is short, what may be recorded of a ring until it has to wait, so that one which
/// never rests leaves the others something.
constexpr std::size_t kShare = 16 * 1024;
constexpr std::chrono::milliseconds kBetweenLooks{50};

}  // namespace

/// Ends a record: with what the rings are to be sent, which exists once and only once it is kept.
Result<> Store::Impl::commit() {
    if (depth_ != 0) return {};
    for (const auto id : events_.rings()) {
        auto* connection = state_.connection(id);
        if (!connection || !connection->ring) continue;
        auto& ring = *connection->ring;
        const auto bytes = connection->output.since(ring.recorded);
        if (bytes.empty()) continue;
        sink_.add(RingOutput{connection->domain, bytes});
        ring.recorded = connection->output.end();
        ring.since_full += bytes.size();
        ring.producer_end += static_cast<std::uint32_t>(bytes.size());
        changed_ = true;
    }
    events_.rings().clear();
    if (!std::exchange(changed_, false)) return {};
    auto kept = sink_.commit();
    if (!kept) {
        log::error("changes cannot be kept: {}", kept.error().text());
        failure_ = kept.error();
    }
    return kept;
}

/// Whether a request of this ring's can be kept; if not, it has to wait.
bool Store::Impl::may_talk(Connection& connection, std::size_t bytes) {
    auto& ring = *connection.ring;
    const auto most = bytes + kRequestAndReply;
    if (sink_.has_room(most, Need::kTalk)) {
        ring.since_full = 0;
        return true;
    }
    const bool modest = connection.privileged() || ring.since_full < kShare;
    if (modest && sink_.has_room(most, Need::kShare)) return true;
    if (!std::exchange(ring.starved, true)) starved_.push_back(connection.domain);
    look_for_room_ = std::chrono::steady_clock::now() + kBetweenLooks;
    return false;
}

void Store::Impl::hear_starved() {
    if (starved_.empty() || std::chrono::steady_clock::now() < look_for_room_) return;
    for (const auto domain : std::exchange(starved_, {})) {
        auto* connection = state_.ring_of(domain);
        if (!connection || !std::exchange(connection->ring->starved, false)) continue;
        if (may_talk(*connection, 0)) events_.mark_ready(*connection);
    }
}

std::optional<std::chrono::steady_clock::time_point> Store::Impl::deadline() const {
    const auto held = retries_.deadline();
    if (starved_.empty()) return held;
    return std::min(held.value_or(look_for_room_), look_for_room_);
}

Result<std::size_t> Store::Impl::received(DomainId domain, std::string_view bytes,
                                          std::uint32_t consumer) {
    auto* connection = state_.ring_of(domain);
    if (!connection) return fail(ENOENT, "bytes of a domain that is not introduced");
    const auto given = bytes.size();
    std::string joined;
    if (!connection->ring->partial.empty()) {
        joined = connection->ring->partial;
        joined += bytes;
        bytes = joined;
    }
    while (!failure_) {
        ZEROTH_TRY(const auto frame, xs::parse_frame(bytes));
        // What was left of the time before is still there: only what is new is given back.
        if (!bytes.empty() && !may_talk(*connection, 0)) return std::min(bytes.size(), given);
        if (!frame) break;
        bytes.remove_prefix(frame->size());
        const auto rest = static_cast<std::uint32_t>(bytes.size());
        connection->ring->since_full += frame->size();
        change(RingInput{domain, consumer - rest, {}});
        dispatch(*connection, *frame);
        ZEROTH_CHECK(commit());
        connection = state_.ring_of(domain);
        if (!connection) return 0;
    }
    if (failure_) return fail(*failure_);
    if (bytes.empty()) return 0;
    connection->ring->since_full += bytes.size();
    change(RingInput{domain, consumer, bytes});
    ZEROTH_CHECK(commit());
    return 0;
}

void Store::Impl::restart(DomainId domain, std::uint32_t consumer, std::uint32_t producer) {
    if (!state_.ring_of(domain)) return;
    change(RingInput{domain, consumer, {}});
    change(RingOutputStart{domain, producer});
    static_cast<void>(commit());
}

}  // namespace zeroth::xenstored
