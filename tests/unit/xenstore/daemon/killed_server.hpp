// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "tests/unit/xenstore/daemon/guest.hpp"
#include "xenstore/daemon/ring.hpp"
#include "xenstore/server/journal.hpp"

namespace zeroth::xenstored {

constexpr DomainId kGuest{5};
constexpr Uuid kBoot{{7}};

/// When the server kills itself: before or after it commits the record of this number.
struct Moment {
    enum class Side { kBefore, kAfter } side = Side::kBefore;
    std::size_t record = 0;
};

class KillingSink final : public ChangeSink {
public:
    KillingSink(Journal& journal, Moment moment) : journal_{journal}, moment_{moment} {}

    void add(const Change& change) override {
        journal_.add(change);
        added_ = true;
    }
    Result<> commit() override {
        if (!std::exchange(added_, false)) return journal_.commit();
        ++records_;
        die_if(Moment::Side::kBefore);
        ZEROTH_CHECK(journal_.commit());
        die_if(Moment::Side::kAfter);
        return {};
    }

private:
    void die_if(Moment::Side side) const {
        if (records_ == moment_.record && side == moment_.side) ::raise(SIGKILL);
    }

    Journal& journal_;
    Moment moment_;
    std::size_t records_ = 0;
    bool added_ = false;
};

class AnyHost final : public Host, public hyper::MappingOwner {
public:
    bool exists(DomainId) override { return true; }
    Result<> connect(DomainId, Port) override { return {}; }
    void reset(DomainId) override {}
    void disconnect(DomainId) override {}
    void unmap(std::span<std::byte>, void*) override {}
};

inline std::unique_ptr<Journal> open_journal(const std::string& path) {
    auto lock = JournalLock::take(path);
    if (!lock || !std::holds_alternative<JournalLock>(*lock)) return nullptr;
    auto journal = Journal::open(std::get<JournalLock>(*std::move(lock)), kBoot);
    return journal ? *std::move(journal) : nullptr;
}

/// The process that is killed.
class KilledServer {
public:
    KilledServer(const std::string& journal, GuestPage& page, int socket, Moment moment)
        : journal_{open_journal(journal)},
          sink_{*journal_, moment},
          store_{{}, host_, sink_},
          page_{page},
          socket_{socket} {
        const auto apply = [&](const Change& change) { return store_.apply(change); };
        if (!journal_->replay(apply)) ::_exit(3);
        store_.recovered();
        client_ = store_.connect();
        if (make_ring()) ring_->resume(store_);
    }
    [[noreturn]] void run() {
        for (;;) turn();
    }

private:
    bool make_ring() {
        if (ring_ || !store_.ring(kGuest)) return false;
        ring_.emplace(kGuest, hyper::Mapping{host_, page_.bytes, nullptr});
        return true;
    }
    void turn() {
        pollfd ready{socket_, POLLIN, 0};
        if (::poll(&ready, 1, busy_ ? 0 : 1) > 0) hear();
        if (make_ring()) ring_->begin(store_);
        if (ring_) {
            ring_->serve(store_, trace_);
            ring_->flush(store_, trace_);
        }
        if (store_.failure()) ::_exit(4);
        const auto output = store_.output(client_);
        if (!output.empty()) {
            if (::send(socket_, output.data(), output.size(), 0) < 0) ::_exit(5);
            store_.sent(client_, output.size());
        }
        store_.take_ready();
        busy_ = journal_->compact(store_);
    }
    void hear() {
        std::array<char, 4096> buffer;
        const auto count = ::recv(socket_, buffer.data(), buffer.size(), 0);
        // One byte says that there is something in the ring.
        if (count == 1) return;
        if (count < 16) ::_exit(6);
        const auto frame = xs::parse_frame({buffer.data(), static_cast<std::size_t>(count)});
        if (!frame || !*frame) ::_exit(7);
        store_.handle(client_, **frame);
    }

    AnyHost host_;
    Trace trace_;
    std::unique_ptr<Journal> journal_;
    KillingSink sink_;
    Store store_;
    GuestPage& page_;
    int socket_;
    ConnectionId client_;
    std::optional<Ring> ring_;
    bool busy_ = false;
};

}  // namespace zeroth::xenstored
