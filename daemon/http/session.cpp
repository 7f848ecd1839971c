// SPDX-License-Identifier: Apache-2.0
#include "daemon/http/session.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/http/error.hpp>
#include <optional>

#include "daemon/http/head.hpp"
#include "daemon/http/streams.hpp"

namespace zeroth::daemon::http {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast::http;
using boost::system::error_code;
using Parser = Connection::Parser;

/// One request on its way through: what it is, and how its answer is to be written.
struct Exchange {
    Request request;
    const Route* route = nullptr;
    Framing framing;
    bool has_body = false;
    std::chrono::steady_clock::time_point began = std::chrono::steady_clock::now();
};

asio::awaitable<void> run(const Route* route, const Request* request, Answer* answer) {
    *answer = route->handle(*request);
    co_return;
}

class Session {
public:
    Session(Connection::Socket socket, Peer peer, Shared shared, Admission::Place place)
        : connection_{std::move(socket), shared.limits},
          peer_{peer},
          shared_{shared},
          place_{std::move(place)} {}

    /// Reads and answers one request; whether the connection goes on.
    asio::awaitable<bool> once();

private:
    asio::awaitable<bool> refuse(const Exchange& exchange, const Reply& reply);
    asio::awaitable<bool> unreadable(error_code error);
    asio::awaitable<bool> take_body(Parser& parser, Exchange& exchange);
    asio::awaitable<bool> answer(Exchange& exchange);
    asio::awaitable<bool> pass_on(Exchange& exchange, Answer& answer);
    asio::awaitable<bool> finish(const Exchange& exchange, Reply reply);
    std::optional<Reply> check(Exchange& exchange) const;
    void observe(const Exchange& exchange, unsigned status) const;

    Connection connection_;
    Peer peer_;
    Shared shared_;
    Admission::Place place_;
};

void Session::observe(const Exchange& exchange, unsigned status) const {
    if (shared_.observer == nullptr) return;
    shared_.observer->answered(exchange.route, exchange.request.method, status,
                               std::chrono::steady_clock::now() - exchange.began);
}

/// The answer, where the header alone decides it.
std::optional<Reply> Session::check(Exchange& exchange) const {
    Request& request = exchange.request;
    request.may_change = peer_.may_change;
    const auto found = shared_.router.find(request);
    if (!found) return found.error();
    exchange.route = *found;
    const bool changes = exchange.route->access == Access::kChange;
    if (changes ? peer_.may_change : peer_.may_read) {
        return exchange.has_body ? check_content(*exchange.route, request) : std::nullopt;
    }
    return problem(403, "Forbidden",
                   peer_.may_read ? "changes are root's alone" : "you may not talk to xld");
}

asio::awaitable<bool> Session::finish(const Exchange& exchange, Reply reply) {
    observe(exchange, reply.status);
    std::string bytes = whole(reply, exchange.framing);
    const auto error = co_await connection_.write(std::move(bytes));
    co_return !error && exchange.framing.keep_alive;
}

/// Answers without having read the whole request: the connection is of no use any more.
asio::awaitable<bool> Session::refuse(const Exchange& exchange, const Reply& reply) {
    observe(exchange, reply.status);
    Framing framing = exchange.framing;
    framing.keep_alive = false;
    std::string bytes = whole(reply, framing);
    const auto error = co_await connection_.write(std::move(bytes));
    if (!error) co_await connection_.linger();
    co_return false;
}

asio::awaitable<bool> Session::unreadable(error_code error) {
    const std::optional<Reply> reply = reply_to_unreadable(error, shared_.limits);
    if (!reply) co_return false;
    const Exchange nothing;
    co_return co_await refuse(nothing, *reply);
}

/// Reads what belongs to the request; whether it is whole.
asio::awaitable<bool> Session::take_body(Parser& parser, Exchange& exchange) {
    if (parser.get().find(beast::field::expect) != parser.get().end() && exchange.has_body) {
        std::string go_on = "HTTP/1.1 100 Continue\r\n\r\n";
        const auto error = co_await connection_.write(std::move(go_on));
        if (error) co_return false;
    }
    if (!parser.is_done()) {
        const auto error = co_await connection_.read_body(parser);
        if (error) {
            co_await unreadable(error);
            co_return false;
        }
    }
    exchange.request.body = std::move(parser.get().body());
    co_return true;
}

asio::awaitable<bool> Session::pass_on(Exchange& exchange, Answer& answer) {
    if (auto* job = std::get_if<LineJob>(&answer)) {
        co_return co_await send_lines(connection_, *job, shared_.workers, exchange.framing);
    }
    if (auto* feed = std::get_if<std::unique_ptr<Feed>>(&answer)) {
        const bool goes_on = co_await send_feed(connection_, std::move(*feed), exchange.framing);
        place_.end_feed();
        co_return goes_on;
    }
    co_return co_await hand_over(connection_, std::get<Upgrade>(answer));
}

asio::awaitable<bool> Session::answer(Exchange& exchange) {
    Turnstile::Ticket ticket;
    if (exchange.route->lane == Lane::kLong) ticket = co_await shared_.long_jobs->enter();
    Answer answer;
    asio::awaitable<void> job = run(exchange.route, &exchange.request, &answer);
    co_await asio::co_spawn(shared_.workers, std::move(job), asio::use_awaitable);
    if (auto* upgrade = std::get_if<Upgrade>(&answer)) {
        if (auto instead = refuse_upgrade(*upgrade, exchange.request)) answer = *std::move(instead);
    }
    if (std::holds_alternative<std::unique_ptr<Feed>>(answer) && !place_.begin_feed()) {
        answer = problem(503, "Service Unavailable", "too many streams of events");
    }
    if (auto* reply = std::get_if<Reply>(&answer)) {
        Reply taken = std::move(*reply);
        co_return co_await finish(exchange, std::move(taken));
    }
    const unsigned status = std::holds_alternative<Upgrade>(answer) ? 101 : 200;
    const bool goes_on = co_await pass_on(exchange, answer);
    observe(exchange, status);
    co_return goes_on;
}

asio::awaitable<bool> Session::once() {
    place_.idle([this] { connection_.cancel(); });
    error_code error = co_await connection_.wait_for_request();
    place_.busy();
    if (error) co_return false;
    Parser parser;
    parser.body_limit(shared_.limits.body_bytes);
    parser.header_limit(shared_.limits.header_bytes);
    Exchange exchange;
    error = co_await connection_.read_header(parser);
    if (error) co_return co_await unreadable(error);
    exchange.has_body = !parser.is_done();
    std::optional<Reply> reply = read_head(parser, exchange.request, exchange.framing);
    if (!reply) reply = check(exchange);
    if (reply && exchange.has_body) co_return co_await refuse(exchange, *reply);
    if (reply) co_return co_await finish(exchange, *reply);
    const bool complete = co_await take_body(parser, exchange);
    if (!complete) co_return false;
    co_return co_await answer(exchange);
}

}  // namespace

asio::awaitable<void> serve(Connection::Socket socket, Peer peer, Shared shared,
                            Admission::Place place) {
    Session session{std::move(socket), peer, shared, std::move(place)};
    bool open = true;
    while (open) open = co_await session.once();
}

}  // namespace zeroth::daemon::http
