// SPDX-License-Identifier: Apache-2.0
#include "xenstore/client/client.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <thread>

#include "xenstore/client/payload.hpp"

namespace zeroth::xs {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::milliseconds kFirstPause{2}, kLongestPause{100};
constexpr int kMaxConflicts = 100;

/// Which every event of the watch ends with.
std::string event_end(const Watch& watch) { return std::string{'\0'} + watch.token + '\0'; }

}  // namespace

std::string Client::default_path() { return default_endpoint(); }

Result<std::unique_ptr<Client>> Client::connect() { return connect(default_path()); }

Result<std::unique_ptr<Client>> Client::connect(const std::string& path, Patience patience) {
    std::unique_ptr<Client> client{new Client{path, patience}};
    ZEROTH_CHECK(client->attach_once());
    return client;
}

Result<> Client::attach_once() {
    ZEROTH_TRY(auto endpoint, open_endpoint(path_));
    Connection fresh{std::move(endpoint)};
    std::vector<Message> requests, replies;
    for (const auto& watch : watches_) requests.push_back(watch_request(watch));
    ZEROTH_CHECK(fresh.exchange(requests, replies, steady_clock::now() + patience_.reply));
    for (std::size_t i = 0; i < replies.size(); ++i) {
        if (const auto error = error_of(replies[i])) {
            return fail(*error, "XenStore: set the watch of " + watches_[i].path + " again");
        }
    }
    fresh.events().insert(fresh.events().begin(), std::move_iterator{kept_events_.begin()},
                          std::move_iterator{kept_events_.end()});
    kept_events_.clear();
    connection_.emplace(std::move(fresh));
    return {};
}

Result<> Client::attach(Deadline deadline) {
    if (given_up_) return fail(ENOTCONN, "XenStore");
    for (auto pause = kFirstPause; !connection_; pause = std::min(2 * pause, kLongestPause)) {
        auto attached = attach_once();
        if (attached) break;
        if (steady_clock::now() + pause > deadline) return attached;
        std::this_thread::sleep_for(pause);
    }
    return {};
}

Result<> Client::detach(Error error) {
    const bool server_went = error.is(ECONNRESET);
    std::ranges::move(connection_->events(), std::back_inserter(kept_events_));
    connection_.reset();
    given_up_ = !server_went;
    if (server_went) return {};
    return fail(std::move(error));
}

Result<std::vector<Message>> Client::exchange(std::vector<Message> requests) {
    for (const auto& request : requests) {
        if (request.payload.size() > kMaxPayload) return fail(E2BIG, "a XenStore request");
    }
    std::vector<Message> replies;
    replies.reserve(requests.size());
    ZEROTH_CHECK(attach(steady_clock::now() + patience_.absence));
    for (;;) {
        const auto unanswered = std::span{requests}.subspan(replies.size());
        auto done =
            connection_->exchange(unanswered, replies, steady_clock::now() + patience_.reply);
        if (done) return replies;
        ZEROTH_CHECK(detach(std::move(done).error()));
        ZEROTH_CHECK(attach(steady_clock::now() + patience_.absence));
        ZEROTH_CHECK(check_repeatable(std::span{requests}.subspan(replies.size())));
    }
}

Result<std::string> Client::request(MessageType type, std::string payload, std::string_view what,
                                    TransactionId transaction) {
    std::vector<Message> requests;
    requests.push_back({type, 0, transaction.raw(), std::move(payload)});
    auto replies = exchange(std::move(requests));
    if (!replies) return fail(std::move(replies).error().within(fmt::format("XenStore: {}", what)));
    if (const auto error = error_of(replies->front())) {
        return fail(*error, fmt::format("XenStore: {}", what));
    }
    return std::move(replies->front().payload);
}

Result<> Client::transact(const std::function<Result<>(TransactionId)>& body) {
    for (int attempt = 0;; ++attempt) {
        ZEROTH_TRY(const auto start,
                   request(MessageType::kTransactionStart, with_nul(""), "start a transaction"));
        ZEROTH_TRY(const auto id, parse_transaction(start));
        auto outcome = body(id);
        auto ended = request(MessageType::kTransactionEnd, with_nul(outcome ? "T" : "F"),
                             "commit a transaction", id);
        if (outcome && !ended) outcome = fail(std::move(ended).error());
        if (outcome || !outcome.error().is(EAGAIN) || attempt == kMaxConflicts) return outcome;
    }
}

Result<> Client::watch(const Watch& watch) {
    auto message = watch_request(watch);
    ZEROTH_CHECK(request(MessageType::kWatch, std::move(message.payload), "watch " + watch.path));
    watches_.push_back(watch);
    return {};
}

Result<> Client::unwatch(std::string_view path, std::string_view token) {
    ZEROTH_CHECK(request(MessageType::kUnwatch, with_nul(path) + with_nul(token),
                         fmt::format("unwatch {}", path)));
    std::erase_if(watches_,
                  [&](const Watch& watch) { return watch.path == path && watch.token == token; });
    return {};
}

Result<WatchEvent> Client::next_event(Deadline deadline) {
    ZEROTH_TRY(const auto event, take_event({}, deadline));
    return parse_event(event);
}

Result<Message> Client::take_event(std::string_view payload_end, Deadline deadline) {
    for (;;) {
        ZEROTH_CHECK(attach(std::min(deadline, steady_clock::now() + patience_.absence)));
        auto event = connection_->next_event(payload_end, deadline);
        if (event || event.error().is(ETIMEDOUT)) return event;
        ZEROTH_CHECK(detach(std::move(event).error()));
    }
}

Result<std::string> Client::wait_for_value(std::string_view path,
                                           std::chrono::milliseconds timeout) {
    const auto deadline = steady_clock::now() + timeout;
    const Watch own{std::string{path}, fmt::format("wait-{}", ++waits_), {}};
    ZEROTH_CHECK(watch(own));
    auto value = wait(own, deadline);
    if (!given_up_) ZEROTH_CHECK(unwatch(own.path, own.token));
    if (connection_) {
        const auto end = event_end(own);
        std::erase_if(connection_->events(),
                      [&](const Message& event) { return event.payload.ends_with(end); });
    }
    return value;
}

Result<std::string> Client::wait(const Watch& own, Deadline deadline) {
    for (;;) {
        ZEROTH_TRY(auto value, read_one(own.path));
        if (value && !value->empty()) return *std::move(value);
        auto event = take_event(event_end(own), deadline);
        if (!event && event.error().is(ETIMEDOUT)) {
            return fail(ETIMEDOUT, fmt::format("wait for a value of {}", own.path));
        }
        ZEROTH_CHECK(std::move(event));
    }
}

}  // namespace zeroth::xs
