// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/experimental/channel.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstddef>
#include <utility>

namespace zeroth::daemon::http {

/// Lets so many through at once; the others wait in the order in which they came. For one thread.
class Turnstile {
public:
    Turnstile(const boost::asio::any_io_executor& executor, std::size_t at_once)
        : tickets_{executor, at_once} {
        for (std::size_t i = 0; i < at_once; ++i) give_back();
    }

    /// Held by whoever is through.
    class Ticket {
    public:
        Ticket() = default;
        explicit Ticket(Turnstile& from) : from_{&from} {}
        Ticket(Ticket&& other) noexcept : from_{std::exchange(other.from_, nullptr)} {}
        Ticket& operator=(Ticket&& other) noexcept {
            std::swap(from_, other.from_);
            return *this;
        }
        ~Ticket() {
            if (from_ != nullptr) from_->give_back();
        }

    private:
        Turnstile* from_ = nullptr;
    };
    boost::asio::awaitable<Ticket> enter() {
        const auto [error] =
            co_await tickets_.async_receive(boost::asio::as_tuple(boost::asio::use_awaitable));
        co_return error ? Ticket{} : Ticket{*this};
    }

private:
    void give_back() { tickets_.try_send(boost::system::error_code{}); }

    boost::asio::experimental::channel<void(boost::system::error_code)> tickets_;
};

}  // namespace zeroth::daemon::http
