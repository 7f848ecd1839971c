// SPDX-License-Identifier: Apache-2.0
#include "daemon/http/streams.hpp"

#include <fmt/format.h>

#include <atomic>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/experimental/concurrent_channel.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <limits>

namespace zeroth::daemon::http {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

constexpr auto kToken = asio::as_tuple(asio::use_awaitable);

/// What a job and its session share, until both are done with it.
struct Lines {
    explicit Lines(const asio::any_io_executor& executor)
        : lines{executor, std::numeric_limits<std::size_t>::max()} {}

    /// As many as a create has steps, at most; an empty one is the last. (Closing the channel
    /// instead would lose what was not received yet.)
    asio::experimental::concurrent_channel<void(error_code, std::string)> lines;
    std::atomic<bool> gone = false;
};

asio::awaitable<void> run_job(const LineJob* job, std::shared_ptr<Lines> lines) {
    const LineSink sink{
        [&](std::string line) { lines->lines.try_send(error_code{}, std::move(line)); },
        lines->gone};
    job->run(sink);
    lines->lines.try_send(error_code{}, std::string{});
    co_return;
}

/// Rung from any thread; waited for on the io thread.
class Bell : public std::enable_shared_from_this<Bell> {
public:
    explicit Bell(const asio::any_io_executor& executor) : timer_{executor} {}

    void ring() {
        asio::post(timer_.get_executor(), [self = shared_from_this()] { self->ring_here(); });
    }
    void hang_up() {
        gone_ = true;
        ring_here();
    }
    bool gone() const { return gone_; }

    enum class Heard { kBell, kNothing };
    /// Until it rings, or rang since the last time.
    asio::awaitable<Heard> wait(std::chrono::milliseconds patience) {
        if (!rung_) {
            timer_.expires_after(patience);
            co_await timer_.async_wait(kToken);
        }
        co_return std::exchange(rung_, false) ? Heard::kBell : Heard::kNothing;
    }

private:
    void ring_here() {
        rung_ = true;
        timer_.cancel();
    }

    asio::steady_timer timer_;
    bool rung_ = false, gone_ = false;
};

}  // namespace

asio::awaitable<bool> send_lines(Connection& connection, const LineJob& job,
                                 asio::thread_pool& workers, Framing framing) {
    std::string head = stream_head("application/x-ndjson", framing);
    error_code error = co_await connection.write(std::move(head));
    if (error) co_return false;
    auto lines = std::make_shared<Lines>(connection.executor());
    connection.on_hang_up([lines] { lines->gone = true; });
    asio::co_spawn(workers, run_job(&job, lines), asio::detached);
    for (;;) {
        const auto [ended, line] = co_await lines->lines.async_receive(kToken);
        if (ended || line.empty()) break;
        if (error) continue;
        std::string piece = stream_piece(line, framing);
        error = co_await connection.write(std::move(piece));
        if (error) lines->gone = true;
    }
    connection.cancel();
    if (error) co_return false;
    std::string end = stream_end(framing);
    error = co_await connection.write(std::move(end));
    co_return !error && framing.version >= 11 && framing.keep_alive;
}

asio::awaitable<bool> send_feed(Connection& connection, std::unique_ptr<Feed> feed,
                                Framing framing) {
    std::string piece = stream_head(feed->content_type(), framing);
    error_code error = co_await connection.write(std::move(piece));
    const bool goes_on = framing.version >= 11 && framing.keep_alive;
    if (error || framing.head_only) co_return !error && goes_on;
    auto bell = std::make_shared<Bell>(connection.executor());
    feed->subscribe([bell] { bell->ring(); });
    connection.on_hang_up([bell] { bell->hang_up(); });
    while (!error && !bell->gone()) {
        std::string text = feed->take();
        if (text.empty()) {
            if (feed->ended()) break;
            const auto heard = co_await bell->wait(connection.limits().heartbeat);
            if (heard == Bell::Heard::kBell) continue;
            text = feed->heartbeat();
        }
        piece = stream_piece(text, framing);
        error = co_await connection.write(std::move(piece));
    }
    connection.cancel();
    if (error || bell->gone()) co_return false;
    piece = stream_end(framing);
    error = co_await connection.write(std::move(piece));
    co_return !error && goes_on;
}

asio::awaitable<bool> hand_over(Connection& connection, const Upgrade& upgrade) {
    std::string head =
        fmt::format("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: {}\r\n",
                    upgrade.protocol);
    if (!upgrade.header.empty()) head += fmt::format("{}: {}\r\n", upgrade.header, upgrade.value);
    head += "\r\n";
    const auto error = co_await connection.write(std::move(head));
    if (error) co_return false;
    std::string early;
    UniqueFd fd = connection.release(early);
    asio::local::stream_protocol::socket socket{connection.executor()};
    error_code failed = asio::error::make_error_code(asio::error::bad_descriptor);
    if (fd) socket.assign(asio::local::stream_protocol{}, fd.get(), failed);
    if (failed) co_return false;
    fd.release();
    upgrade.take(std::move(socket), std::move(early));
    co_return false;
}

}  // namespace zeroth::daemon::http
