// SPDX-License-Identifier: Apache-2.0
#include "hooks/link_watch.hpp"

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include <array>

namespace zeroth::hooks {

Result<LinkWatch> LinkWatch::open() {
    UniqueFd socket{::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE)};
    sockaddr_nl address{};
    address.nl_family = AF_NETLINK;
    address.nl_groups = RTMGRP_LINK;
    const void* const generic = &address;
    if (!socket || ::bind(socket.get(), static_cast<const sockaddr*>(generic), sizeof address) != 0)
        return errno_error("watch for network interfaces");
    return LinkWatch{std::move(socket)};
}

void LinkWatch::clear() {
    std::array<char, 4096> message{};
    // ENOBUFS says that the kernel had to drop some: also a reason to look, and nothing more.
    while (::recv(socket_.get(), message.data(), message.size(), MSG_DONTWAIT | MSG_TRUNC) > 0 ||
           errno == ENOBUFS) {
    }
}

}  // namespace zeroth::hooks
