// SPDX-License-Identifier: Apache-2.0
#include "daemon/http/loopback.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <charconv>

namespace zeroth::daemon::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

constexpr auto kToken = asio::as_tuple(asio::use_awaitable);
/// Whom a TCP client counts as: nobody (65534).
constexpr unsigned kNobody = 65534;
constexpr std::chrono::milliseconds kBackoff{100};

Result<tcp::endpoint> parse(const std::string& address) {
    const auto wrong = [&](std::string_view why) {
        return fail(Error::message(EINVAL, "metrics at '" + address + "': " + std::string{why}));
    };
    const auto colon = address.rfind(':');
    if (colon == std::string::npos) return wrong("expected ADDRESS:PORT, as 127.0.0.1:9101");
    std::string host = address.substr(0, colon);
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    error_code bad;
    const auto ip = asio::ip::make_address(host, bad);
    if (bad || !ip.is_loopback()) return wrong("the address has to be the loopback's");
    unsigned short port = 0;
    const char* end = address.data() + address.size();
    const auto [rest, error] = std::from_chars(address.data() + colon + 1, end, port);
    if (error != std::errc{} || rest != end) return wrong("the port is none");
    return tcp::endpoint{ip, port};
}

}  // namespace

Result<tcp::acceptor> listen_loopback(asio::io_context& io, const std::string& address) {
    ZEROTH_TRY(const auto endpoint, parse(address));
    tcp::acceptor acceptor{io};
    error_code error;
    acceptor.open(endpoint.protocol(), error);
    if (!error) acceptor.set_option(tcp::acceptor::reuse_address{true}, error);
    if (!error) acceptor.bind(endpoint, error);
    if (!error) acceptor.listen(tcp::acceptor::max_listen_connections, error);
    if (error) return fail(Error{error.value(), "listen on " + address});
    return acceptor;
}

asio::awaitable<void> accept_readers(tcp::acceptor& acceptor, Shared shared) {
    const auto executor = acceptor.get_executor();
    for (;;) {
        auto [error, socket] = co_await acceptor.async_accept(kToken);
        if (error == asio::error::operation_aborted) co_return;
        if (error) {
            asio::steady_timer timer{executor, kBackoff};
            co_await timer.async_wait(kToken);
            continue;
        }
        auto place = shared.admission->admit(kNobody);
        if (!place) continue;
        const Peer peer{true, false};
        asio::co_spawn(executor, serve(std::move(socket), peer, shared, *std::move(place)),
                       asio::detached);
    }
}

}  // namespace zeroth::daemon::http
