// SPDX-License-Identifier: Apache-2.0
#include "tests/contract/hypervisor_contract.hpp"

#include <algorithm>
#include <cerrno>

#include "tests/contract/adjust_contract.hpp"
#include "tests/contract/guest_contract.hpp"
#include "tests/contract/native.hpp"

namespace zeroth::testing {
namespace {

constexpr DomainId kNobody{0x7000};

void check_host(const hyper::Hypervisor& xen, Checks& checks) {
    const auto& version = xen.version();
    checks.equal(version.major, 4U, "version: this is Xen 4");
    const auto* const wanted =
        native_of(xen).bits == 64 ? "xen-3.0-aarch64 xen-3.0-armv7l" : "xen-3.0-armv7l";
    checks.that(version.capabilities.starts_with(wanted),
                "version: it runs guests of its own width, and on 64 bits of 32",
                version.capabilities);
    checks.equal(version.page_size, 4096U, "version: pages of 4 KiB");
    const auto host = xen.physinfo();
    if (!checks.works(host, "physinfo: answers")) return;
    checks.that(host->nr_cpus >= 1 && host->nr_cpus <= host->max_cpu_id + 1,
                "physinfo: CPUs are counted");
    checks.that(host->free_pages > 0 && host->free_pages < host->total_pages,
                "physinfo: some memory is free, not all");
    const auto cpus = xen.cpu_topology();
    checks.that(cpus && cpus->size() >= host->nr_cpus, "cputopoinfo: names every CPU");
    const auto nodes = xen.numa_info();
    checks.that(nodes && !nodes->empty() && nodes->front().size.raw() > 0 &&
                    nodes->front().distances.size() == nodes->size(),
                "numainfo: names a node, its memory and its distances");
    const auto scheduler = xen.scheduler_id();
    checks.that(scheduler && *scheduler >= 5 && *scheduler <= 9, "sched_id: a known scheduler");
    const auto idle = xen.free_cpus();
    checks.that(idle && std::ranges::count(*idle, true) < std::int64_t{host->nr_cpus},
                "cpupool_op: not every CPU is without a pool");
}

void check_console(const hyper::Hypervisor& xen, Checks& checks) {
    const auto whole = xen.console_log(hyper::Hypervisor::Clear::kNo);
    checks.that(whole && whole->find("Xen") != std::string::npos, "readconsole: has Xen's banner");
    const auto before = xen.console_since(0);
    if (!checks.works(before, "readconsole: answers from an index")) return;
    checks.works(xen.debug_keys("h"), "debug_keys: are taken");
    const auto after = xen.console_since(before->next);
    checks.that(after && after->text.find('h') != std::string::npos,
                "readconsole: from an index on, has what was printed since");
    checks.that(after && after->text.size() < before->text.size() + after->text.size(),
                "readconsole: from an index on, leaves out what was before");
}

void check_parameters(const hyper::Hypervisor& xen, Checks& checks) {
    const auto level = [&]() -> std::string {
        const auto all = xen.parameters();
        if (!all) return all.error().text();
        const auto found = std::ranges::find(*all, "guest_loglvl", &hyper::Parameter::name);
        return found == all->end() ? "none" : found->value;
    };
    const auto before = level();
    checks.works(xen.parameters(), "hypfs: there are parameters");
    checks.works(xen.set_parameter("guest_loglvl", "all"), "hypfs: one can be changed");
    checks.equal(level(), std::string{"all/all"}, "hypfs: and is, for both its limits");
    checks.works(xen.set_parameter("guest_loglvl", before), "hypfs: and back");
    checks.equal(level(), before, "hypfs: it is as before");
    checks.fails(xen.set_parameter("guest_loglvl", "9"), EINVAL, "hypfs: EINVAL for no value");
    checks.fails(xen.set_parameter("none", "all"), ENOENT, "hypfs: ENOENT for no parameter");
    checks.fails(xen.set_parameter("../params/loglvl", "all"), EINVAL, "hypfs: a name is no path");
}

void check_missing_domain(const hyper::Hypervisor& xen, Checks& checks) {
    checks.works(xen.domain(kDomain0), "getdomaininfo: of dom0");
    checks.fails(xen.domain(kNobody), ESRCH, "getdomaininfo: ESRCH where there is no domain");
    checks.fails(xen.pause(kNobody), ESRCH, "pausedomain: ESRCH where there is no domain");
    checks.fails(xen.destroy_domain(kNobody), ESRCH, "destroydomain: ESRCH, likewise");
    checks.fails(xen.set_handle(kNobody, {}), ESRCH, "setdomainhandle: ESRCH, likewise");
    checks.fails(xen.set_max_vcpus(kNobody, 1), ESRCH, "max_vcpus: ESRCH, likewise");
    checks.fails(xen.set_max_mem(kNobody, mib(1)), ESRCH, "max_mem: ESRCH, likewise");
    checks.fails(xen.get_param(kNobody, hyper::HvmParam::kStorePfn), ESRCH,
                 "get_param: ESRCH, likewise");
    checks.fails(xen.alloc_unbound(kNobody, kDomain0), ESRCH, "alloc_unbound: ESRCH, likewise");
    const auto populated = xen.populate_physmap(kNobody, GuestFrame{0x40000}, 1, 0);
    checks.that(populated && *populated == 0, "populate_physmap: nothing, likewise");
    const GuestFrame frame{0x40000};
    checks.fails(xen.seam().map(kNobody, {&frame, 1}), ESRCH, "foreign map: ESRCH, likewise");
    const std::array seeds{hyper::Hypervisor::GrantSeed{GrantRef{0}, kDomain0, frame}};
    checks.fails(xen.seed_grants(kNobody, seeds), ESRCH, "grant table: ESRCH, likewise");
    const auto all = xen.domains();
    checks.that(all && !all->empty() && all->front().id == kDomain0 && all->front().running,
                "getdomaininfolist: begins with dom0, which runs");
}

void check_dom0_is_safe(const hyper::Hypervisor& xen, Checks& checks) {
    checks.fails(xen.pause(kDomain0), EINVAL, "dom0: cannot pause itself");
    checks.fails(xen.destroy_domain(kDomain0), EINVAL, "dom0: cannot destroy itself");
    checks.fails(xen.set_vcpu_context(kDomain0, VcpuId{0}, {}), EINVAL,
                 "dom0: cannot set its own registers");
}

void check_refused(const hyper::Hypervisor& xen, Checks& checks) {
    const auto with = [](auto change) {
        hyper::DomainSpec spec;
        change(spec);
        return spec;
    };
    checks.fails(xen.create_domain(with([](auto& spec) { spec.max_vcpus = 0; })), EINVAL,
                 "createdomain: no vCPU is too few");
    checks.fails(xen.create_domain(with([](auto& spec) { spec.max_vcpus = 129; })), EINVAL,
                 "createdomain: 129 vCPUs are too many");
    checks.fails(xen.create_domain(with([](auto& spec) { spec.nr_spis = 6000; })), EINVAL,
                 "createdomain: 6000 SPIs are too many");
    checks.fails(xen.create_domain(with([](auto& spec) { spec.max_grant_frames = 0; })), EINVAL,
                 "createdomain: a grant table needs a frame");
    checks.fails(xen.create_domain(with([](auto& spec) { spec.max_grant_version = 2; })), EINVAL,
                 "createdomain: grant tables are of version 1");
    checks.fails(xen.create_domain(with([](auto& spec) { spec.cpupool = CpupoolId{77}; })), ESRCH,
                 "createdomain: the CPU pool must be there");
    if (xen.version().minor < 18) {
        checks.fails(xen.create_domain(with([](auto& spec) { spec.sve_vl = 1; })), EOPNOTSUPP,
                     "createdomain: SVE is refused by name before 4.18");
    }
}

}  // namespace

unsigned run_hypervisor_contract(const ContractSubject& subject,
                                 const std::function<void(std::string_view line)>& print) {
    Checks checks{print};
    check_host(subject.xen, checks);
    check_console(subject.xen, checks);
    check_parameters(subject.xen, checks);
    check_missing_domain(subject.xen, checks);
    check_dom0_is_safe(subject.xen, checks);
    check_refused(subject.xen, checks);
    check_adjustments(subject, checks);
    check_guests(subject, checks);
    return checks.failed();
}

}  // namespace zeroth::testing
