// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <span>
#include <string_view>

#include "core/log.hpp"
#include "libdomain/hypervisor/privcmd.hpp"
#include "xenstore/daemon/ring.hpp"
#include "xenstore/server/store.hpp"

namespace {

using namespace zeroth;
using namespace zeroth::xenstored;
using namespace std::string_view_literals;

void require(bool holds) {
    if (!holds) std::abort();
}

class AnyHost final : public Host, public hyper::MappingOwner {
public:
    bool exists(DomainId domain) override { return domain.raw() < 8; }
    Result<> connect(DomainId, Port) override { return {}; }
    void reset(DomainId) override {}
    void disconnect(DomainId) override {}

private:
    void unmap(std::span<std::byte>, void*) override {}
};

class Forgetful final : public ChangeSink {
public:
    void add(const Change&) override {}
    Result<> commit() override { return {}; }
};

struct Page {
    alignas(4096) std::array<std::byte, 4096> bytes{};

    std::uint32_t word(std::size_t offset) const {
        std::uint32_t value = 0;
        std::memcpy(&value, &bytes.at(offset), sizeof value);
        return value;
    }
    void set_word(std::size_t offset, std::uint32_t value) {
        std::memcpy(&bytes.at(offset), &value, sizeof value);
    }
    /// As a kernel does it that keeps to the protocol.
    void put(std::span<const std::uint8_t> request) {
        std::uint32_t producer = word(2052);
        for (const std::uint8_t byte : request) bytes.at(producer++ % 1024) = std::byte{byte};
        set_word(2052, producer);
    }
};

void write_over(Page& page, std::span<const std::uint8_t> input) {
    if (input.size() < 2) return;
    const std::size_t offset = (input[0] | unsigned{input[1]} << 8U) % page.bytes.size();
    const auto text = input.subspan(2);
    const std::size_t count = std::min(text.size(), page.bytes.size() - offset);
    if (count > 0) std::memcpy(&page.bytes.at(offset), text.data(), count);
}

}  // namespace

/// A domain that writes what it likes into its page, in steps of a kind, a length and bytes:
/// requests by the protocol, anything anywhere, or nothing; and xenstored takes a turn after each.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    log::set_level(log::Level::kError);
    constexpr DomainId kGuest{1};
    AnyHost host;
    Forgetful sink;
    Store store{StoreOptions{}, host, sink};
    const ConnectionId toolstack = store.connect();
    const auto ask = [&](xs::MessageType type, std::string_view payload) {
        store.handle(toolstack, {type, 0, 0, payload});
        store.sent(toolstack, store.output(toolstack).size());
    };
    ask(xs::MessageType::kIntroduce, "1\0001\0005\0"sv);
    ask(xs::MessageType::kWrite, "/local/domain/1\0"sv);
    ask(xs::MessageType::kSetPerms, "/local/domain/1\0n1\0"sv);
    Page page;
    Trace trace;
    Ring ring{kGuest, hyper::Mapping{host, page.bytes, nullptr}};
    ring.begin(store);
    std::span<const std::uint8_t> input{data, size};
    while (input.size() >= 2) {
        const unsigned kind = input[0] % 4;
        const auto part = input.subspan(2, std::min<std::size_t>(input[1], input.size() - 2));
        input = input.subspan(2 + part.size());
        if (kind == 0) page.put(part);
        if (kind == 1) write_over(page, part);
        if (kind == 2) page.set_word(2056, page.word(2060));
        if (kind == 3) ask(xs::MessageType::kWrite, "/local/domain/1/a\0x"sv);
        ring.serve(store, trace);
        ring.flush(store, trace);
        ring.take_more();
        ring.take_moved();
        require(store.output(ring.id()).size() < (16U << 20));
        require(!store.failure());
    }
    return 0;
}
