// SPDX-License-Identifier: Apache-2.0
#include "xl/client.hpp"

#include <fmt/format.h>

#include <array>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <charconv>
#include <optional>

#include "core/append.hpp"
#include "daemon/api/console_stream.hpp"
#include "xl/unix_stream.hpp"

namespace zeroth::xl {

namespace http = boost::beast::http;
using boost::system::error_code;

namespace {

/// No answer that we keep whole is larger: a list of every domain Xen can have is 20 MB.
constexpr std::size_t kMaxBody = 64U << 20;
/// Beast reads as much at a time as its buffer has room for.
constexpr std::size_t kReadSize = 16384;
constexpr unsigned kSwitching = 101;

Error talk_error(const error_code& code, const Request& request) {
    if (code == boost::asio::error::timed_out)
        return Error::message(
            ETIMEDOUT, fmt::format("xld did not answer for {} seconds", request.patience.count()));
    if (code == http::error::end_of_stream || code == http::error::partial_message ||
        code == boost::asio::error::eof || code == boost::asio::error::connection_reset ||
        code == boost::asio::error::broken_pipe)
        return Error::message(EPIPE, "xld closed the connection before its answer was complete");
    if (code.category() == boost::system::system_category())
        return Error{code.value(), "talking to xld"};
    return Error::message(EPROTO, fmt::format("what answers is not xld: {}", code.message()));
}

}  // namespace

class Client::Connection {
public:
    explicit Connection(UnixStream stream) : stream_{std::move(stream)} {
        buffer_.reserve(kReadSize);
    }

    Result<Reply> exchange(const Request& request, const Sink* sink);
    Result<SwitchReply> switch_protocol(const Request& request, std::string_view protocol);
    bool reusable() const { return reusable_; }

private:
    Result<> send(const Request& request, std::string_view protocol = {});
    Result<Reply> receive(const Request& request, const Sink* sink);
    Result<> read_body(const Request& request, const Sink& sink);

    UnixStream stream_;
    boost::beast::flat_buffer buffer_;
    std::optional<http::response_parser<http::buffer_body>> parser_;
    bool reusable_ = true;
};

Result<> Client::Connection::send(const Request& request, std::string_view protocol) {
    http::request<http::string_body> message;
    message.version(11);
    message.method_string(request.method);
    message.target(request.target);
    message.set(http::field::host, "xld");
    message.set(http::field::user_agent, "xl/" ZEROTH_VERSION);
    if (!request.body.empty()) message.set(http::field::content_type, "application/json");
    if (!protocol.empty()) {
        message.set(http::field::connection, "Upgrade");
        message.set(http::field::upgrade,
                    boost::beast::string_view{protocol.data(), protocol.size()});
    }
    message.body() = request.body;
    message.prepare_payload();
    stream_.set_patience(request.patience);
    error_code failure;
    http::write(stream_, message, failure);
    if (failure) return fail(talk_error(failure, request));
    return {};
}

Result<> Client::Connection::read_body(const Request& request, const Sink& sink) {
    std::array<char, kReadSize> piece;
    while (!parser_->is_done()) {
        auto& body = parser_->get().body();
        body.data = piece.data();
        body.size = piece.size();
        body.more = true;
        error_code failure;
        // One read at a time, so that a line of a stream is seen when it comes, not when the
        // piece is full.
        http::read_some(stream_, buffer_, *parser_, failure);
        if (failure && failure != http::error::need_buffer)
            return fail(talk_error(failure, request));
        const std::size_t got = piece.size() - body.size;
        if (got > 0) ZEROTH_CHECK(sink({piece.data(), got}));
    }
    return {};
}

Result<Reply> Client::Connection::exchange(const Request& request, const Sink* sink) {
    // Until the answer has been read to its end, nobody knows what comes next on this connection.
    reusable_ = false;
    ZEROTH_CHECK(send(request));
    return receive(request, sink);
}

Result<Reply> Client::Connection::receive(const Request& request, const Sink* sink) {
    parser_.emplace();
    parser_->body_limit(boost::none);
    error_code failure;
    http::read_header(stream_, buffer_, *parser_, failure);
    if (failure) return fail(talk_error(failure, request));
    Reply reply;
    reply.status = parser_->get().result_int();
    if (reply.status == kSwitching) return reply;
    const Sink collect = [&reply](std::string_view piece) -> Result<> {
        if (reply.body.size() + piece.size() > kMaxBody)
            return fail(Error::message(EMSGSIZE, "xld's answer is too long"));
        reply.body += piece;
        return {};
    };
    ZEROTH_CHECK(read_body(request, sink != nullptr && reply.ok() ? *sink : collect));
    reusable_ = parser_->get().keep_alive();
    return reply;
}

Result<Client::SwitchReply> Client::Connection::switch_protocol(const Request& request,
                                                                std::string_view protocol) {
    ZEROTH_CHECK(send(request, protocol));
    SwitchReply out;
    ZEROTH_TRY(out.reply, receive(request, nullptr));
    if (out.reply.status != kSwitching) return out;
    auto& switched = out.switched.emplace();
    const auto position = parser_->get()[api::kConsolePosition];
    std::from_chars(position.data(), position.data() + position.size(), switched.position);
    const boost::asio::const_buffer rest = buffer_.data();
    switched.first.assign(static_cast<const char*>(rest.data()), rest.size());
    switched.socket = std::move(stream_).release();
    return out;
}

Client::Client(std::string socket_path) : socket_path_{std::move(socket_path)} {}
Client::~Client() = default;

Result<> Client::connect() {
    if (connection_ && connection_->reusable()) return {};
    ZEROTH_TRY(UnixStream stream, UnixStream::connect(socket_path_));
    connection_ = std::make_unique<Connection>(std::move(stream));
    return {};
}

Result<Reply> Client::call(const Request& request) {
    ZEROTH_CHECK(connect());
    return connection_->exchange(request, nullptr);
}

Result<Reply> Client::stream(const Request& request, const Sink& sink) {
    ZEROTH_CHECK(connect());
    return connection_->exchange(request, &sink);
}

Result<Client::SwitchReply> Client::switch_protocol(const Request& request,
                                                    std::string_view protocol) {
    ZEROTH_TRY(UnixStream stream, UnixStream::connect(socket_path_));
    return Connection{std::move(stream)}.switch_protocol(request, protocol);
}

std::string escape(std::string_view part) {
    std::string out;
    for (const char c : part) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                           (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.' || c == '~';
        if (plain)
            out += c;
        else
            append(out, "%{:02X}", static_cast<unsigned char>(c));
    }
    return out;
}

}  // namespace zeroth::xl
