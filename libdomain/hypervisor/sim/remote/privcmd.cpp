// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <cerrno>

#include "libdomain/hypervisor/sim/remote/arena.hpp"
#include "libdomain/hypervisor/sim/remote/mapped.hpp"
#include "libdomain/hypervisor/sim/remote/remote.hpp"

namespace zeroth::hyper::sim {
namespace {

class RemotePrivcmd final : public Privcmd {
public:
    RemotePrivcmd(Line line, Arena arena, UniqueFd memory)
        : line_{std::move(line)}, arena_{std::move(arena)}, memory_{std::move(memory)} {}

    Result<HypercallBuffer> allocate(std::size_t size) override {
        const auto pages = arena_.take(size);
        if (pages.empty()) return fail(ENOMEM, "");
        return HypercallBuffer{*this, pages};
    }
    Result<std::int64_t> call(const Hypercall& call) override {
        std::vector<std::uint64_t> words{call.op};
        words.insert(words.end(), call.arguments.begin(), call.arguments.end());
        ZEROTH_TRY(const auto reply, line_.ask(Request::kCall, std::move(words)));
        if (reply.empty()) return fail(EPROTO, "");
        return static_cast<std::int64_t>(reply[0]);
    }
    Result<Mapping> map(DomainId domain, std::span<const GuestFrame> frames) override {
        std::vector<std::uint64_t> words{domain.raw()};
        words.reserve(frames.size() + 1);
        for (const auto frame : frames) words.push_back(frame.raw());
        ZEROTH_TRY(const auto reply, line_.ask(Request::kMap, std::move(words)));
        return map_here(*this, memory_.get(), reply);
    }
    Result<Mapping> map_resource(DomainId domain, std::uint32_t type, std::uint32_t id,
                                 std::uint64_t first, std::uint64_t count) override {
        std::vector<std::uint64_t> words{domain.raw(), type, id, first, count};
        ZEROTH_TRY(const auto reply, line_.ask(Request::kMapResource, std::move(words)));
        return map_here(*this, memory_.get(), reply);
    }

private:
    void release(std::span<std::byte> buffer) override { arena_.give(buffer); }
    void unmap(std::span<std::byte> bytes, void* token) override {
        unmap_here(line_, bytes, token);
    }

    Line line_;
    Arena arena_;
    UniqueFd memory_;
};

}  // namespace

Result<std::unique_ptr<Privcmd>> open_remote_privcmd(const std::string& path, RemoteFacts* facts) {
    ZEROTH_TRY(auto arena, Arena::create());
    std::vector<std::uint64_t> words{std::bit_cast<std::uintptr_t>(arena.bytes().data()),
                                     arena.bytes().size()};
    ZEROTH_TRY(auto opened, Line::open(path, Role::kPrivcmd, std::move(words), arena.fd()));
    if (!opened.fd || opened.words.size() < 2) return fail(EPROTO, "simulated machine at " + path);
    if (facts != nullptr) {
        facts->gic = static_cast<DomainSpec::Gic>(opened.words[0]);
        facts->clock_frequency = static_cast<std::uint32_t>(opened.words[1]);
    }
    return std::make_unique<RemotePrivcmd>(std::move(opened.line), std::move(arena),
                                           std::move(opened.fd));
}

}  // namespace zeroth::hyper::sim
