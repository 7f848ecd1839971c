// SPDX-License-Identifier: Apache-2.0
#include "hooks/netlink.hpp"

#include <linux/netlink.h>
#include <sys/socket.h>

#include <cstdlib>
#include <cstring>
#include <utility>

namespace zeroth::hooks::netlink {
namespace {

/// One question and what has come back so far.
struct Exchange {
    const std::function<void(nlmsghdr*)>& each;
    bool done = false;
    int error = 0;
    std::string reason;
};

Exchange& exchange_of(void* pointer) { return *static_cast<Exchange*>(pointer); }

int on_valid(nl_msg* message, void* exchange) {
    nlmsghdr* const header = nlmsg_hdr(message);
    if (const auto& each = exchange_of(exchange).each) each(header);
    return NL_OK;
}

int on_end(nl_msg* /*message*/, void* exchange) {
    exchange_of(exchange).done = true;
    return NL_STOP;
}

int on_error(sockaddr_nl* /*from*/, nlmsgerr* error, void* exchange) {
    exchange_of(exchange).done = true;
    exchange_of(exchange).error = -error->error;
    return NL_STOP;
}

/// The kernel's words for why it refused stand behind the refusal itself (NLMSGERR_ATTR_MSG).
int on_any(nl_msg* message, void* exchange) {
    nlmsghdr* const header = nlmsg_hdr(message);
    const bool refusal = header->nlmsg_type == NLMSG_ERROR;
    if (!refusal || (header->nlmsg_flags & NLM_F_ACK_TLVS) == 0) return NL_OK;
    const auto* const error = static_cast<const nlmsgerr*>(nlmsg_data(header));
    const std::size_t echoed =
        (header->nlmsg_flags & NLM_F_CAPPED) != 0 ? 0 : error->msg.nlmsg_len - sizeof error->msg;
    const Attributes<NLMSGERR_ATTR_MAX> attributes{header, sizeof *error + NLMSG_ALIGN(echoed)};
    if (nlattr* const words = attributes[NLMSGERR_ATTR_MSG])
        exchange_of(exchange).reason = nla_get_string(words);
    return NL_OK;
}

struct FreeCallbacks {
    void operator()(nl_cb* callbacks) const { nl_cb_put(callbacks); }
};

/// Out of memory is the end of the process, as for every other allocation.
template <class T>
T* allocated(T* pointer) {
    if (pointer == nullptr) std::abort();
    return pointer;
}

std::unique_ptr<nl_cb, FreeCallbacks> callbacks_for(Exchange& exchange) {
    std::unique_ptr<nl_cb, FreeCallbacks> callbacks{allocated(nl_cb_alloc(NL_CB_DEFAULT))};
    nl_cb_set(callbacks.get(), NL_CB_MSG_IN, NL_CB_CUSTOM, on_any, &exchange);
    nl_cb_set(callbacks.get(), NL_CB_VALID, NL_CB_CUSTOM, on_valid, &exchange);
    nl_cb_set(callbacks.get(), NL_CB_ACK, NL_CB_CUSTOM, on_end, &exchange);
    nl_cb_set(callbacks.get(), NL_CB_FINISH, NL_CB_CUSTOM, on_end, &exchange);
    nl_cb_err(callbacks.get(), NL_CB_CUSTOM, on_error, &exchange);
    return callbacks;
}

}  // namespace

Request::Request(int type, int flags)
    : message_{allocated(nlmsg_alloc_simple(type, NLM_F_REQUEST | NLM_F_ACK | flags))} {}

void Request::add_header(const void* header, std::size_t size) {
    nlmsg_append(message_.get(), const_cast<void*>(header), size, NLMSG_ALIGNTO);
}

Request& Request::add(int attribute, const std::string& text) {
    nla_put_string(message_.get(), attribute, text.c_str());
    return *this;
}

Request& Request::add(int attribute, std::uint32_t value) {
    nla_put_u32(message_.get(), attribute, value);
    return *this;
}

Request& Request::add(int attribute, const void* bytes, std::size_t count) {
    nla_put(message_.get(), attribute, static_cast<int>(count), bytes);
    return *this;
}

Result<Socket> Socket::open(int protocol) {
    std::unique_ptr<nl_sock, FreeSocket> socket{allocated(nl_socket_alloc())};
    if (const int error = nl_connect(socket.get(), protocol); error < 0)
        return fail(std::string{"open netlink: "} + nl_geterror(error));
    // Else each message is received twice, to begin with for its size. This is the kernel's most.
    constexpr std::size_t kMost = 32 * 1024;
    if (const int error = nl_socket_set_msg_buf_size(socket.get(), kMost); error < 0)
        return fail(std::string{"open netlink: "} + nl_geterror(error));
    nl_socket_disable_msg_peek(socket.get());
    const int on = 1;
    ::setsockopt(nl_socket_get_fd(socket.get()), SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof on);
    return Socket{std::move(socket)};
}

Result<> Socket::ask(const Request& request, const std::function<void(nlmsghdr*)>& each) {
    if (const int sent = nl_send_auto(socket_.get(), request.get()); sent < 0)
        return fail(std::string{"netlink: "} + nl_geterror(sent));
    Exchange exchange{.each = each, .done = false, .error = 0, .reason = {}};
    const auto callbacks = callbacks_for(exchange);
    while (!exchange.done)
        if (const int got = nl_recvmsgs(socket_.get(), callbacks.get()); got < 0 && !exchange.done)
            return fail(std::string{"netlink: "} + nl_geterror(got));
    if (exchange.error == 0) return {};
    if (exchange.reason.empty()) return fail(exchange.error, "netlink");
    return fail(exchange.error, "netlink: " + exchange.reason);
}

}  // namespace zeroth::hooks::netlink
