// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cerrno>

#include "libdomain/hypervisor/sim/remote/arena.hpp"
#include "libdomain/hypervisor/sim/remote/mapped.hpp"
#include "libdomain/hypervisor/sim/remote/remote.hpp"

namespace zeroth::hyper::sim {
namespace {

class RemoteGrants final : public GrantTable {
public:
    RemoteGrants(Line line, Arena arena, UniqueFd memory)
        : line_{std::move(line)}, arena_{std::move(arena)}, memory_{std::move(memory)} {}

    Result<Mapping> map(DomainId domain, GrantRef ref) override {
        ZEROTH_TRY(const auto reply, line_.ask(Request::kMapGrant, std::vector<std::uint64_t>{
                                                                       domain.raw(), ref.raw()}));
        return map_here(*this, memory_.get(), reply);
    }
    Result<> copy_to(DomainId domain, std::span<const GrantCopy> pieces) override {
        std::size_t size = 0;
        for (const auto& piece : pieces) size += piece.bytes.size();
        const auto room = arena_.take(size);
        if (room.empty()) return fail(ENOMEM, "memory for a copy to granted pages");
        std::vector<std::uint64_t> words{domain.raw()};
        std::size_t at = 0;
        for (const auto& piece : pieces) {
            std::ranges::copy(piece.bytes, room.subspan(at).begin());
            const auto place = std::bit_cast<std::uintptr_t>(room.data()) + at;
            words.insert(words.end(), {piece.ref.raw(), piece.offset, place, piece.bytes.size()});
            at += piece.bytes.size();
        }
        const auto reply = line_.ask(Request::kCopyToGrants, std::move(words));
        arena_.give(room);
        ZEROTH_CHECK(Result<std::vector<std::uint64_t>>{reply});
        return {};
    }

private:
    void unmap(std::span<std::byte> bytes, void* token) override {
        unmap_here(line_, bytes, token);
    }

    Line line_;
    Arena arena_;
    UniqueFd memory_;
};

}  // namespace

Result<std::unique_ptr<GrantTable>> open_remote_grant_table(const std::string& path) {
    ZEROTH_TRY(auto arena, Arena::create());
    std::vector<std::uint64_t> words{std::bit_cast<std::uintptr_t>(arena.bytes().data()),
                                     arena.bytes().size()};
    ZEROTH_TRY(auto opened, Line::open(path, Role::kGrantTable, std::move(words), arena.fd()));
    if (!opened.fd) return fail(EPROTO, "simulated machine at " + path);
    return std::make_unique<RemoteGrants>(std::move(opened.line), std::move(arena),
                                          std::move(opened.fd));
}

}  // namespace zeroth::hyper::sim
