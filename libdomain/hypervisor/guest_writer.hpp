// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>

#include "core/ids.hpp"
#include "core/result.hpp"
#include "libdomain/hypervisor/privcmd.hpp"

namespace zeroth::hyper {

/// Writes into the memory of a guest that does not run yet, through the guest's own grant table:
/// the pages are granted to dom0, copied to by Xen, and the entries emptied again. For many pages
/// that is several times quicker than mapping them (no page of dom0's changes hands). What is
/// written still needs a cache_flush before the guest may run.
class GuestWriter {
public:
    /// Uses the first frame of the domain's grant table, but for its eight reserved entries.
    static Result<GuestWriter> create(Privcmd& privcmd, GrantTable& grants, DomainId id);
    GuestWriter(GuestWriter&&) noexcept = default;
    ~GuestWriter();

    /// Any number of bytes to any address. Best given a megabyte or more at a time, from one buffer
    /// that is used again.
    Result<> write(GuestAddress to, std::span<const std::byte> bytes);
    Result<> zero(GuestAddress from, std::uint64_t size);

private:
    GuestWriter(GrantTable& grants, DomainId id, Mapping table)
        : grants_{&grants}, id_{id}, table_{std::move(table)} {}
    /// As much as the table's entries reach; returns how many bytes that was.
    Result<std::size_t> write_some(GuestAddress to, std::span<const std::byte> bytes);
    void clear_entries();

    GrantTable* grants_;
    DomainId id_;
    Mapping table_;
};

}  // namespace zeroth::hyper
