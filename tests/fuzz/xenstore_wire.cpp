// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "xenstore/server/store.hpp"
#include "xenstore/tree/permissions.hpp"
#include "xenstore/wire/frame.hpp"

// The bytes are pieces of streams: a client's number, a length, and so many bytes of its stream. Of
// the clients two are sockets and two are domains; their streams are broken as they please.

namespace {

using namespace zeroth;
using namespace zeroth::xenstored;

void require(bool holds) {
    if (!holds) std::abort();
}

class FewDomains final : public Host {
public:
    bool exists(DomainId domain) override { return domain.raw() < 8; }
    Result<> connect(DomainId, Port) override { return {}; }
    void reset(DomainId) override {}
    void disconnect(DomainId) override {}
};

class Replica final : public ChangeSink {
public:
    void add(const Change& change) override { require(store && store->apply(change)); }
    Result<> commit() override { return {}; }

    Store* store = nullptr;
};

class Nowhere final : public ChangeSink {
public:
    void add(const Change&) override {}
    Result<> commit() override { return {}; }
};

/// What is sent are whole messages.
void take(Store& store, ConnectionId id) {
    auto output = store.output(id);
    const auto size = output.size();
    while (!output.empty()) {
        const auto frame = xs::parse_frame(output);
        require(frame && *frame);
        output.remove_prefix((*frame)->size());
    }
    store.sent(id, size);
}

class Session {
public:
    Session() {
        replica_.store = &copy_;
        sockets_ = {store_.connect(), store_.connect()};
        request(xs::MessageType::kIntroduce, std::string_view{"1\0000\0001\0", 6});
        request(xs::MessageType::kIntroduce, std::string_view{"2\0000\0001\0", 6});
    }

    void feed(unsigned client, std::string_view bytes) {
        if (client < 2) {
            socket(client, bytes);
        } else {
            domain(DomainId{static_cast<std::uint16_t>(client - 1)}, bytes);
        }
        for (const auto id : store_.take_ready()) take(store_, id);
    }
    /// The store can be written down and made again.
    void finish() {
        const auto snapshot = store_.snapshot();
        Store again{{}, host_, nowhere_};
        replica_.store = &again;
        while (snapshot->write(replica_, 100)) continue;
        copy_.recovered();
    }

private:
    void request(xs::MessageType type, std::string_view payload) {
        store_.handle(sockets_[0], {type, 0, 0, payload});
    }
    void socket(unsigned client, std::string_view bytes) {
        auto& stream = streams_[client];
        stream += bytes;
        std::string_view rest = stream;
        while (true) {
            const auto frame = xs::parse_frame(rest);
            if (!frame) {
                stream.clear();
                return;
            }
            if (!*frame) break;
            store_.handle(sockets_[client], **frame);
            rest.remove_prefix((*frame)->size());
        }
        stream.erase(0, stream.size() - rest.size());
    }
    void domain(DomainId id, std::string_view bytes) {
        const auto at = store_.position(id);
        if (!at) return;
        const auto end = at->consumer + static_cast<std::uint32_t>(bytes.size());
        if (!store_.received(id, bytes, end)) store_.restart(id, 0, 0);
    }

    FewDomains host_;
    Nowhere nowhere_;
    Store copy_{{}, host_, nowhere_};
    Replica replica_;
    Store store_{{}, host_, replica_};
    std::vector<ConnectionId> sockets_;
    std::string streams_[2];
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view rest{reinterpret_cast<const char*>(data), size};
    Session session;
    while (rest.size() >= 2) {
        const auto client = static_cast<unsigned char>(rest[0]) % 4U;
        const auto length = static_cast<unsigned char>(rest[1]);
        rest.remove_prefix(2);
        session.feed(client, rest.substr(0, length));
        rest.remove_prefix(std::min<std::size_t>(length, rest.size()));
    }
    session.finish();
    return 0;
}
