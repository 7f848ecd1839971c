// SPDX-License-Identifier: Apache-2.0
#include <sys/utsname.h>

#include <algorithm>

#include "daemon/cpus/scheduler.hpp"
#include "daemon/service.hpp"
#include "libdomain/config/cpu_set.hpp"

namespace zeroth::daemon {
namespace {

void describe_machine(api::Host& host) {
    utsname names{};
    ::uname(&names);
    host.host = names.nodename;
    host.release = names.release;
    host.version = names.version;
    host.machine = names.machine;
}

void describe_cpus(api::Host& host, const hyper::PhysInfo& phys) {
    host.nr_cpus = phys.nr_cpus;
    host.max_cpu_id = phys.max_cpu_id;
    host.nr_nodes = phys.nr_nodes;
    host.cores_per_socket = phys.cores_per_socket;
    host.threads_per_core = phys.threads_per_core;
    host.cpu_khz = phys.cpu_khz;
    host.capabilities = phys.capabilities;
    host.arch_capabilities = phys.arch_capabilities;
    host.hw_caps.assign(phys.hw_cap.begin(), phys.hw_cap.end());
    host.total_pages = phys.total_pages;
    host.free_pages = phys.free_pages;
    host.outstanding_pages = phys.outstanding_pages;
}

void describe_xen(api::Host& host, const hyper::XenVersion& xen) {
    host.xen_major = xen.major;
    host.xen_minor = xen.minor;
    host.xen_extra = xen.extra;
    host.xen_caps = xen.capabilities;
    host.xen_pagesize = xen.page_size;
    host.xen_changeset = xen.changeset;
    host.xen_commandline = xen.commandline;
    host.cc_compiler = xen.compiler;
    host.cc_compile_by = xen.compile_by;
    host.cc_compile_domain = xen.compile_domain;
    host.cc_compile_date = xen.compile_date;
    host.build_id = xen.build_id;
    host.virt_start = xen.virt_start;
    host.domctl_version = xen.domctl;
    host.sysctl_version = xen.sysctl;
}

}  // namespace

Result<> Service::add_nodes(std::vector<api::Domain>& domains) {
    ZEROTH_TRY(const auto host, xen_.physinfo());
    for (auto& domain : domains) {
        const auto nodes =
            xen_.node_affinity(DomainId{static_cast<std::uint16_t>(domain.domid)}, host.nr_nodes);
        // It may have gone since it was listed.
        if (nodes) domain.node_affinity = config::print_cpu_map(*nodes);
    }
    return {};
}

Result<api::Host> Service::host() {
    api::Host host;
    describe_machine(host);
    ZEROTH_TRY(const auto phys, xen_.physinfo());
    describe_cpus(host, phys);
    describe_xen(host, xen_.version());
    host.xen_scheduler = scheduler_name(facts_.scheduler);
    ZEROTH_TRY(const auto free_cpus, xen_.free_cpus());
    host.free_cpus = static_cast<std::uint32_t>(std::ranges::count(free_cpus, true));
    ZEROTH_TRY(const auto topology, xen_.cpu_topology());
    for (std::uint32_t cpu = 0; cpu < topology.size(); ++cpu) {
        const auto& place = topology[cpu];
        host.cpu_topology.push_back({cpu, place.core, place.socket, place.node});
    }
    ZEROTH_TRY(const auto nodes, xen_.numa_info());
    for (std::uint32_t node = 0; node < nodes.size(); ++node) {
        host.numa.push_back(
            {node, nodes[node].size.raw(), nodes[node].free.raw(), nodes[node].distances});
    }
    host.xld_version = ZEROTH_VERSION;
    host.simulated = facts_.simulated;
    return host;
}

}  // namespace zeroth::daemon
