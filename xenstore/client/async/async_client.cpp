// SPDX-License-Identifier: Apache-2.0
#include "xenstore/client/async/async_client.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "xenstore/client/async/link.hpp"
#include "xenstore/client/payload.hpp"

namespace zeroth::xs {
namespace {

namespace asio = boost::asio;
using asio::awaitable;

constexpr auto kToken = asio::as_tuple(asio::use_awaitable);
constexpr int kMaxAttempts = 100;

}  // namespace

WatchStream::WatchStream(std::shared_ptr<Link> link, std::shared_ptr<Subscription> subscription)
    : link_{std::move(link)}, subscription_{std::move(subscription)} {}

WatchStream::~WatchStream() {
    if (!subscription_) return;
    const auto& watch = subscription_->watch;
    link_->unsubscribe(watch.token);
    const Message unwatch{MessageType::kUnwatch, 0, 0,
                          with_nul(watch.path) + with_nul(watch.token)};
    link_->submit(std::make_shared<Batch>(link_->executor(), std::vector{unwatch}));
}

awaitable<Result<WatchEvent>> WatchStream::next() {
    const auto subscription = subscription_;
    auto [error, event] = co_await subscription->events.async_receive(kToken);
    if (error) co_return fail(ENOTCONN, "XenStore: watch " + subscription->watch.path);
    co_return std::move(event);
}

AsyncClient::AsyncClient(std::shared_ptr<Link> link) : link_{std::move(link)} {}

AsyncClient::~AsyncClient() {
    if (link_) link_->close(Error{ECANCELED, "XenStore"});
}

Result<AsyncClient> AsyncClient::connect(const asio::any_io_executor& executor, std::string path,
                                         Patience patience) {
    auto link = std::make_shared<Link>(executor, std::move(path), patience);
    ZEROTH_CHECK(link->open());
    return AsyncClient{std::move(link)};
}

awaitable<Result<std::vector<Message>>> AsyncClient::exchange(std::vector<Message> requests) {
    for (const auto& request : requests) {
        if (request.payload.size() > kMaxPayload) co_return fail(E2BIG, "a XenStore request");
    }
    const auto batch = std::make_shared<Batch>(link_->executor(), std::move(requests));
    link_->submit(batch);
    const auto [cancelled] = co_await batch->done.async_receive(kToken);
    if (cancelled) co_return fail(ECANCELED, "XenStore");
    if (batch->error) co_return fail(*batch->error);
    co_return std::move(batch->replies);
}

awaitable<Result<std::string>> AsyncClient::request(Message message, std::string what) {
    std::vector<Message> one;
    one.push_back(std::move(message));
    auto replies = co_await exchange(std::move(one));
    if (!replies) co_return fail(std::move(replies).error().within("XenStore: " + what));
    if (const auto error = error_of(replies->front())) co_return fail(*error, "XenStore: " + what);
    co_return std::move(replies->front().payload);
}

awaitable<Result<std::vector<std::optional<std::string>>>> AsyncClient::read(
    std::vector<std::string> paths) {
    std::vector<Message> requests;
    for (const auto& path : paths) requests.push_back({MessageType::kRead, 0, 0, with_nul(path)});
    ZEROTH_CO_TRY(auto replies, co_await exchange(std::move(requests)));
    co_return take_values(paths, std::move(replies));
}

awaitable<Result<std::vector<std::string>>> AsyncClient::directory(std::string path) {
    Message whole{MessageType::kDirectory, 0, 0, with_nul(path)};
    auto reply = co_await request(std::move(whole), "list " + path);
    if (reply) co_return split_nul(*reply);
    if (reply.error().is(ENOENT)) co_return std::vector<std::string>();
    if (!reply.error().is(E2BIG)) co_return fail(std::move(reply).error());
    DirectoryParts parts{path};
    for (bool complete = false; !complete;) {
        auto next = parts.next_request();
        ZEROTH_CO_TRY(const auto part, co_await request(std::move(next), "list " + path));
        ZEROTH_CO_TRY(complete, parts.add(part));
    }
    co_return parts.names();
}

awaitable<Result<>> AsyncClient::change(TransactionId transaction,
                                        const std::vector<Change>& changes) {
    auto requests = to_messages(transaction, changes);
    ZEROTH_CO_TRY(const auto replies, co_await exchange(std::move(requests)));
    ZEROTH_CO_CHECK(check_changes(changes, replies));
    for (const auto& change : changes) {
        const auto* prune = std::get_if<Prune>(&change);
        if (prune == nullptr) continue;
        auto questions = prune_questions(transaction, prune->path);
        ZEROTH_CO_TRY(const auto answers, co_await exchange(std::move(questions)));
        if (!may_prune(answers)) continue;
        Message removal{MessageType::kRm, 0, transaction.raw(), with_nul(prune->path)};
        ZEROTH_CO_TRY(const auto removed, co_await request(std::move(removal), describe(change)));
    }
    co_return Result<>();
}

awaitable<Result<>> AsyncClient::apply(std::vector<Change> changes) {
    for (int attempt = 0;; ++attempt) {
        Message start{MessageType::kTransactionStart, 0, 0, with_nul("")};
        ZEROTH_CO_TRY(const auto started,
                      co_await request(std::move(start), "start a transaction"));
        ZEROTH_CO_TRY(const auto id, parse_transaction(started));
        auto outcome = co_await change(id, changes);
        Message end{MessageType::kTransactionEnd, 0, id.raw(), with_nul(outcome ? "T" : "F")};
        auto ended = co_await request(std::move(end), "commit a transaction");
        if (outcome && !ended) outcome = fail(std::move(ended).error());
        // Changes made twice are as changes made once, so a commit may be repeated.
        const bool again =
            !outcome && (outcome.error().is(EAGAIN) || outcome.error().is(ECONNRESET));
        if (!again || attempt == kMaxAttempts) co_return outcome;
    }
}

awaitable<Result<WatchStream>> AsyncClient::watch(std::string path,
                                                  std::optional<std::uint32_t> depth) {
    Watch watch{path, link_->next_token(), depth};
    auto subscription = std::make_shared<Subscription>(link_->executor(), watch);
    // Before the reply, which the first event follows at once.
    link_->subscribe(subscription);
    auto message = watch_request(watch);
    auto set = co_await request(std::move(message), "watch " + path);
    if (!set) {
        link_->unsubscribe(watch.token);
        co_return fail(std::move(set).error());
    }
    co_return WatchStream(link_, std::move(subscription));
}

}  // namespace zeroth::xs
