// SPDX-License-Identifier: Apache-2.0
#include "libdomain/build/dump_core.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <vector>

#include "libdomain/build/core_file.hpp"
#include "libdomain/plan/layout.hpp"

namespace zeroth::build {
namespace {

/// Read at a time: large enough that a call costs little, small enough for a worker's memory.
constexpr std::uint64_t kPiece = 256;
/// Once as many pages were found as Xen counts, so many frames without any end the search: a guest
/// may have had something mapped far up, where nothing is now.
constexpr std::uint64_t kWideHole = plan::kGiB / kPageSize;

struct Frames {
    GuestFrame first, end;
};

Frames frames_of(const plan::Span& span) {
    return {frame_of(GuestAddress{span.start}), frame_of(GuestAddress{span.end()})};
}

Result<std::vector<hyper::VcpuState>> registers(const hyper::Hypervisor& xen,
                                                const hyper::DomainInfo& info) {
    std::vector<hyper::VcpuState> all;
    for (std::uint32_t i = 0; i <= info.max_vcpu_id && info.max_vcpu_id != ~0U; ++i) {
        auto state = xen.vcpu_state(info.id, VcpuId{i});
        // Not every vCPU was started; none is in a domain that has not run yet.
        if (!state && (state.error().is(ENODATA) || state.error().is(EINVAL))) continue;
        if (!state) return fail(std::move(state).error());
        all.push_back(*std::move(state));
    }
    return all;
}

std::vector<std::byte> shared_info(const hyper::Hypervisor& xen, const hyper::DomainInfo& info) {
    // Xen answers with a number beyond all frames until the guest has asked for the page.
    constexpr std::uint64_t kEnd = std::uint64_t{1} << (64 - kPageShift - 8);
    if (info.shared_info_frame.raw() >= kEnd) return {};
    std::vector<std::byte> page(kPageSize);
    const auto present =
        xen.seam().read_frames(info.id, std::span{&info.shared_info_frame, 1}, page);
    return present && present->at(0) ? page : std::vector<std::byte>{};
}

/// One walk through the places where a domain can have memory.
class Walk {
public:
    Walk(const hyper::Hypervisor& xen, DomainId domain, std::uint64_t pages, CoreFile& file,
         const std::function<bool()>& cancelled)
        : xen_{xen}, domain_{domain}, pages_{pages}, file_{file}, cancelled_{cancelled} {}

    Result<> through(Frames range) {
        std::uint64_t hole = 0;
        while (range.first < range.end && (file_.pages() < pages_ || hole < kWideHole)) {
            if (cancelled_ && cancelled_()) return fail(ECANCELED, "called off");
            const auto count = std::min(range.end.raw() - range.first.raw(), kPiece);
            frames_.clear();
            for (std::uint64_t i = 0; i < count; ++i) frames_.push_back(range.first + i);
            ZEROTH_TRY(const auto present, xen_.seam().read_frames(domain_, frames_, bytes_));
            const bool none = std::ranges::find(present, true) == present.end();
            hole = none ? hole + count : 0;
            ZEROTH_CHECK(file_.add(range.first, present, bytes_));
            range.first = range.first + count;
        }
        return {};
    }

private:
    const hyper::Hypervisor& xen_;
    DomainId domain_;
    /// As many as Xen counts. Pages of Xen's own that the guest has in its map come on top.
    std::uint64_t pages_;
    CoreFile& file_;
    const std::function<bool()>& cancelled_;
    std::vector<GuestFrame> frames_;
    std::vector<std::byte> bytes_ = std::vector<std::byte>(kPiece * kPageSize);
};

}  // namespace

Result<> dump_core(const hyper::Hypervisor& xen, DomainId domain, const std::string& path,
                   const std::function<bool()>& cancelled) {
    ZEROTH_TRY(const auto info, xen.domain(domain));
    if (info.dying) {
        return fail(Error::message(
            EINVAL, fmt::format("domain {} is dying: its memory is going", domain.raw())));
    }
    CoreFacts facts;
    facts.xen = xen.version();
    ZEROTH_TRY(facts.vcpus, registers(xen, info));
    facts.shared_info = shared_info(xen, info);
    ZEROTH_TRY(const auto highest, xen.maximum_gpfn(domain));
    ZEROTH_TRY(auto file, CoreFile::create(path, std::move(facts)));
    Walk walk{xen, domain, info.tot_pages, file, cancelled};
    const plan::Span magic{plan::kMagic.start, plan::kMagicPages * kPageSize};
    for (const auto& span : {magic, plan::kRamBanks[0], plan::kRamBanks[1]}) {
        auto range = frames_of(span);
        range.end = std::min(range.end, highest + 1);
        ZEROTH_CHECK(walk.through(range));
    }
    return file.finish();
}

}  // namespace zeroth::build
