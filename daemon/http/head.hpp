// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "daemon/http/connection.hpp"
#include "daemon/http/router.hpp"

/// Headers of requests and replies: from and to text, and what they rule out.
namespace zeroth::daemon::http {

/// How a reply is to be written, by what its request was.
struct Framing {
    unsigned version = 11;
    bool keep_alive = true;
    /// A HEAD: without the body.
    bool head_only = false;
};

/// Fills in all but the body; what to reply where the header is enough to refuse the request.
std::optional<Reply> read_head(const Connection::Parser& parser, Request& request,
                               Framing& framing);
/// Whether the route takes a body of the request's content type.
std::optional<Reply> check_content(const Route& route, const Request& request);
/// nullopt where there is nobody to say it to, or nothing to say.
std::optional<Reply> reply_to_unreadable(Connection::ErrorCode error, const Limits& limits);
/// Whether the client asked for that protocol.
std::optional<Reply> refuse_upgrade(const Upgrade& upgrade, const Request& request);

/// A reply, header and body.
std::string whole(const Reply& reply, const Framing& framing);
/// The header of a reply that goes on, and a piece of its body and its end: chunks, where the
/// client knows them.
std::string stream_head(std::string_view content_type, const Framing& framing);
std::string stream_piece(std::string_view piece, const Framing& framing);
std::string stream_end(const Framing& framing);

}  // namespace zeroth::daemon::http
