// SPDX-License-Identifier: Apache-2.0
#include "daemon/http/head.hpp"

#include <fmt/format.h>

#include <boost/asio/error.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/rfc7230.hpp>
#include <boost/beast/http/status.hpp>

#include "core/append.hpp"

namespace zeroth::daemon::http {
namespace {

namespace beast = boost::beast::http;
using boost::beast::iequals;

/// The part before any parameters: "application/json" of "application/json; charset=utf-8".
std::string_view essence(std::string_view content_type) {
    content_type = content_type.substr(0, content_type.find(';'));
    while (content_type.ends_with(' ')) content_type.remove_suffix(1);
    return content_type;
}

void start_line(std::string& out, unsigned status, const Framing& framing) {
    const auto reason = beast::obsolete_reason(static_cast<beast::status>(status));
    append(out, "HTTP/1.{} {} {}\r\nServer: xld/{}\r\n", framing.version % 10, status,
           std::string_view{reason}, ZEROTH_VERSION);
    if (framing.version < 11 && framing.keep_alive) out += "Connection: keep-alive\r\n";
    if (framing.version >= 11 && !framing.keep_alive) out += "Connection: close\r\n";
}

}  // namespace

std::optional<Reply> read_head(const Connection::Parser& parser, Request& request,
                               Framing& framing) {
    const auto& message = parser.get();
    framing = {message.version(), message.keep_alive(), message.method() == beast::verb::head};
    request.method = std::string{message.method_string()};
    for (const auto* name : {"accept", "content-type", "last-event-id", "upgrade"}) {
        const auto found = message.find(name);
        if (found != message.end()) request.fields[name] = std::string{found->value()};
    }
    beast::token_list tokens{message[beast::field::connection]};
    if (!tokens.exists("upgrade")) request.fields.erase("upgrade");
    const auto expect = message[beast::field::expect];
    if (!expect.empty() && !iequals(expect, "100-continue")) {
        return problem(417, "Expectation Failed", "of expectations there is 100-continue");
    }
    // OPTIONS may be asked of the server as a whole (RFC 9110, 9.3.7).
    if (message.method() == beast::verb::options && message.target() == "*") {
        return Reply{204, "", "", {{"Allow", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"}}};
    }
    if (const auto parsed = parse_target(message.target(), request); !parsed) {
        return problem(parsed.error());
    }
    return std::nullopt;
}

std::optional<Reply> check_content(const Route& route, const Request& request) {
    const auto given = essence(request.field("content-type"));
    if (given.empty()) return std::nullopt;
    const bool json = iequals(given, "application/json");
    if (route.takes == Takes::kJson ? json : !json) return std::nullopt;
    const auto* wanted = route.takes == Takes::kJson ? "application/json" : "text/plain";
    auto refused =
        problem(415, "Unsupported Media Type", fmt::format("this takes {}, not {}", wanted, given));
    refused.fields.emplace_back("Accept", wanted);
    return refused;
}

std::optional<Reply> reply_to_unreadable(Connection::ErrorCode error, const Limits& limits) {
    if (error == boost::asio::error::timed_out) {
        return problem(408, "Request Timeout", "the request did not arrive whole in time");
    }
    if (error == beast::error::body_limit) {
        return problem(
            413, "Content Too Large",
            fmt::format("a request's body has at most {} KiB", limits.body_bytes / 1024));
    }
    if (error == beast::error::header_limit || error == beast::error::buffer_overflow) {
        return problem(
            431, "Request Header Fields Too Large",
            fmt::format("a request's header has at most {} KiB", limits.header_bytes / 1024));
    }
    if (error == beast::error::end_of_stream) return std::nullopt;
    if (error == beast::error::partial_message) {
        return problem(400, "Bad Request", "the request stops half way");
    }
    if (error.category() != make_error_code(beast::error::end_of_stream).category()) {
        return std::nullopt;
    }
    return problem(400, "Bad Request", "not HTTP: " + error.message());
}

std::optional<Reply> refuse_upgrade(const Upgrade& upgrade, const Request& request) {
    if (iequals(request.field("upgrade"), upgrade.protocol)) return std::nullopt;
    auto refused =
        problem(426, "Upgrade Required",
                fmt::format("ask with `Connection: Upgrade' and `Upgrade: {}'", upgrade.protocol));
    refused.fields.emplace_back("Upgrade", upgrade.protocol);
    return refused;
}

std::string whole(const Reply& reply, const Framing& framing) {
    std::string out;
    start_line(out, reply.status, framing);
    for (const auto& [name, value] : reply.fields) {
        append(out, "{}: {}\r\n", name, value);
    }
    if (reply.status == 204) return out + "\r\n";
    append(out, "Content-Type: {}\r\nContent-Length: {}\r\n\r\n", reply.content_type,
           reply.body.size());
    if (!framing.head_only) out += reply.body;
    return out;
}

std::string stream_head(std::string_view content_type, const Framing& framing) {
    std::string out;
    start_line(out, 200, framing);
    append(out, "Content-Type: {}\r\nCache-Control: no-store\r\n", content_type);
    if (framing.version >= 11) out += "Transfer-Encoding: chunked\r\n";
    return out + "\r\n";
}

std::string stream_piece(std::string_view piece, const Framing& framing) {
    if (framing.version < 11) return std::string{piece};
    return fmt::format("{:x}\r\n{}\r\n", piece.size(), piece);
}

std::string stream_end(const Framing& framing) { return framing.version >= 11 ? "0\r\n\r\n" : ""; }

}  // namespace zeroth::daemon::http
