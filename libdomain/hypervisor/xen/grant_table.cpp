// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <sys/mman.h>

#include <cerrno>
#include <memory>
#include <vector>

#include "libdomain/hypervisor/xen/open_error.hpp"
#include "libdomain/hypervisor/xen/quiet_logger.hpp"
#include "libdomain/hypervisor/xen/xen.hpp"
#include "libdomain/hypervisor/xen/xen_headers.hpp"

namespace zeroth::hyper {
namespace {

struct Close {
    void operator()(xengnttab_handle* handle) const { xengnttab_close(handle); }
};
using Handle = std::unique_ptr<xengnttab_handle, Close>;

class XenGrantTable final : public GrantTable {
public:
    explicit XenGrantTable(Handle handle) : handle_{std::move(handle)} {}

    Result<Mapping> map(DomainId domain, GrantRef ref) override {
        void* const page =
            xengnttab_map_grant_ref(handle_.get(), domain.raw(), ref.raw(), PROT_READ | PROT_WRITE);
        if (page == nullptr) {
            return errno_error(fmt::format("grant {} of domain {}", ref.raw(), domain.raw()));
        }
        return Mapping{*this, {static_cast<std::byte*>(page), kPageSize}, nullptr};
    }

    Result<> copy_to(DomainId domain, std::span<const GrantCopy> pieces) override;

private:
    void unmap(std::span<std::byte> bytes, void*) override {
        xengnttab_unmap(handle_.get(), bytes.data(), 1);
    }

    Handle handle_;
};

xengnttab_grant_copy_segment_t segment_of(DomainId domain, const GrantCopy& piece) {
    xengnttab_grant_copy_segment_t segment{};
    // Only read: the library's structure serves both directions.
    segment.source.virt = const_cast<std::byte*>(piece.bytes.data());
    segment.dest.foreign.ref = piece.ref.raw();
    segment.dest.foreign.offset = piece.offset;
    segment.dest.foreign.domid = domain.raw();
    segment.len = static_cast<std::uint16_t>(piece.bytes.size());
    segment.flags = GNTCOPY_dest_gref;
    return segment;
}

Result<> XenGrantTable::copy_to(DomainId domain, std::span<const GrantCopy> pieces) {
    std::vector<xengnttab_grant_copy_segment_t> segments;
    segments.reserve(pieces.size());
    for (const auto& piece : pieces) segments.push_back(segment_of(domain, piece));
    const auto what = [&](const GrantCopy& piece) {
        return fmt::format("copy to grant {} of domain {}", piece.ref.raw(), domain.raw());
    };
    if (segments.empty()) return {};
    if (xengnttab_grant_copy(handle_.get(), static_cast<std::uint32_t>(segments.size()),
                             segments.data()) != 0) {
        return errno_error(what(pieces.front()));
    }
    for (std::size_t i = 0; i < segments.size(); ++i) {
        if (segments[i].status == GNTST_okay) continue;
        return fail(EINVAL,
                    fmt::format("{} (grant status {})", what(pieces[i]), segments[i].status));
    }
    return {};
}

}  // namespace

Result<std::unique_ptr<GrantTable>> open_grant_table() {
    Handle handle{xengnttab_open(quiet_logger(), 0)};
    if (!handle) return open_error("/dev/xen/gntdev", "xen-gntdev");
    return std::make_unique<XenGrantTable>(std::move(handle));
}

}  // namespace zeroth::hyper
