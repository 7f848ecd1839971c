// SPDX-License-Identifier: Apache-2.0
#include "daemon/door.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "daemon/http/loopback.hpp"
#include "daemon/routes.hpp"

namespace zeroth::daemon {

namespace asio = boost::asio;

Door::Door(asio::io_context& io, asio::thread_pool& workers, std::vector<http::Route> routes,
           Metrics& metrics)
    : io_{io},
      requests_{metrics},
      router_{std::move(routes)},
      scrapes_{{metrics_route(metrics)}},
      shared_{router_,
              workers,
              limits_,
              std::make_shared<http::Turnstile>(io.get_executor(), limits_.long_jobs),
              std::make_shared<http::Admission>(limits_),
              &requests_},
      scraping_{scrapes_, workers, limits_, shared_.long_jobs, shared_.admission, &requests_} {}

void Door::open(asio::local::stream_protocol::acceptor acceptor, const http::Policy& policy) {
    acceptor_ = std::move(acceptor);
    asio::co_spawn(io_, http::accept_all(*acceptor_, policy, shared_), asio::detached);
}

Result<> Door::open_for_scrapes(const std::string& address) {
    if (address.empty()) return {};
    ZEROTH_TRY(loopback_, http::listen_loopback(io_, address));
    asio::co_spawn(io_, http::accept_readers(*loopback_, scraping_), asio::detached);
    return {};
}

void Door::close() {
    if (acceptor_) acceptor_->close();
    if (loopback_) loopback_->close();
}

}  // namespace zeroth::daemon
