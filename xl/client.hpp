// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/result.hpp"
#include "core/unique_fd.hpp"

namespace zeroth::xl {

struct Request {
    const char* method = "GET";
    std::string target;
    /// JSON; empty for none.
    std::string body;
    /// How long xld may stay silent.
    std::chrono::seconds patience{60};
};

struct Reply {
    unsigned status = 0;
    std::string body;

    bool ok() const { return status >= 200 && status < 300; }
};

/// A connection that speaks another protocol from now on.
struct Switched {
    UniqueFd socket;
    /// What came behind the answer.
    std::string first;
    /// The answer's Zeroth-Console-Position.
    std::uint64_t position = 0;
};

/// HTTP over xld's Unix socket: blocking, one request at a time, the connection kept between them.
/// An Error is a failure to talk; what xld answers, good or bad, is a Reply.
class Client {
public:
    explicit Client(std::string socket_path);
    ~Client();

    Result<Reply> call(const Request& request);

    /// A piece of the body as it comes; an Error ends the reading.
    using Sink = std::function<Result<>(std::string_view piece)>;
    /// The body of a good reply goes to `sink` instead of into the Reply.
    Result<Reply> stream(const Request& request, const Sink& sink);

    struct SwitchReply {
        Reply reply;
        /// None where xld answered otherwise.
        std::optional<Switched> switched;
    };
    /// Asks for it on a connection of its own.
    Result<SwitchReply> switch_protocol(const Request& request, std::string_view protocol);

private:
    class Connection;
    Result<> connect();

    std::string socket_path_;
    std::unique_ptr<Connection> connection_;
};

/// A name or number as one part of a target's path.
std::string escape(std::string_view part);

}  // namespace zeroth::xl
