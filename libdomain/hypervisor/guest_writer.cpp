// SPDX-License-Identifier: Apache-2.0
#include "libdomain/hypervisor/guest_writer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <vector>

#include "libdomain/hypervisor/abi/numbers.hpp"
#include "libdomain/hypervisor/abi/stable.hpp"

namespace zeroth::hyper {
namespace {

/// GNTTAB_NR_RESERVED_ENTRIES: the console's and XenStore's among them.
constexpr std::size_t kReserved = 8;
constexpr std::size_t kEntries = kPageSize / sizeof(xenabi::GrantEntry) - kReserved;

}  // namespace

Result<GuestWriter> GuestWriter::create(Privcmd& privcmd, GrantTable& grants, DomainId id) {
    auto table =
        privcmd.map_resource(id, xenabi::kResourceGrantTable, xenabi::kGrantTableShared, 0, 1);
    if (!table) {
        return fail(
            std::move(table).error().within(fmt::format("the grant table of domain {}", id.raw())));
    }
    return GuestWriter{grants, id, *std::move(table)};
}

GuestWriter::~GuestWriter() {
    if (!table_.bytes().empty()) clear_entries();
}

void GuestWriter::clear_entries() {
    const auto entries = table_.bytes().subspan(kReserved * sizeof(xenabi::GrantEntry));
    std::ranges::fill(entries, std::byte{0});
}

Result<std::size_t> GuestWriter::write_some(GuestAddress to, std::span<const std::byte> bytes) {
    std::vector<GrantCopy> pieces;
    pieces.reserve(kEntries);
    std::size_t done = 0;
    while (done < bytes.size() && pieces.size() < kEntries) {
        const auto at = to + done;
        const auto offset = static_cast<std::size_t>(at.raw() % kPageSize);
        const auto count = std::min<std::size_t>(kPageSize - offset, bytes.size() - done);
        const auto index = kReserved + pieces.size();
        const xenabi::GrantEntry entry{xenabi::kGrantPermitAccess, kDomain0.raw(),
                                       static_cast<std::uint32_t>(frame_of(at).raw())};
        std::memcpy(table_.bytes().data() + index * sizeof entry, &entry, sizeof entry);
        pieces.push_back({GrantRef{static_cast<std::uint32_t>(index)},
                          static_cast<std::uint16_t>(offset), bytes.subspan(done, count)});
        done += count;
    }
    auto copied = grants_->copy_to(id_, pieces);
    if (!copied) {
        return fail(std::move(copied).error().within(
            fmt::format("write {} bytes at {:#x}", done, to.raw())));
    }
    return done;
}

Result<> GuestWriter::write(GuestAddress to, std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
        auto done = write_some(to, bytes);
        clear_entries();
        if (!done) return fail(std::move(done).error());
        to = to + *done;
        bytes = bytes.subspan(*done);
    }
    return {};
}

Result<> GuestWriter::zero(GuestAddress from, std::uint64_t size) {
    static constexpr std::array<std::byte, 64 * 1024> kZeros{};
    while (size > 0) {
        const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(size, kZeros.size()));
        ZEROTH_CHECK(write(from, std::span{kZeros}.first(count)));
        from = from + count;
        size -= count;
    }
    return {};
}

}  // namespace zeroth::hyper
