// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <netlink/attr.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "core/result.hpp"

/// Requests to the kernel's network configuration, each with its answer waited for.
/// libnl lays the messages out; what they mean is this room's.
namespace zeroth::hooks::netlink {

struct FreeMessage {
    void operator()(nl_msg* message) const { nlmsg_free(message); }
};
struct FreeSocket {
    void operator()(nl_sock* socket) const { nl_socket_free(socket); }
};

/// A request under construction: a fixed header of the request's family, then attributes. Room for
/// what this program sends is there from the start, so that adding cannot fail.
class Request {
public:
    template <class Header>
    Request(int type, int flags, const Header& header) : Request{type, flags} {
        add_header(&header, sizeof header);
    }

    Request& add(int attribute, const std::string& text);
    Request& add(int attribute, std::uint32_t value);
    Request& add(int attribute, const void* bytes, std::size_t count);
    /// Of a request for one thing, which one message has: nothing is to come after that.
    Request& answered_at_once();
    nl_msg* get() const { return message_.get(); }

private:
    Request(int type, int flags);
    void add_header(const void* header, std::size_t size);

    std::unique_ptr<nl_msg, FreeMessage> message_;
};

/// The attributes of a message by their number; absent ones are null.
template <int kLast>
class Attributes {
public:
    Attributes(nlmsghdr* message, std::size_t header) {
        nlmsg_parse(message, static_cast<int>(header), found_.data(), kLast, nullptr);
    }
    explicit Attributes(nlattr* nest) { nla_parse_nested(found_.data(), kLast, nest, nullptr); }
    nlattr* operator[](std::size_t number) const { return found_.at(number); }

private:
    std::array<nlattr*, static_cast<std::size_t>(kLast) + 1> found_{};
};

/// A connection of its own: for one thread at a time.
class Socket {
public:
    /// NETLINK_ROUTE, or another of the kernel's protocols of this form.
    static Result<Socket> open(int protocol = NETLINK_ROUTE);

    /// Sends a request and hands each message of the answer to `each`, until the kernel says that
    /// it is done. An error carries the kernel's errno, and its own words where it gives some.
    Result<> ask(const Request& request, const std::function<void(nlmsghdr*)>& each = {});

private:
    Socket(std::unique_ptr<nl_sock, FreeSocket> socket, std::unique_ptr<char[]> received)
        : socket_{std::move(socket)}, received_{std::move(received)} {}

    Result<std::size_t> receive();

    std::unique_ptr<nl_sock, FreeSocket> socket_;
    /// What the kernel has answered, of the message that was received last.
    std::unique_ptr<char[]> received_;
};

}  // namespace zeroth::hooks::netlink
