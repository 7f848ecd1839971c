// SPDX-License-Identifier: Apache-2.0
#include "daemon/console/guarded_write.hpp"

#include <boost/asio/use_awaitable.hpp>
#include <cerrno>

#include "xenstore/client/payload.hpp"

namespace zeroth::daemon::console {
namespace {

using xs::Message;
using xs::MessageType;

constexpr int kMostAttempts = 100;

}  // namespace

boost::asio::awaitable<Result<>> write_if_there(xs::AsyncClient& client, std::string guard,
                                                std::vector<xs::Change> changes) {
    for (int attempt = 0; attempt < kMostAttempts; ++attempt) {
        std::vector<Message> start{{MessageType::kTransactionStart, 0, 0, xs::with_nul("")}};
        ZEROTH_CO_TRY(const auto started, co_await client.exchange(std::move(start)));
        ZEROTH_CO_TRY(const auto id, xs::parse_transaction(started.front().payload));
        std::vector<Message> question{{MessageType::kRead, 0, id.raw(), xs::with_nul(guard)}};
        ZEROTH_CO_TRY(const auto answer, co_await client.exchange(std::move(question)));
        const bool there = !xs::error_of(answer.front());
        auto rest = there ? xs::to_messages(id, changes) : std::vector<Message>();
        rest.push_back(
            {MessageType::kTransactionEnd, 0, id.raw(), xs::with_nul(there ? "T" : "F")});
        ZEROTH_CO_TRY(const auto replies, co_await client.exchange(std::move(rest)));
        const auto error = xs::error_of(replies.back());
        if (!error) co_return Result<>();
        if (*error != EAGAIN) co_return fail(*error, "XenStore: write beside " + guard);
    }
    co_return fail(EAGAIN, "XenStore: write beside " + guard);
}

}  // namespace zeroth::daemon::console
