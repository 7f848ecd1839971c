// SPDX-License-Identifier: Apache-2.0
#include "xenstore/client/async/link.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>

#include "xenstore/client/payload.hpp"

namespace zeroth::xs {
namespace {

namespace asio = boost::asio;
using asio::posix::stream_descriptor;

constexpr std::chrono::milliseconds kPause{20};

/// Whether the request waits for its answer, in whichever batch.
bool is_among(const std::deque<std::shared_ptr<Batch>>& batches, const Message& request) {
    return std::ranges::any_of(batches, [&](const auto& batch) {
        return std::ranges::any_of(batch->unanswered(), [&](const Message& other) {
            return other.type == request.type && other.payload == request.payload;
        });
    });
}

}  // namespace

Link::Link(const asio::any_io_executor& executor, std::string path, Patience patience)
    : executor_{executor},
      path_{std::move(path)},
      patience_{patience},
      ready_{executor},
      retry_{executor},
      patience_timer_{executor} {}

Result<> Link::open() {
    ZEROTH_TRY(endpoint_, open_endpoint(path_));
    error_code error;
    ready_.assign(endpoint_.fd.get(), error);
    if (error) return fail(error.value(), "wait for XenStore");
    reader_ = FrameReader{};
    unsent_.clear();
    asking_ = false;
    wait_to_receive();
    return {};
}

void Link::submit(std::shared_ptr<Batch> batch) {
    if (closed_) batch->error = *closed_;
    if (batch->error || batch->requests.empty()) return finish(*batch);
    if (pending_.empty()) last_progress_ = Clock::now();
    pending_.push_back(batch);
    if (away_) return come_back();
    enqueue(*batch);
    flush_soon();
    check_progress();
}

void Link::enqueue(Batch& batch) {
    for (auto& request : batch.unanswered()) {
        request.request_id = next_request_++;
        encode(request, unsent_);
    }
}

/// Not at once: others that are about to run in this turn of the loop may have requests too.
void Link::flush_soon() {
    if (std::exchange(flush_posted_, true)) return;
    asio::post(executor_, [self = shared_from_this()] {
        self->flush_posted_ = false;
        self->flush();
    });
}

void Link::flush() {
    if (away_ || closed_ || sending_ || asking_ || unsent_.empty()) return;
    std::string_view rest = unsent_;
    auto sent = endpoint_.send(rest);
    unsent_.erase(0, unsent_.size() - rest.size());
    if (!sent) return failed(std::move(sent).error());
    if (endpoint_.kind == Endpoint::Kind::kDevice) {
        asking_ = true;
    } else if (!unsent_.empty()) {
        wait_to_send();
    }
}

void Link::wait_to_send() {
    sending_ = true;
    ready_.async_wait(stream_descriptor::wait_write,
                      [self = shared_from_this()](const error_code& error) {
                          if (error == asio::error::operation_aborted) return;
                          self->sending_ = false;
                          self->flush();
                      });
}

void Link::wait_to_receive() {
    ready_.async_wait(stream_descriptor::wait_read,
                      [self = shared_from_this()](const error_code& error) {
                          if (error == asio::error::operation_aborted) return;
                          auto received = self->receive();
                          if (!received) return self->failed(std::move(received).error());
                          if (!self->closed_) self->wait_to_receive();
                      });
}

Result<> Link::receive() {
    ZEROTH_CHECK(endpoint_.receive(reader_));
    for (;;) {
        ZEROTH_TRY(auto message, reader_.next());
        if (!message) return {};
        ZEROTH_CHECK(take(*std::move(message)));
    }
}

Result<> Link::take(Message message) {
    if (message.type == MessageType::kWatchEvent) {
        take_event(message);
        return {};
    }
    if (pending_.empty() || message.request_id != pending_.front()->unanswered()[0].request_id) {
        return fail(EPROTO, "XenStore answered a request that was not asked");
    }
    last_progress_ = Clock::now();
    const auto batch = pending_.front();
    batch->replies.push_back(std::move(message));
    if (batch->unanswered().empty()) {
        pending_.pop_front();
        finish(*batch);
    }
    if (std::exchange(asking_, false)) flush();
    return {};
}

void Link::take_event(const Message& message) {
    auto event = parse_event(message);
    if (!event) return;
    const auto found = subscriptions_.find(event->token);
    const auto subscription = found == subscriptions_.end() ? nullptr : found->second.lock();
    if (subscription) subscription->events.try_send(error_code{}, *std::move(event));
}

void Link::finish(Batch& batch) { batch.done.try_send(error_code{}); }

/// The server that went is waited for; one that cannot be understood is not.
void Link::failed(Error error) {
    ready_.release();
    endpoint_ = Endpoint{};
    sending_ = false;
    if (!error.is(ECONNRESET)) return close(std::move(error));
    away_ = true;
    if (!pending_.empty() || !subscriptions_.empty()) come_back();
}

/// Tries now and then, for as long as patience lasts.
void Link::come_back() {
    if (give_up_at_ != Clock::time_point{}) return;
    give_up_at_ = Clock::now() + patience_.absence;
    resume();
}

void Link::resume() {
    auto opened = open();
    if (!opened && Clock::now() < give_up_at_) {
        retry_.expires_after(kPause);
        return retry_.async_wait([self = shared_from_this()](const error_code& error) {
            if (!error && !self->closed_) self->resume();
        });
    }
    give_up_at_ = {};
    if (!opened) return close(std::move(opened).error());
    away_ = false;
    const auto interrupted = std::exchange(pending_, {});
    for (const auto& [token, weak] : subscriptions_) {
        const auto subscription = weak.lock();
        if (!subscription) continue;
        auto request = watch_request(subscription->watch);
        if (is_among(interrupted, request)) continue;  // it was never set
        submit(std::make_shared<Batch>(executor_, std::vector{std::move(request)}));
    }
    for (const auto& batch : interrupted) {
        if (auto repeatable = check_repeatable(batch->unanswered()); !repeatable)
            batch->error = std::move(repeatable).error();
        submit(batch);
    }
}

void Link::check_progress() {
    if (pending_.empty() || closed_ || std::exchange(timing_, true)) return;
    patience_timer_.expires_at(last_progress_ + patience_.reply);
    patience_timer_.async_wait([self = shared_from_this()](const error_code& error) {
        self->timing_ = false;
        if (error || self->closed_ || self->pending_.empty()) return;
        const bool hung = Clock::now() >= self->last_progress_ + self->patience_.reply;
        if (hung && !self->away_) return self->close(Error{ETIMEDOUT, "wait for XenStore"});
        if (self->away_) self->last_progress_ = Clock::now();
        self->check_progress();
    });
}

void Link::subscribe(const std::shared_ptr<Subscription>& subscription) {
    subscriptions_[subscription->watch.token] = subscription;
}

void Link::unsubscribe(const std::string& token) { subscriptions_.erase(token); }

std::string Link::next_token() { return fmt::format("watch-{}", next_token_++); }

void Link::close(Error reason) {
    if (closed_) return;
    closed_ = std::move(reason);
    ready_.release();
    endpoint_ = Endpoint{};
    retry_.cancel();
    patience_timer_.cancel();
    for (const auto& batch : std::exchange(pending_, {})) {
        batch->error = *closed_;
        finish(*batch);
    }
    for (const auto& [token, weak] : std::exchange(subscriptions_, {})) {
        if (const auto subscription = weak.lock())
            subscription->events.try_send(asio::error::not_connected, WatchEvent{});
    }
}

}  // namespace zeroth::xs
