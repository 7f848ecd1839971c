// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "libdomain/hypervisor/abi/domctl.hpp"
#include "libdomain/hypervisor/abi/layouts.hpp"
#include "libdomain/hypervisor/abi/sysctl.hpp"
#include "libdomain/hypervisor/call.hpp"
#include "libdomain/hypervisor/hypervisor.hpp"
#include "libdomain/hypervisor/newcomers.hpp"

namespace zeroth::hyper {
namespace {

using xenabi::Domctl;
namespace dominf = xenabi::dominf;

/// Domains listed per call: their answers and the arguments fit four pages.
constexpr std::uint32_t kListed = 128;

DomainInfo decode(const xenabi::GetDomainInfo& body) {
    const auto has = [&](std::uint32_t flag) { return (body.flags & flag) != 0; };
    DomainInfo info;
    info.id = DomainId{body.domain};
    info.handle.bytes = body.handle;
    info.dying = has(dominf::kDying);
    info.shutdown = has(dominf::kShutdown);
    info.paused = has(dominf::kPaused);
    info.blocked = has(dominf::kBlocked);
    info.running = has(dominf::kRunning);
    info.hvm = has(dominf::kHvm);
    info.xs_domain = has(dominf::kXsDomain);
    info.shutdown_code =
        static_cast<std::uint8_t>((body.flags >> dominf::kShutdownShift) & dominf::kShutdownMask);
    info.tot_pages = body.tot_pages;
    info.max_pages = body.max_pages;
    info.outstanding_pages = body.outstanding_pages;
    info.shared_info_frame = GuestFrame{body.shared_info_frame};
    info.cpu_time = std::chrono::nanoseconds{body.cpu_time};
    info.nr_online_vcpus = body.nr_online_vcpus;
    info.max_vcpu_id = body.max_vcpu_id;
    info.ssidref = body.ssidref;
    info.cpupool = CpupoolId{body.cpupool};
    info.gpaddr_bits = body.gpaddr_bits;
    return info;
}

std::unexpected<Error> explain_create(Error error, const DomainSpec& spec) {
    if (error.is(ENOMEM)) {
        return fail(std::move(error).with_hint("Xen has no memory left for another domain"));
    }
    if (error.is(EINVAL) && (spec.tee_type != 0 || spec.arm_sci_type != 0)) {
        return fail(std::move(error).with_hint(
            fmt::format("`{}' needs firmware that has it, and a Xen built with a mediator for it",
                        spec.tee_type != 0 ? "tee" : "arm_sci")));
    }
    if (error.is(EINVAL)) {
        return fail(std::move(error).with_hint(
            "Xen's own console (`xl dmesg`) may say which argument it refused"));
    }
    return fail(std::move(error));
}

}  // namespace

Result<std::vector<DomainInfo>> domains_from(const Hypervisor& xen, DomainId from) {
    std::vector<DomainInfo> list;
    std::uint16_t first = from.raw();
    for (;;) {
        ZEROTH_TRY(auto call, Call::sysctl(xen.seam(), xen.version().sysctl,
                                           xenabi::Sysctl::kGetDomainInfoList,
                                           kListed * sizeof(xenabi::GetDomainInfo)));
        call.set(xenabi::GetDomainInfoList{first, 0, kListed, call.payload_address(), 0, 0});
        ZEROTH_CHECK(call.run("from domain {}", first));
        const auto count = std::min(call.get<xenabi::GetDomainInfoList>().num_domains, kListed);
        for (std::uint32_t i = 0; i < count; ++i) {
            xenabi::GetDomainInfo body;
            std::memcpy(&body, call.payload().data() + i * sizeof body, sizeof body);
            list.push_back(decode(body));
        }
        if (count < kListed) return list;
        first = static_cast<std::uint16_t>(list.back().id.raw() + 1);
    }
}

Result<std::vector<DomainInfo>> Hypervisor::domains() const {
    return domains_from(*this, kDomain0);
}

Result<DomainInfo> Hypervisor::domain(DomainId id) const {
    ZEROTH_TRY(auto call, Call::domctl(*privcmd_, version_->domctl, Domctl::kGetDomainInfo, id));
    ZEROTH_CHECK(call.run("of domain {}", id.raw()));
    const auto info = decode(call.get<xenabi::GetDomainInfo>());
    // Up to 4.17 the next domain that exists is answered for one that does not.
    if (info.id != id) {
        return fail(Error::message(
            ESRCH, fmt::format("XEN_DOMCTL_getdomaininfo of domain {}: no such domain", id.raw())));
    }
    return info;
}

Result<CreatedDomain> Hypervisor::create_domain(const DomainSpec& spec) const {
    ZEROTH_TRY(const auto body, to_create_domain(spec, *layouts_));
    ZEROTH_TRY(auto call,
               Call::domctl(*privcmd_, version_->domctl, Domctl::kCreateDomain, kDomainAny));
    layouts_->encode_create_domain(body, call.body_bytes());
    auto made = call.run("with {} vCPUs, GIC {}, {} SPIs, flags {:#x}", body.max_vcpus,
                         body.arch.gic_version, body.arch.nr_spis, body.flags);
    if (!made) return explain_create(std::move(made).error(), spec);
    const auto back = layouts_->decode_create_domain(call.body_bytes());
    return CreatedDomain{call.domain(), static_cast<DomainSpec::Gic>(back.arch.gic_version),
                         back.arch.clock_frequency};
}

Result<> Hypervisor::destroy_domain(DomainId id) const {
    for (;;) {
        ZEROTH_TRY(auto call,
                   Call::domctl(*privcmd_, version_->domctl, Domctl::kDestroyDomain, id));
        auto done = call.run_void("of domain {}", id.raw());
        if (done || !(done.error().is(EAGAIN) || done.error().is(ERESTART))) return done;
    }
}

Result<> Hypervisor::pause(DomainId id) const {
    ZEROTH_TRY(auto call, Call::domctl(*privcmd_, version_->domctl, Domctl::kPauseDomain, id));
    return call.run_void("of domain {}", id.raw());
}

Result<> Hypervisor::unpause(DomainId id) const {
    ZEROTH_TRY(auto call, Call::domctl(*privcmd_, version_->domctl, Domctl::kUnpauseDomain, id));
    return call.run_void("of domain {}", id.raw());
}

Result<> Hypervisor::set_handle(DomainId id, const Uuid& uuid) const {
    ZEROTH_TRY(auto call, Call::domctl(*privcmd_, version_->domctl, Domctl::kSetDomainHandle, id));
    call.set(xenabi::SetDomainHandle{uuid.bytes});
    return call.run_void("{} of domain {}", uuid.text(), id.raw());
}

Result<> Hypervisor::set_max_vcpus(DomainId id, std::uint32_t count) const {
    ZEROTH_TRY(auto call, Call::domctl(*privcmd_, version_->domctl, Domctl::kMaxVcpus, id));
    call.set(xenabi::MaxVcpus{count});
    auto done = call.run_void("{} of domain {}", count, id.raw());
    if (!done && done.error().is(EINVAL)) {
        return fail(std::move(done).error().with_hint(
            "the number must be the one that the domain was created with"));
    }
    return done;
}

Result<> Hypervisor::set_max_mem(DomainId id, KiB size) const {
    ZEROTH_TRY(auto call, Call::domctl(*privcmd_, version_->domctl, Domctl::kMaxMem, id));
    call.set(xenabi::MaxMem{size.raw()});
    return call.run_void("{} KiB of domain {}", size.raw(), id.raw());
}

Result<> Hypervisor::set_paging_mempool(DomainId id, Bytes size) const {
    ZEROTH_TRY(auto call,
               Call::domctl(*privcmd_, version_->domctl, Domctl::kSetPagingMempoolSize, id));
    call.set(xenabi::PagingMempool{size.raw()});
    auto done = call.run_void("{} bytes of domain {}", size.raw(), id.raw());
    if (!done && done.error().is(ENOMEM)) {
        return fail(std::move(done).error().with_hint(
            "Xen has too little free memory for the guest's page tables (shadow_memory)"));
    }
    return done;
}

Result<> Hypervisor::set_address_size(DomainId id, std::uint32_t bits) const {
    ZEROTH_TRY(auto call, Call::domctl(*privcmd_, version_->domctl, Domctl::kSetAddressSize, id));
    call.set(xenabi::AddressSize{bits});
    auto done = call.run_void("{} of domain {}", bits, id.raw());
    if (!done && done.error().is(EINVAL) && bits == 32) {
        return fail(std::move(done).error().with_hint("this CPU cannot run 32-bit guests"));
    }
    return done;
}

}  // namespace zeroth::hyper
