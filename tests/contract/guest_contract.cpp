// SPDX-License-Identifier: Apache-2.0
#include "tests/contract/guest_contract.hpp"

#include <poll.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "libdomain/hypervisor/guest_writer.hpp"
#include "tests/contract/native.hpp"

namespace zeroth::testing {
namespace {

using hyper::HvmParam;

constexpr VcpuId kVcpu0{0};
constexpr GuestFrame kRam{0x40000}, kMagic{0x39000};
constexpr std::uint64_t kRamPages = 512;

/// Pages that dom0 may take for itself while we work.
constexpr std::uint64_t kDomain0Growth = 16;

hyper::DomainSpec spec_of(std::uint32_t vcpus) {
    hyper::DomainSpec spec;
    spec.handle = Uuid::random();
    spec.max_vcpus = vcpus;
    spec.nr_spis = 64;
    return spec;
}

std::uint64_t free_pages(const hyper::Hypervisor& xen) {
    const auto host = xen.physinfo();
    return host ? host->free_pages : 0;
}

/// Xen frees the last of a domain a moment after it is gone: what is read twice the same, holds.
std::uint64_t settled_free_pages(const hyper::Hypervisor& xen) {
    auto before = free_pages(xen);
    for (;;) {
        std::this_thread::sleep_for(std::chrono::milliseconds{100});
        const auto now = free_pages(xen);
        if (now == before) return now;
        before = now;
    }
}

/// One domain's life, step by step; each function is a chapter.
class GuestContract {
public:
    GuestContract(const ContractSubject& subject, Checks& checks)
        : subject_{subject}, xen_{subject.xen}, native_{native_of(xen_)}, checks_{checks} {}

    void run();

private:
    void newborn(const hyper::DomainSpec& spec);
    void vcpus();
    void limits();
    void memory();
    void foreign_frames();
    void more_memory_than_allowed();
    void params_and_ports();
    void grants();
    void writing_by_grants();
    void event_channel();
    void closing();
    void affinity();
    void scheduling();
    void device();
    void interrupts();
    void uart();
    void registers();
    void life();
    void zombie();

    const ContractSubject& subject_;
    const hyper::Hypervisor& xen_;
    const Native& native_;
    Checks& checks_;
    DomainId id_;
    Port console_port_;
};

void GuestContract::newborn(const hyper::DomainSpec& spec) {
    const auto info = xen_.domain(id_);
    if (!checks_.works(info, "new domain: is there")) return;
    checks_.that(info->handle == spec.handle, "new domain: has its UUID", info->handle.text());
    checks_.that(info->paused && !info->dying && !info->shutdown && info->hvm,
                 "new domain: is paused, and alive");
    checks_.equal(info->tot_pages, 0U, "new domain: has no memory");
    checks_.equal(info->nr_online_vcpus, 0U, "new domain: no vCPU is online");
    checks_.that(info->gpaddr_bits >= 32 && info->gpaddr_bits <= 52,
                 "new domain: knows its address width");
    const auto all = xen_.domains();
    checks_.that(all && std::ranges::any_of(*all, [&](const auto& d) { return d.id == id_; }),
                 "new domain: is in the list");
}

void GuestContract::vcpus() {
    checks_.fails(xen_.vcpu_info(id_, kVcpu0), ESRCH, "getvcpuinfo: ESRCH before max_vcpus");
    checks_.fails(xen_.set_vcpu_context(id_, kVcpu0, {}), EINVAL,
                  "setvcpucontext: EINVAL before max_vcpus");
    checks_.fails(xen_.set_max_vcpus(id_, 3), EINVAL, "max_vcpus: must be as at creation");
    checks_.works(xen_.set_max_vcpus(id_, 2), "max_vcpus: makes the vCPUs");
    checks_.works(xen_.set_max_vcpus(id_, 2), "max_vcpus: twice is once");
    const auto vcpu = xen_.vcpu_info(id_, VcpuId{1});
    checks_.that(vcpu && !vcpu->online && !vcpu->running, "getvcpuinfo: vCPU 1 is offline");
    checks_.fails(xen_.vcpu_info(id_, VcpuId{2}), EINVAL, "getvcpuinfo: EINVAL past the last");
    const auto info = xen_.domain(id_);
    checks_.that(info && info->max_vcpu_id == 1, "getdomaininfo: the last vCPU is 1");
}

void GuestContract::limits() {
    const auto early = xen_.populate_physmap(id_, kRam, 1, 0);
    checks_.that(early && *early == 0, "populate_physmap: nothing before max_mem");
    checks_.works(xen_.set_max_mem(id_, mib(4)), "max_mem: 4 MiB");
    const auto info = xen_.domain(id_);
    checks_.that(info && info->max_pages == 1024, "getdomaininfo: says so");
    checks_.fails(xen_.set_paging_mempool(id_, Bytes{5000}), EINVAL,
                  "set_paging_mempool_size: whole pages only");
    checks_.works(xen_.set_paging_mempool(id_, to_bytes(mib(1))), "set_paging_mempool_size: 1 MiB");
    checks_.fails(xen_.set_address_size(id_, 48), EINVAL, "set_address_size: 48 is none");
    checks_.works(xen_.set_address_size(id_, native_.bits), "set_address_size: the host's");
}

void GuestContract::memory() {
    const auto before = free_pages(xen_);
    const auto ram = xen_.populate_physmap(id_, kRam, 1, 9);
    checks_.that(ram && *ram == 1, "populate_physmap: one extent of 2 MiB");
    const auto magic = xen_.populate_physmap(id_, kMagic, 4, 0);
    checks_.that(magic && *magic == 4, "populate_physmap: four pages");
    const auto info = xen_.domain(id_);
    checks_.that(info && info->tot_pages == kRamPages + 4, "getdomaininfo: counts them");
    checks_.equal(before - free_pages(xen_), kRamPages + 4, "physinfo: counts them");
    // Where there is but one width, Xen does not look.
    if (native_.bits == 64) {
        checks_.fails(xen_.set_address_size(id_, 32), EBUSY, "set_address_size: EBUSY with memory");
    }
    checks_.works(xen_.cache_flush(id_, kRam, kRamPages), "cacheflush: of the memory");
    checks_.works(xen_.cache_flush(id_, kRam, (std::uint64_t{1} << 18) + 5),
                  "cacheflush: of more than one call takes");
}

void GuestContract::foreign_frames() {
    const std::array frames{kRam + 7, kRam, kRam + 511, kMagic + 2};
    auto first = xen_.seam().map(id_, frames);
    if (!checks_.works(first, "foreign map: frames in any order")) return;
    checks_.equal(first->bytes().size(), frames.size() * kPageSize, "foreign map: as many bytes");
    checks_.that(std::ranges::all_of(first->bytes(), [](std::byte b) { return b == std::byte{0}; }),
                 "foreign map: new memory is zero");
    first->bytes()[kPageSize + 17] = std::byte{0x5a};
    const std::array again{kRam};
    const auto second = xen_.seam().map(id_, again);
    checks_.that(second && second->bytes()[17] == std::byte{0x5a},
                 "foreign map: a second mapping sees what the first wrote");
    const std::array hole{kRam, kRam + 600};
    const auto bad = xen_.seam().map(id_, hole);
    checks_.fails(bad, EINVAL, "foreign map: EINVAL where there is no memory");
    checks_.that(!bad && bad.error().text().find("0x40258") != std::string::npos,
                 "foreign map: and the frame is named", bad ? "" : bad.error().text());
    checks_.fails(xen_.seam().map(id_, {}), EINVAL, "foreign map: no frames are no mapping");
    std::vector<GuestFrame> all;
    for (std::uint64_t i = 0; i < kRamPages; ++i) all.push_back(kRam + i);
    checks_.works(xen_.seam().map(id_, all), "foreign map: 512 frames in one call");
}

void GuestContract::more_memory_than_allowed() {
    // 1024 pages are allowed, 516 are there.
    const auto some = xen_.populate_physmap(id_, kRam + kRamPages, 600, 0);
    checks_.that(some && *some == 508, "populate_physmap: stops at max_mem",
                 some ? fmt::format("after {}", *some) : some.error().text());
    const auto none = xen_.populate_physmap(id_, kRam + 2 * kRamPages, 1, 9);
    checks_.that(none && *none == 0, "populate_physmap: and gives no extent beyond");
}

void GuestContract::params_and_ports() {
    checks_.works(xen_.set_param(id_, HvmParam::kStorePfn, 0x39001), "set_param: STORE_PFN");
    const auto value = xen_.get_param(id_, HvmParam::kStorePfn);
    checks_.that(value && *value == 0x39001, "get_param: gives it back");
    checks_.fails(xen_.set_param(id_, HvmParam{3}, 1), EINVAL, "set_param: EINVAL for others");
    checks_.fails(xen_.get_param(id_, HvmParam{40}), EINVAL, "get_param: EINVAL for others");
    checks_.fails(xen_.set_param(kDomain0, HvmParam::kStorePfn, 1), EPERM,
                  "set_param: not one's own");
    const auto store = xen_.alloc_unbound(id_, kDomain0);
    const auto console = xen_.alloc_unbound(id_, kDomain0);
    checks_.that(store && store->raw() == 1 && console && console->raw() == 2,
                 "alloc_unbound: ports 1 and 2 come first");
    console_port_ = console.value_or(Port{});
}

void GuestContract::grants() {
    const std::array seeds{hyper::Hypervisor::GrantSeed{GrantRef{0}, kDomain0, kMagic},
                           hyper::Hypervisor::GrantSeed{GrantRef{1}, kDomain0, kMagic + 1},
                           hyper::Hypervisor::GrantSeed{GrantRef{700}, kDomain0, kRam}};
    checks_.works(xen_.seed_grants(id_, seeds), "grant table: entries in two frames");
    const auto granted = subject_.grants.map(id_, GrantRef{1});
    if (!checks_.works(granted, "grant: is mapped by its reference")) return;
    const std::array frame{kMagic + 1};
    const auto same = xen_.seam().map(id_, frame);
    granted->bytes()[100] = std::byte{0x77};
    checks_.that(same && same->bytes()[100] == std::byte{0x77}, "grant: is the frame it names");
    checks_.works(subject_.grants.map(id_, GrantRef{700}), "grant: of the second frame");
    checks_.that(!subject_.grants.map(id_, GrantRef{5}), "grant: an empty entry gives nothing");
    checks_.fails(xen_.seam().map_resource(id_, 1, 0, 0, 100), EINVAL,
                  "grant table: EINVAL beyond its frames");
    checks_.fails(xen_.seam().map_resource(id_, 9, 0, 0, 1),
                  xen_.version().minor < 20 ? EOPNOTSUPP : EINVAL,
                  "map_resource: refuses a type that is none");
}

void GuestContract::writing_by_grants() {
    auto writer = hyper::GuestWriter::create(xen_.seam(), subject_.grants, id_);
    if (!checks_.works(writer, "grant copy: the table is at hand")) return;
    std::vector<std::byte> bytes(3 * kPageSize);
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = std::byte(i % 251);
    const auto at = address_of(kRam + 20) + 1000;
    checks_.works(writer->write(at, bytes), "grant copy: to an address within a page");
    checks_.works(writer->zero(at + kPageSize, 10), "grant copy: of zeros");
    std::fill_n(bytes.begin() + kPageSize, 10, std::byte{0});
    const std::array frames{kRam + 20, kRam + 21, kRam + 22, kRam + 23};
    const auto mapping = xen_.seam().map(id_, frames);
    checks_.that(mapping && std::ranges::equal(mapping->bytes().subspan(1000, bytes.size()), bytes),
                 "grant copy: is what a mapping sees");
    checks_.that(mapping && mapping->bytes()[999] == std::byte{0} &&
                     mapping->bytes()[1000 + bytes.size()] == std::byte{0},
                 "grant copy: and nothing around it");
    checks_.that(!writer->write(address_of(kRam + 5000), bytes),
                 "grant copy: refused where there is no memory");
    checks_.that(!subject_.grants.map(id_, GrantRef{8}), "grant copy: leaves no grant behind");
    checks_.works(subject_.grants.map(id_, GrantRef{1}), "grant copy: spares the reserved ones");
}

void GuestContract::event_channel() {
    auto& channels = subject_.channels;
    const auto fired = [&channels](int milliseconds) {
        pollfd poller{channels.fd(), POLLIN, 0};
        return ::poll(&poller, 1, milliseconds) == 1;
    };
    // One that was unbound in an earlier round may still be there to be read.
    checks_.soon(
        [&] {
            const auto port = channels.pending();
            return !port && port.error().is(EAGAIN);
        },
        "event channels: EAGAIN once none has fired");
    checks_.fails(channels.bind_interdomain(id_, Port{99}), EINVAL,
                  "event channels: EINVAL for a port that is not open");
    const auto port = channels.bind_interdomain(id_, console_port_);
    if (!checks_.works(port, "event channels: the guest's port is bound")) return;
    checks_.that(fired(2000), "event channels: binding raises an event");
    const auto first = channels.pending();
    checks_.that(first && *first == *port, "event channels: of that port");
    checks_.works(channels.unmask(*port), "event channels: unmask");
    checks_.works(channels.notify(*port), "event channels: notify");
    checks_.that(!fired(20), "event channels: one's own notification does not come back");
    checks_.fails(channels.bind_interdomain(id_, console_port_), EINVAL,
                  "event channels: EINVAL for a port that is bound already");
    checks_.works(channels.unbind(*port), "event channels: unbind");
    checks_.that(!channels.notify(*port), "event channels: no notify after that");
    const auto again = channels.bind_interdomain(id_, console_port_);
    checks_.works(again, "event channels: and it can be bound once more");
    if (again) checks_.works(channels.unbind(*again), "event channels: and unbound");
}

/// What a process held is given back when it closes the device, as when it is killed.
void GuestContract::closing() {
    auto& channels = subject_.channels;
    {
        const auto other = subject_.open_channels();
        if (!checks_.works(other, "closing: event channels are opened once more")) return;
        const auto port = (*other)->bind_interdomain(id_, console_port_);
        if (!checks_.works(port, "closing: the guest's port is bound there")) return;
        checks_.that(!channels.notify(*port), "closing: a port belongs to who bound it");
        checks_.fails(channels.bind_interdomain(id_, console_port_), EINVAL,
                      "closing: and cannot be bound elsewhere");
    }
    const auto again = channels.bind_interdomain(id_, console_port_);
    checks_.works(again, "closing: it can be once that one is closed");
    if (again) checks_.works(channels.unbind(*again), "closing: and unbound");
}

void GuestContract::affinity() {
    const auto before = xen_.affinity(id_, VcpuId{1});
    if (!checks_.works(before, "getvcpuaffinity: answers")) return;
    checks_.that(before->hard == before->soft && before->hard.front(),
                 "getvcpuaffinity: a new vCPU may run anywhere");
    hyper::Hypervisor::Affinity wanted;
    wanted.hard = hyper::CpuMap(before->hard.size());
    wanted.hard[0] = true;
    checks_.works(xen_.set_affinity(id_, VcpuId{1}, wanted, false), "setvcpuaffinity: hard only");
    const auto after = xen_.affinity(id_, VcpuId{1});
    checks_.that(after && after->hard == wanted.hard && after->soft == before->soft,
                 "getvcpuaffinity: hard is set, soft as before");
    const auto vcpu = xen_.vcpu_info(id_, VcpuId{1});
    checks_.that(vcpu && vcpu->cpu == PcpuId{0}, "getvcpuinfo: the vCPU is on its CPU");
    checks_.fails(xen_.affinity(id_, VcpuId{9}), EINVAL, "getvcpuaffinity: EINVAL past the last");
}

void GuestContract::scheduling() {
    auto params = xen_.sched_params(id_);
    if (!checks_.works(params, "scheduler_op: tells the parameters")) return;
    if (!params->weight) return;
    checks_.equal(*params->weight, 256U, "scheduler_op: the weight is 256");
    hyper::SchedParams wanted;
    wanted.scheduler = params->scheduler;
    wanted.weight = 300;
    checks_.works(xen_.set_sched_params(id_, wanted), "scheduler_op: another weight");
    params = xen_.sched_params(id_);
    checks_.that(params && params->weight == 300U && params->cap == 0U,
                 "scheduler_op: the weight is set, the cap as before");
    wanted.weight.reset();
    wanted.cap = 500;
    checks_.fails(xen_.set_sched_params(id_, wanted), EINVAL,
                  "scheduler_op: EINVAL for a cap of more CPUs than there are vCPUs");
}

void GuestContract::device() {
    if (!subject_.device) return;
    const auto first = *subject_.device;
    const auto count = subject_.device_frames;
    const GuestFrame at{0x8000};
    checks_.fails(xen_.memory_mapping(id_, at, first, count, true), EPERM,
                  "memory_mapping: EPERM without permission");
    checks_.works(xen_.iomem_permission(id_, first, count, true), "iomem_permission: is given");
    checks_.works(xen_.memory_mapping(id_, at, first, count, true),
                  "memory_mapping: maps the device, in pieces");
    const std::array frame{at};
    checks_.that(!xen_.seam().map(id_, frame), "foreign map: not of a device's frames");
    checks_.works(xen_.memory_mapping(id_, at, first, count, false), "memory_mapping: and away");
    checks_.works(xen_.iomem_permission(id_, first, count, false), "iomem_permission: is taken");
}

void GuestContract::interrupts() {
    checks_.fails(xen_.bind_spi(id_, 900), EPERM, "bind_pt_irq: not what dom0 does not have");
    checks_.fails(xen_.assign_dt_device(id_, "/no-such-device"), EOPNOTSUPP,
                  "assign_device: the domain must be made for an IOMMU");
}

void GuestContract::uart() {
    checks_.fails(xen_.init_vuart(id_, kMagic + 100, kDomain0), EINVAL,
                  "vuart_op: the ring must be memory");
    const auto port = xen_.init_vuart(id_, kMagic + 3, kDomain0);
    checks_.that(port && port->raw() > 2, "vuart_op: gives a port of its own",
                 port ? "" : port.error().text());
    checks_.fails(xen_.init_vuart(id_, kMagic + 3, kDomain0), EINVAL, "vuart_op: only once");
}

void GuestContract::registers() {
    hyper::VcpuContext context;
    context.pc = address_of(kRam).raw();
    context.sctlr = 0x00c50078;
    context.width = native_.width;
    context.cpsr = native_.psr_of_other;
    checks_.fails(xen_.set_vcpu_context(id_, kVcpu0, context), EINVAL,
                  "setvcpucontext: a domain starts in no mode of the other width");
    context.cpsr = native_.bits == 64 ? 0x3c9 : 0x1da;
    checks_.fails(xen_.set_vcpu_context(id_, kVcpu0, context), EINVAL,
                  "setvcpucontext: nor as a hypervisor");
    context.cpsr = native_.psr;
    checks_.works(xen_.set_vcpu_context(id_, kVcpu0, context), "setvcpucontext: a kernel it is");
    const auto vcpu = xen_.vcpu_info(id_, kVcpu0);
    checks_.that(vcpu && vcpu->online && !vcpu->running, "getvcpuinfo: online, not yet running");
    const auto info = xen_.domain(id_);
    checks_.that(info && info->nr_online_vcpus == 1, "getdomaininfo: one vCPU is online");
}

void GuestContract::life() {
    {
        const std::array frame{kRam};
        auto ram = xen_.seam().map(id_, frame);
        if (!checks_.works(ram, "guest: its program is written")) return;
        std::memcpy(ram->bytes().data(), native_.program.data(), sizeof native_.program);
    }
    checks_.works(xen_.cache_flush(id_, kRam, 1), "guest: and flushed");
    checks_.works(xen_.pause(id_), "guest: paused twice");
    checks_.works(xen_.unpause(id_), "guest: unpaused once");
    auto info = xen_.domain(id_);
    checks_.that(info && info->paused, "guest: is still paused");
    checks_.works(xen_.unpause(id_), "guest: unpaused twice");
    info = xen_.domain(id_);
    checks_.that(info && !info->paused, "guest: is not paused now");
    checks_.soon(
        [&] {
            const auto v = xen_.vcpu_info(id_, kVcpu0);
            return v && v->blocked;
        },
        "guest: waits for an interrupt");
    checks_.soon(
        [&] {
            info = xen_.domain(id_);
            return info && info->blocked && !info->shutdown;
        },
        "guest: is blocked, and fine");
    checks_.fails(xen_.unpause(id_), EINVAL, "guest: cannot be unpaused once more");
    checks_.works(xen_.pause(id_), "guest: paused again");
    const auto other = Uuid::random();
    checks_.works(xen_.set_handle(id_, other), "setdomainhandle: gives another UUID");
    info = xen_.domain(id_);
    checks_.that(info && info->handle == other, "setdomainhandle: which the domain then has");
    checks_.fails(xen_.init_vuart(id_, kMagic + 3, kDomain0), EPERM,
                  "vuart_op: EPERM once the guest has run");
}

void GuestContract::zombie() {
    const std::array frame{kRam};
    {
        const auto held = xen_.seam().map(id_, frame);
        checks_.works(held, "zombie: a frame is held");
        checks_.works(xen_.destroy_domain(id_), "destroydomain: works");
        const auto info = xen_.domain(id_);
        checks_.that(info && info->dying, "zombie: the domain is dying as long as it is held");
        checks_.that(info && info->tot_pages <= 1, "zombie: only what is held is left",
                     info ? fmt::format("{} pages", info->tot_pages) : info.error().text());
        checks_.works(xen_.destroy_domain(id_), "destroydomain: twice is once");
        checks_.fails(xen_.alloc_unbound(id_, kDomain0), EINVAL, "zombie: has no ports to give");
        checks_.that(!xen_.seam().map(id_, frame), "zombie: no more mappings");
    }
    checks_.soon(
        [&] {
            const auto gone = xen_.domain(id_);
            return !gone && gone.error().is(ESRCH);
        },
        "zombie: gone once nothing is held");
}

void GuestContract::run() {
    const auto spec = spec_of(2);
    const auto made = xen_.create_domain(spec);
    if (!checks_.works(made, "createdomain: works")) return;
    id_ = made->id;
    checks_.that(made->gic != hyper::DomainSpec::Gic::kNative, "createdomain: tells the GIC");
    newborn(spec);
    vcpus();
    limits();
    memory();
    foreign_frames();
    more_memory_than_allowed();
    params_and_ports();
    grants();
    writing_by_grants();
    event_channel();
    closing();
    affinity();
    scheduling();
    device();
    interrupts();
    uart();
    registers();
    life();
    zombie();
}

/// A domain of 32 bits: other modes, and other registers.
void check_32bit(const hyper::Hypervisor& xen, Checks& checks) {
    if (xen.version().capabilities.find("armv7l") == std::string::npos) return;
    const auto made = xen.create_domain(spec_of(1));
    if (!checks.works(made, "32-bit domain: is made")) return;
    checks.works(xen.set_max_vcpus(made->id, 1), "32-bit domain: has a vCPU");
    checks.works(xen.set_address_size(made->id, 32), "32-bit domain: is one");
    hyper::VcpuContext context;
    context.cpsr = kPsr64;
    checks.fails(xen.set_vcpu_context(made->id, kVcpu0, context), EINVAL,
                 "32-bit domain: EL1h is no mode of its");
    context.cpsr = kPsr32;
    context.width = hyper::VcpuContext::Width::k32;
    checks.works(xen.set_vcpu_context(made->id, kVcpu0, context), "32-bit domain: SVC is");
    checks.works(xen.destroy_domain(made->id), "32-bit domain: destroyed");
    checks.soon([&] { return !xen.domain(made->id); }, "32-bit domain: gone");
}

void check_domids(const hyper::Hypervisor& xen, Checks& checks) {
    const auto first = xen.create_domain(spec_of(1));
    if (!checks.works(first, "domids: one domain")) return;
    checks.works(xen.destroy_domain(first->id), "domids: destroyed");
    checks.soon([&] { return !xen.domain(first->id); }, "domids: gone");
    const auto second = xen.create_domain(spec_of(1));
    if (!checks.works(second, "domids: another")) return;
    checks.that(second->id > first->id, "domids: a number is not used again at once");
    checks.works(xen.destroy_domain(second->id), "domids: destroyed too");
    checks.soon([&] { return !xen.domain(second->id); }, "domids: gone too");
}

}  // namespace

void check_guests(const ContractSubject& subject, Checks& checks) {
    // Once to warm up: dom0 may take memory of its own for its first mappings, and keep it.
    GuestContract{subject, checks}.run();
    const auto before = settled_free_pages(subject.xen);
    GuestContract{subject, checks}.run();
    check_32bit(subject.xen, checks);
    check_domids(subject.xen, checks);
    // dom0's page tables may have grown by some pages; a domain's leftovers would be hundreds.
    const auto after = settled_free_pages(subject.xen);
    checks.that(after + kDomain0Growth >= before, "free memory: as before",
                fmt::format("{} pages instead of {}", after, before));
    const auto left = subject.xen.domains();
    checks.that(left && left->size() == 1, "domains: only dom0 is left");
}

}  // namespace zeroth::testing
