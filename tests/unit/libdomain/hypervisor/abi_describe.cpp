// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/libdomain/hypervisor/abi_describe.hpp"

#include <fmt/format.h>

#include <cstddef>

#include "libdomain/hypervisor/abi/domctl.hpp"
#include "libdomain/hypervisor/abi/stable.hpp"
#include "libdomain/hypervisor/abi/sysctl.hpp"

namespace zeroth::testing {
namespace {

using namespace xenabi;

std::string member(std::string_view name, std::size_t offset, std::size_t size) {
    return fmt::format("  {} at {} size {}\n", name, offset, size);
}
std::string structure(std::string_view name, std::size_t size) {
    return fmt::format("{} size {}\n", name, size);
}

// Members that Xen names otherwise are given both names.
#define STRUCT(type, name) \
    using T = type;        \
    text += structure(name, sizeof(T))
#define MEMBER_AS(field, name) text += member(name, offsetof(T, field), sizeof(T::field))
#define MEMBER(field) MEMBER_AS(field, #field)

template <class T>
void create_domain(std::string& text) {
    text += structure("xen_domctl_createdomain", sizeof(T));
    MEMBER(ssidref);
    MEMBER(handle);
    MEMBER(flags);
    MEMBER(iommu_opts);
    MEMBER(max_vcpus);
    MEMBER(max_evtchn_port);
    MEMBER(max_grant_frames);
    MEMBER(max_maptrack_frames);
    MEMBER(grant_opts);
    if constexpr (requires(T t) { t.altp2m; }) MEMBER(altp2m);
    MEMBER(vmtrace_size);
    MEMBER(cpupool_id);
    MEMBER(arch);
}

template <class T>
void arch_config(std::string& text) {
    text += structure("xen_arch_domainconfig", sizeof(T));
    MEMBER(gic_version);
    if constexpr (requires(T t) { t.sve_vl; }) MEMBER(sve_vl);
    MEMBER(tee_type);
    MEMBER(nr_spis);
    MEMBER(clock_frequency);
    if constexpr (requires(T t) { t.arm_sci_type; }) MEMBER(arm_sci_type);
    if constexpr (requires(T t) { t.v8r_el1_msa; }) MEMBER(v8r_el1_msa);
}

template <class Create>
std::string create(const Layouts&) {
    std::string text;
    create_domain<Create>(text);
    arch_config<decltype(Create::arch)>(text);
    return text;
}

std::string create_for(const Layouts& layouts) {
    switch (layouts.minor) {
        case 17:
            return create<v4_17::CreateDomain>(layouts);
        case 18:
            return create<v4_18::CreateDomain>(layouts);
        case 19:
        case 20:
            return create<v4_19::CreateDomain>(layouts);
        case 21:
            return create<v4_21::CreateDomain>(layouts);
        case 22:
            return create<v4_22::CreateDomain>(layouts);
        default:
            return "no layout\n";
    }
}

void envelopes(std::string& text) {
    {
        STRUCT(DomctlBytes, "xen_domctl");
        MEMBER_AS(header.cmd, "cmd");
        MEMBER_AS(header.interface_version, "interface_version");
        MEMBER_AS(header.domain, "domain");
        MEMBER_AS(body, "u");
    }
    {
        STRUCT(SysctlBytes, "xen_sysctl");
        MEMBER_AS(header.cmd, "cmd");
        MEMBER_AS(header.interface_version, "interface_version");
        MEMBER_AS(body, "u");
    }
    {
        STRUCT(Bitmap, "xenctl_bitmap");
        MEMBER_AS(bits, "bitmap");
        MEMBER(nr_bits);
    }
}

void domain_info(std::string& text) {
    STRUCT(GetDomainInfo, "xen_domctl_getdomaininfo");
    MEMBER(domain);
    MEMBER(flags);
    MEMBER(tot_pages);
    MEMBER(max_pages);
    MEMBER(outstanding_pages);
    MEMBER(shr_pages);
    MEMBER(paged_pages);
    MEMBER(shared_info_frame);
    MEMBER(cpu_time);
    MEMBER(nr_online_vcpus);
    MEMBER(max_vcpu_id);
    MEMBER(ssidref);
    MEMBER(handle);
    MEMBER(cpupool);
    MEMBER(gpaddr_bits);
}

void vcpu_domctls(std::string& text) {
    {
        STRUCT(VcpuAffinity, "xen_domctl_vcpuaffinity");
        MEMBER(vcpu);
        MEMBER(flags);
        MEMBER(cpumap_hard);
        MEMBER(cpumap_soft);
    }
    {
        STRUCT(VcpuContextArgument, "xen_domctl_vcpucontext");
        MEMBER(vcpu);
        MEMBER(ctxt);
    }
    {
        STRUCT(GetVcpuInfo, "xen_domctl_getvcpuinfo");
        MEMBER(vcpu);
        MEMBER(online);
        MEMBER(blocked);
        MEMBER(running);
        MEMBER(cpu_time);
        MEMBER(cpu);
    }
    {
        STRUCT(MaxVcpus, "xen_domctl_max_vcpus");
        MEMBER(max);
    }
    {
        STRUCT(AddressSize, "xen_domctl_address_size");
        MEMBER(size);
    }
    {
        STRUCT(SendTrigger, "xen_domctl_sendtrigger");
        MEMBER(trigger);
        MEMBER(vcpu);
    }
    {
        STRUCT(NodeAffinity, "xen_domctl_nodeaffinity");
        MEMBER(nodemap);
    }
    {
        STRUCT(SchedulerOp, "xen_domctl_scheduler_op");
        MEMBER(sched_id);
        MEMBER(cmd);
        MEMBER_AS(credit.weight, "u.credit2.weight");
        MEMBER_AS(credit.cap, "u.credit2.cap");
        MEMBER_AS(rtds.period, "u.rtds.period");
        MEMBER_AS(rtds.budget, "u.rtds.budget");
        MEMBER_AS(rtds.flags, "u.rtds.flags");
    }
}

void memory_domctls(std::string& text) {
    {
        STRUCT(MaxMem, "xen_domctl_max_mem");
        MEMBER(max_memkb);
    }
    {
        STRUCT(PagingMempool, "xen_domctl_paging_mempool");
        MEMBER(size);
    }
    {
        STRUCT(CacheFlush, "xen_domctl_cacheflush");
        MEMBER(start_pfn);
        MEMBER(nr_pfns);
    }
    {
        STRUCT(IomemPermission, "xen_domctl_iomem_permission");
        MEMBER(first_mfn);
        MEMBER(nr_mfns);
        MEMBER(allow_access);
    }
    {
        STRUCT(MemoryMapping, "xen_domctl_memory_mapping");
        MEMBER(first_gfn);
        MEMBER(first_mfn);
        MEMBER(nr_mfns);
        MEMBER(add_mapping);
    }
}

void device_domctls(std::string& text, const Layouts& layouts) {
    {
        STRUCT(AssignDevice, "xen_domctl_assign_device");
        MEMBER(dev);
        MEMBER(flags);
        MEMBER_AS(size, "u.dt.size");
        MEMBER_AS(path, "u.dt.path");
    }
    {
        STRUCT(BindPtIrq, "xen_domctl_bind_pt_irq");
        MEMBER(machine_irq);
        MEMBER(irq_type);
        MEMBER_AS(spi, "u.spi.spi");
    }
    {
        STRUCT(VuartOp, "xen_domctl_vuart_op");
        MEMBER(cmd);
        MEMBER(type);
        MEMBER(gfn);
        MEMBER(console_domid);
        MEMBER(evtchn);
    }
    if (layouts.minor >= 20) {
        STRUCT(SetLlcColors, "xen_domctl_set_llc_colors");
        MEMBER(num_llc_colors);
        MEMBER(llc_colors);
    }
}

void vcpu_context(std::string& text) {
    STRUCT(VcpuGuestContext, "vcpu_guest_context");
    MEMBER(flags);
    text += member("user_regs.x0", offsetof(T, x), sizeof(T::x[0]));
    text += member("user_regs.x3", offsetof(T, x) + 3 * sizeof(T::x[0]), sizeof(T::x[0]));
    MEMBER_AS(pc, "user_regs.pc64");
    MEMBER_AS(cpsr, "user_regs.cpsr");
    MEMBER_AS(spsr_el1, "user_regs.spsr_el1");
    MEMBER_AS(spsr_abt, "user_regs.spsr_abt");
    MEMBER_AS(sp_el0, "user_regs.sp_el0");
    MEMBER_AS(elr_el1, "user_regs.elr_el1");
    MEMBER(sctlr);
    MEMBER(ttbcr);
    MEMBER(ttbr0);
    MEMBER(ttbr1);
}

void host_sysctls(std::string& text) {
    {
        STRUCT(PhysInfoBytes, "xen_sysctl_physinfo");
        MEMBER(threads_per_core);
        MEMBER(cores_per_socket);
        MEMBER(nr_cpus);
        MEMBER(max_cpu_id);
        MEMBER(nr_nodes);
        MEMBER(max_node_id);
        MEMBER(cpu_khz);
        MEMBER(capabilities);
        MEMBER(arch_capabilities);
        MEMBER(total_pages);
        MEMBER(free_pages);
        MEMBER(scrub_pages);
        MEMBER(outstanding_pages);
        MEMBER(max_mfn);
        MEMBER(hw_cap);
    }
    {
        STRUCT(CpuTopo, "xen_sysctl_cputopo");
        MEMBER(core);
        MEMBER(socket);
        MEMBER(node);
    }
    {
        STRUCT(CpuTopoInfo, "xen_sysctl_cputopoinfo");
        MEMBER(num_cpus);
        MEMBER(cputopo);
    }
    {
        STRUCT(MemInfo, "xen_sysctl_meminfo");
        MEMBER(memsize);
        MEMBER(memfree);
    }
    {
        STRUCT(NumaInfo, "xen_sysctl_numainfo");
        MEMBER(num_nodes);
        MEMBER(meminfo);
        MEMBER(distance);
    }
}

void other_sysctls(std::string& text) {
    {
        STRUCT(ReadConsole, "xen_sysctl_readconsole");
        MEMBER(clear);
        MEMBER(incremental);
        MEMBER(index);
        MEMBER(buffer);
        MEMBER(count);
    }
    {
        STRUCT(SchedId, "xen_sysctl_sched_id");
        MEMBER(sched_id);
    }
    {
        STRUCT(GetDomainInfoList, "xen_sysctl_getdomaininfolist");
        MEMBER(first_domain);
        MEMBER(max_domains);
        MEMBER(buffer);
        MEMBER(num_domains);
    }
    {
        STRUCT(DebugKeys, "xen_sysctl_debug_keys");
        MEMBER(keys);
        MEMBER(nr_keys);
    }
    {
        STRUCT(CpupoolOp, "xen_sysctl_cpupool_op");
        MEMBER(op);
        MEMBER(cpupool_id);
        MEMBER(sched_id);
        MEMBER(domid);
        MEMBER(cpu);
        MEMBER(n_dom);
        MEMBER(cpumap);
    }
}

void stable(std::string& text) {
    {
        STRUCT(MemoryReservation, "xen_memory_reservation");
        MEMBER(extent_start);
        MEMBER(nr_extents);
        MEMBER(extent_order);
        MEMBER(mem_flags);
        MEMBER(domid);
    }
    {
        STRUCT(MemoryDomain, "xen_memory_domain");
        MEMBER(domid);
    }
    {
        STRUCT(RemoteShutdown, "sched_remote_shutdown");
        MEMBER(domain_id);
        MEMBER(reason);
    }
    {
        STRUCT(HvmParamArgument, "xen_hvm_param");
        MEMBER(domid);
        MEMBER(index);
        MEMBER(value);
    }
    {
        STRUCT(AllocUnbound, "evtchn_alloc_unbound");
        MEMBER(dom);
        MEMBER(remote_dom);
        MEMBER(port);
    }
    {
        STRUCT(GrantEntry, "grant_entry_v1");
        MEMBER(flags);
        MEMBER(domid);
        MEMBER(frame);
    }
    {
        STRUCT(CompileInfo, "xen_compile_info");
        MEMBER(compiler);
        MEMBER(compile_by);
        MEMBER(compile_domain);
        MEMBER(compile_date);
    }
}

}  // namespace

std::string describe_layouts(const Layouts& layouts) {
    auto text = fmt::format("interface versions: domctl {:#x} sysctl {:#x}\n", layouts.domctl,
                            layouts.sysctl);
    envelopes(text);
    text += create_for(layouts);
    domain_info(text);
    vcpu_domctls(text);
    memory_domctls(text);
    device_domctls(text, layouts);
    vcpu_context(text);
    host_sysctls(text);
    other_sysctls(text);
    stable(text);
    return text;
}

}  // namespace zeroth::testing
