// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/experimental/channel.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "xenstore/client/client.hpp"
#include "xenstore/client/endpoint.hpp"
#include "xenstore/client/watch.hpp"
#include "xenstore/wire/frame_reader.hpp"
#include "xenstore/wire/message.hpp"

namespace zeroth::xs {

using boost::system::error_code;

/// Requests on their way, and those who wait for the replies.
struct Batch {
    Batch(const boost::asio::any_io_executor& executor, std::vector<Message> asked)
        : requests{std::move(asked)}, done{executor, 1} {}

    std::vector<Message> requests, replies;
    /// Why there are fewer replies than requests.
    std::optional<Error> error;
    /// Has one message once all is over.
    boost::asio::experimental::channel<void(error_code)> done;

    std::span<Message> unanswered() { return std::span{requests}.subspan(replies.size()); }
};

/// A watch and its events. An error_code in place of an event is the last of them: channels lose
/// what is in them when they are closed.
struct Subscription {
    Subscription(const boost::asio::any_io_executor& executor, Watch set)
        : watch{std::move(set)}, events{executor, std::numeric_limits<std::size_t>::max()} {}

    Watch watch;
    boost::asio::experimental::channel<void(error_code, WatchEvent)> events;
};

/// The one connection behind an AsyncClient, for one thread: sends what was asked since the loop's
/// last turn at once, hands replies and events out, connects again. No coroutine is in it.
class Link : public std::enable_shared_from_this<Link> {
public:
    Link(const boost::asio::any_io_executor& executor, std::string path, Patience patience);

    const boost::asio::any_io_executor& executor() const { return executor_; }
    Result<> open();
    void submit(std::shared_ptr<Batch> batch);
    void subscribe(const std::shared_ptr<Subscription>& subscription);
    void unsubscribe(const std::string& token);
    std::string next_token();
    /// For good: whoever waits is told.
    void close(Error reason);

private:
    using Clock = std::chrono::steady_clock;

    void flush_soon();
    void flush();
    void wait_to_send();
    void wait_to_receive();
    Result<> receive();
    Result<> take(Message message);
    void take_event(const Message& message);
    void finish(Batch& batch);
    void failed(Error error);
    void come_back();
    void resume();
    void enqueue(Batch& batch);
    void check_progress();

    boost::asio::any_io_executor executor_;
    std::string path_;
    Patience patience_;
    Endpoint endpoint_;
    /// Waits on the endpoint's descriptor, which it does not own.
    boost::asio::posix::stream_descriptor ready_;
    boost::asio::steady_timer retry_, patience_timer_;
    Clock::time_point give_up_at_, last_progress_;
    FrameReader reader_;
    std::string unsent_;
    std::deque<std::shared_ptr<Batch>> pending_;
    std::map<std::string, std::weak_ptr<Subscription>, std::less<>> subscriptions_;
    std::optional<Error> closed_;
    bool flush_posted_ = false, sending_ = false, timing_ = false, away_ = false;
    /// The device has a request that it has not answered.
    bool asking_ = false;
    std::uint32_t next_request_ = 1, next_token_ = 1;
};

}  // namespace zeroth::xs
