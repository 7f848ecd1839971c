// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <boost/asio/local/stream_protocol.hpp>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "core/result.hpp"

/// Requests and what they are answered with, as values.
namespace zeroth::daemon::http {

struct Request {
    std::string method;
    /// The path's decoded segments: "/v1/domains/g1" is {"v1", "domains", "g1"}.
    std::vector<std::string> path;
    std::map<std::string, std::string> query;
    /// Of the header's fields those that handlers ask for, names in lower case: "accept",
    /// "content-type", "last-event-id", "upgrade" (only together with "Connection: upgrade").
    std::map<std::string, std::string> fields;
    std::string body;
    /// What the route's `{...}` segments matched, in order.
    std::vector<std::string> arguments;
    /// Whether its sender may do what needs Access::kChange.
    bool may_change = false;

    bool has(const std::string& key) const;
    /// A field's value; empty where it is not there.
    std::string_view field(const std::string& name) const;
};

struct Reply {
    unsigned status = 200;
    std::string content_type = "application/json";
    std::string body;
    /// Further fields of the header.
    std::vector<std::pair<std::string, std::string>> fields = {};
};

/// Where the lines of a LineJob go.
struct LineSink {
    std::function<void(std::string)> send;
    /// Turns true when the client hangs up.
    const std::atomic<bool>& gone;
};

/// Work that tells how it goes: the reply is application/x-ndjson, a line each. It runs on a
/// worker, after the handler.
struct LineJob {
    std::function<void(const LineSink&)> run;
};

/// A reply without an end, made piece by piece on the io thread: no worker waits for it, so there
/// may be many. What a client that reads slowly costs is the one piece that is being written.
class Feed {
public:
    virtual ~Feed() = default;
    virtual std::string_view content_type() const = 0;
    /// More of the body; empty for nothing at the moment. It must not block.
    virtual std::string take() = 0;
    /// No more will come, once take() has nothing.
    virtual bool ended() const { return false; }
    /// Said where there was nothing for a while, so that both sides learn of a dead connection.
    virtual std::string heartbeat() = 0;
    /// `wake` is to be called, from any thread, when take() may have something again.
    virtual void subscribe(std::function<void()> wake) = 0;
};

/// HTTP ends and another protocol begins: 101 Switching Protocols. A client that does not ask for
/// it in its header (`Connection: upgrade`, `Upgrade: PROTOCOL`) is answered 426 instead.
struct Upgrade {
    std::string protocol;
    /// A field of the header for the client; none where the name is empty.
    std::string header, value;
    /// Takes the connection over, on the io thread, once the 101 is sent, with what the client has
    /// already sent behind its request.
    std::function<void(boost::asio::local::stream_protocol::socket socket, std::string early)> take;
};

/// What a handler gives: a whole reply, or one of those that go on.
using Answer = std::variant<Reply, LineJob, std::unique_ptr<Feed>, Upgrade>;

/// An Error as application/problem+json.
Reply problem(const Error& error);
Reply problem(unsigned status, std::string title, std::string detail);

}  // namespace zeroth::daemon::http
