// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <boost/asio/local/stream_protocol.hpp>
#include <expected>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "daemon/http/feed.hpp"

/// HTTP without a connection: requests and replies as values, and which handler a request is for.
namespace zeroth::daemon::http {

struct Request {
    std::string method;
    /// The path's decoded segments: "/v1/domains/g1" is {"v1", "domains", "g1"}.
    std::vector<std::string> path;
    std::map<std::string, std::string> query;
    std::string body;
    /// What the route's `{...}` segments matched, in order.
    std::vector<std::string> arguments;
    /// Whether its sender may do what needs Access::kChange.
    bool may_change = false;

    bool has(const std::string& key) const;
};

struct Reply {
    unsigned status = 200;
    std::string content_type = "application/json";
    std::string body;
};

/// Where a streaming handler's lines go.
struct LineSink {
    std::function<void(std::string)> send;
    /// Turns true when the client hangs up.
    const std::atomic<bool>& gone;
};

/// What an upgrade gives in place of a reply: a header for the client, and who takes the
/// connection from there (on the connection's thread), with what the client sent already.
struct Upgrade {
    std::string header, value;
    std::function<void(boost::asio::local::stream_protocol::socket socket, std::string first)> take;
};

enum class Access { kRead, kChange };

struct Route {
    std::string_view method;
    /// Segments in braces match anything.
    std::string_view pattern;
    Access access;
    /// Exactly one of these four is set. A streaming handler's reply is application/x-ndjson.
    std::function<Reply(const Request&)> handle;
    std::function<void(const Request&, const LineSink&)> stream;
    /// For requests with `Upgrade: <protocol>` (RFC 9110, 7.8), and no others.
    std::function<std::expected<Upgrade, Reply>(const Request&)> upgrade = {};
    std::string_view protocol = {};
    std::function<std::expected<std::unique_ptr<Feed>, Reply>(const Request&)> feed = {};
};

/// Splits and decodes a request's target; an Error for one that is no path.
Result<> parse_target(std::string_view target, Request& request);

class Router {
public:
    explicit Router(std::vector<Route> routes);
    /// The route, with `request.arguments` filled in; or what to reply instead (404, 405).
    std::expected<const Route*, Reply> find(Request& request) const;

private:
    struct Entry {
        Route route;
        std::vector<std::string_view> segments;
    };
    std::vector<Entry> entries_;
};

/// An Error as application/problem+json.
Reply problem(const Error& error);
Reply problem(unsigned status, std::string title, std::string detail);

}  // namespace zeroth::daemon::http
