// SPDX-License-Identifier: Apache-2.0
#include "daemon/http/session.hpp"

#include <sys/socket.h>

#include <atomic>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/experimental/concurrent_channel.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http.hpp>
#include <chrono>
#include <limits>
#include <memory>

namespace zeroth::daemon::http {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast::http;
using Socket = asio::local::stream_protocol::socket;
using boost::system::error_code;

constexpr auto kToken = asio::as_tuple(asio::use_awaitable);
constexpr std::uint64_t kMaxBody = 4U << 20;
/// Who waits for a feed is woken by these.
constexpr std::string_view kWake = "wake", kBeat = "beat";
constexpr std::chrono::seconds kHeartbeat{15};
constexpr std::uint32_t kMaxHeader = 16U << 10;

/// What a streaming handler and its session share, until both are done with it.
struct Stream {
    explicit Stream(const asio::any_io_executor& executor)
        : lines{executor, std::numeric_limits<std::size_t>::max()} {}

    /// As many as a create has steps, at most; an empty one is the last. (Closing the channel
    /// instead would lose what was not received yet.)
    asio::experimental::concurrent_channel<void(error_code, std::string)> lines;
    std::atomic<bool> gone = false;
};

asio::awaitable<Reply> run(const Route* route, const Request* request) {
    co_return route->handle(*request);
}

asio::awaitable<std::expected<Upgrade, Reply>> run_upgrade(const Route* route,
                                                           const Request* request) {
    co_return route->upgrade(*request);
}

asio::awaitable<void> run_stream(const Route* route, const Request* request,
                                 std::shared_ptr<Stream> stream) {
    const LineSink sink{
        [&](std::string line) { stream->lines.try_send(error_code{}, std::move(line)); },
        stream->gone};
    route->stream(*request, sink);
    stream->lines.try_send(error_code{}, std::string{});
    co_return;
}

/// Notes when the client hangs up, even while nothing is being written to it.
void watch_hang_up(Socket& socket, std::shared_ptr<Stream> stream) {
    const int fd = socket.native_handle();
    socket.async_wait(Socket::wait_read, [fd, stream](const error_code& error) {
        char byte = 0;
        if (!error && ::recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0) stream->gone = true;
    });
}

asio::awaitable<bool> send(Socket& socket, const Reply& reply, bool keep_alive) {
    beast::response<beast::string_body> response{static_cast<beast::status>(reply.status), 11};
    response.set(beast::field::content_type, reply.content_type);
    response.keep_alive(keep_alive);
    response.body() = reply.body;
    response.prepare_payload();
    const auto [error, count] = co_await beast::async_write(socket, response, kToken);
    co_return !error && keep_alive;
}

asio::awaitable<bool> send_head(Socket& socket, std::string_view content_type) {
    beast::response<beast::empty_body> head{beast::status::ok, 11};
    head.set(beast::field::content_type, content_type);
    head.chunked(true);
    beast::response_serializer<beast::empty_body> serializer{head};
    const auto [error, count] = co_await beast::async_write_header(socket, serializer, kToken);
    co_return !error;
}

/// Runs a streaming handler and passes its lines on, a chunk each, until it ends.
asio::awaitable<bool> send_stream(Socket& socket, const Route* route, const Request* request,
                                  asio::thread_pool& workers) {
    bool alive = co_await send_head(socket, "application/x-ndjson");
    if (!alive) co_return false;
    auto stream = std::make_shared<Stream>(socket.get_executor());
    watch_hang_up(socket, stream);
    asio::co_spawn(workers, run_stream(route, request, stream), asio::detached);
    for (;;) {
        const auto [ended, line] = co_await stream->lines.async_receive(kToken);
        if (ended || line.empty()) break;
        if (!alive) continue;
        const auto chunk = beast::make_chunk(asio::const_buffer{line.data(), line.size()});
        const auto [error, count] = co_await asio::async_write(socket, chunk, kToken);
        alive = !error;
        if (error) stream->gone = true;
    }
    socket.cancel();  // the wait for a hang-up
    if (!alive) co_return false;
    const auto last = beast::make_chunk_last();
    const auto [error, count] = co_await asio::async_write(socket, last, kToken);
    co_return !error;
}

using MaybeFeed = std::expected<std::unique_ptr<Feed>, Reply>;

asio::awaitable<MaybeFeed> run_feed(const Route* route, const Request* request) {
    co_return route->feed(*request);
}

/// Wakes whoever waits for the stream now and then, until it has ended.
asio::awaitable<void> beat(std::shared_ptr<Stream> stream) {
    asio::steady_timer timer{stream->lines.get_executor()};
    while (!stream->gone) {
        stream->lines.try_send(error_code{}, std::string{kBeat});
        timer.expires_after(kHeartbeat);
        co_await timer.async_wait(kToken);
    }
}

/// Passes on what the feed gives, until it ends or the client has hung up.
asio::awaitable<bool> send_feed(Socket& socket, std::unique_ptr<Feed> feed) {
    bool alive = co_await send_head(socket, feed->content_type());
    auto stream = std::make_shared<Stream>(socket.get_executor());
    watch_hang_up(socket, stream);
    feed->subscribe([stream] { stream->lines.try_send(error_code{}, std::string{kWake}); });
    asio::co_spawn(socket.get_executor(), beat(stream), asio::detached);
    while (alive && !stream->gone) {
        auto piece = feed->take();
        if (piece.empty() && feed->ended()) break;
        if (piece.empty()) {
            const auto [ended, why] = co_await stream->lines.async_receive(kToken);
            if (why != kBeat) continue;
            piece = feed->heartbeat();
        }
        const auto chunk = beast::make_chunk(asio::const_buffer{piece.data(), piece.size()});
        const auto [error, count] = co_await asio::async_write(socket, chunk, kToken);
        alive = !error;
    }
    alive = alive && !stream->gone;
    stream->gone = true;
    socket.cancel();  // the wait for a hang-up
    if (!alive) co_return false;
    const auto last = beast::make_chunk_last();
    const auto [error, count] = co_await asio::async_write(socket, last, kToken);
    co_return !error;
}

/// The connection is somebody else's afterwards, where the handler takes it.
asio::awaitable<bool> switch_protocols(Socket& socket, const Route* route, const Request* request,
                                       std::string first, asio::thread_pool& workers) {
    asio::awaitable<std::expected<Upgrade, Reply>> job = run_upgrade(route, request);
    auto upgrade = co_await asio::co_spawn(workers, std::move(job), asio::use_awaitable);
    if (!upgrade) co_return co_await send(socket, upgrade.error(), true);
    beast::response<beast::empty_body> head{beast::status::switching_protocols, 11};
    head.set(beast::field::connection, "Upgrade");
    head.set(beast::field::upgrade, std::string{route->protocol});
    if (!upgrade->header.empty()) head.set(upgrade->header, upgrade->value);
    beast::response_serializer<beast::empty_body> serializer{head};
    const auto [error, count] = co_await beast::async_write_header(socket, serializer, kToken);
    if (!error) upgrade->take(std::move(socket), std::move(first));
    co_return false;
}

bool allowed(const Peer& peer, Access access) {
    return access == Access::kChange ? peer.may_change : peer.may_read;
}

/// Answers one request; whether the connection goes on. `rest` is what was read behind it.
asio::awaitable<bool> answer(Socket& socket, beast::request<beast::string_body> message,
                             std::string_view rest, Peer peer, Shared shared) {
    const bool keep_alive = message.keep_alive();
    Request request;
    request.method = std::string{message.method_string()};
    request.may_change = peer.may_change;
    request.body = std::move(message.body());
    if (auto parsed = parse_target(message.target(), request); !parsed) {
        const Reply reply = problem(parsed.error());
        co_return co_await send(socket, reply, keep_alive);
    }
    const auto route = shared.router.find(request);
    if (!route) co_return co_await send(socket, route.error(), keep_alive);
    if (!allowed(peer, (*route)->access)) {
        const Reply reply =
            problem(403, "Forbidden",
                    peer.may_read ? "changes are root's alone" : "you may not talk to xld");
        co_return co_await send(socket, reply, keep_alive);
    }
    if ((*route)->stream) co_return co_await send_stream(socket, *route, &request, shared.workers);
    if ((*route)->feed) {
        asio::awaitable<MaybeFeed> job = run_feed(*route, &request);
        auto feed = co_await asio::co_spawn(shared.workers, std::move(job), asio::use_awaitable);
        if (!feed) co_return co_await send(socket, feed.error(), keep_alive);
        co_return co_await send_feed(socket, *std::move(feed));
    }
    if ((*route)->upgrade) {
        if (!boost::beast::iequals(message[beast::field::upgrade], (*route)->protocol)) {
            const auto wanted = "Upgrade: " + std::string{(*route)->protocol};
            const Reply reply = problem(426, "Upgrade Required", "this path needs " + wanted);
            co_return co_await send(socket, reply, keep_alive);
        }
        std::string first{rest};
        co_return co_await switch_protocols(socket, *route, &request, std::move(first),
                                            shared.workers);
    }
    asio::awaitable<Reply> job = run(*route, &request);
    const Reply reply =
        co_await asio::co_spawn(shared.workers, std::move(job), asio::use_awaitable);
    co_return co_await send(socket, reply, keep_alive);
}

}  // namespace

asio::awaitable<void> serve(Socket socket, Peer peer, Shared shared) {
    boost::beast::flat_buffer buffer;
    bool open = true;
    while (open) {
        beast::request_parser<beast::string_body> parser;
        parser.body_limit(kMaxBody);
        parser.header_limit(kMaxHeader);
        const auto [error, count] = co_await beast::async_read(socket, buffer, parser, kToken);
        if (error == beast::error::body_limit) {
            const Reply reply = problem(413, "Content Too Large", "a request has at most 4 MiB");
            co_await send(socket, reply, false);
        } else if (error && error != beast::error::end_of_stream && count > 0) {
            const Reply reply = problem(400, "Bad Request", "not HTTP: " + error.message());
            co_await send(socket, reply, false);
        }
        if (error) break;
        auto message = parser.release();
        const boost::asio::const_buffer rest = buffer.data();
        const std::string_view unread{static_cast<const char*>(rest.data()), rest.size()};
        open = co_await answer(socket, std::move(message), unread, peer, shared);
    }
    error_code ignored;
    if (socket.is_open()) socket.shutdown(Socket::shutdown_both, ignored);
}

}  // namespace zeroth::daemon::http
