// SPDX-License-Identifier: Apache-2.0
#include "hooks/netlink.hpp"

#include <linux/netlink.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstdlib>
#include <utility>

namespace zeroth::hooks::netlink {
namespace {

/// The kernel sends no more in one message.
constexpr std::size_t kMost = 32 * 1024;

/// The kernel's words for why it refused, which stand behind the refusal itself.
std::string reason_of(nlmsghdr* header, const nlmsgerr* error) {
    if ((header->nlmsg_flags & NLM_F_ACK_TLVS) == 0) return {};
    const std::size_t echoed =
        (header->nlmsg_flags & NLM_F_CAPPED) != 0 ? 0 : error->msg.nlmsg_len - sizeof error->msg;
    const Attributes<NLMSGERR_ATTR_MAX> attributes{header, sizeof *error + NLMSG_ALIGN(echoed)};
    nlattr* const words = attributes[NLMSGERR_ATTR_MSG];
    return words == nullptr ? std::string{} : nla_get_string(words);
}

/// What a refusal says; one without an error is the acknowledgement that was asked for.
Result<> verdict_of(nlmsghdr* header) {
    const auto* const error = static_cast<const nlmsgerr*>(nlmsg_data(header));
    if (error->error == 0) return {};
    const auto reason = reason_of(header, error);
    return fail(-error->error, reason.empty() ? "netlink" : "netlink: " + reason);
}

/// Out of memory is the end of the process, as for every other allocation.
template <class T>
T* allocated(T* pointer) {
    if (pointer == nullptr) std::abort();
    return pointer;
}

}  // namespace

Request::Request(int type, int flags)
    : message_{allocated(nlmsg_alloc_simple(type, NLM_F_REQUEST | NLM_F_ACK | flags))} {}

Request& Request::answered_at_once() {
    nlmsg_hdr(message_.get())->nlmsg_flags &= static_cast<std::uint16_t>(~NLM_F_ACK);
    return *this;
}

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
    nl_socket_disable_auto_ack(socket.get());
    const int on = 1;
    ::setsockopt(nl_socket_get_fd(socket.get()), SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof on);
    return Socket{std::move(socket), std::make_unique_for_overwrite<char[]>(kMost)};
}

Result<std::size_t> Socket::receive() {
    for (;;) {
        const auto got = ::recv(nl_socket_get_fd(socket_.get()), received_.get(), kMost, 0);
        if (got >= 0) return static_cast<std::size_t>(got);
        if (errno != EINTR) return errno_error("netlink");
    }
}

Result<> Socket::ask(const Request& request, const std::function<void(nlmsghdr*)>& each) {
    if (const int sent = nl_send_auto(socket_.get(), request.get()); sent < 0)
        return fail(std::string{"netlink: "} + nl_geterror(sent));
    const auto* const asked = nlmsg_hdr(request.get());
    const bool brief = (asked->nlmsg_flags & NLM_F_ACK) == 0;
    for (;;) {
        ZEROTH_TRY(const auto size, receive());
        int left = static_cast<int>(size);
        void* const first = received_.get();
        for (auto* header = static_cast<nlmsghdr*>(first); nlmsg_ok(header, left) != 0;
             header = nlmsg_next(header, &left)) {
            if (header->nlmsg_seq != asked->nlmsg_seq) continue;
            if (header->nlmsg_type == NLMSG_ERROR) return verdict_of(header);
            if (header->nlmsg_type == NLMSG_DONE) return {};
            if (each) each(header);
            if (brief) return {};
        }
    }
}

}  // namespace zeroth::hooks::netlink
