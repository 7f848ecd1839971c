// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <array>
#include <type_traits>

#include "libdomain/config/cpu_set.hpp"
#include "libdomain/plan/build_plan.hpp"
#include "libdomain/plan/devices.hpp"
#include "libdomain/plan/print.hpp"

namespace zeroth::plan {
namespace {

constexpr std::array kKinds{
    "create-domain",    "set-llc-colors",   "set-max-vcpus",    "set-affinity", "set-max-mem",
    "claim-memory",     "set-paging-pool",  "set-sched-params", "alloc-port",   "set-param",
    "set-address-size", "populate-ram",     "populate-magic",   "load-kernel",  "load-ramdisk",
    "load-device-tree", "release-claim",    "set-vcpu-context", "seed-grants",  "init-vuart",
    "bind-spi",         "map-iomem",        "assign-device",    "write-nodes",  "attach-device",
    "start-devices",    "introduce-domain", "wait-console",     "wait-devices", "save-config",
    "unpause",
};
static_assert(kKinds.size() == std::variant_size_v<Step>);
static_assert(std::is_same_v<std::variant_alternative_t<17, Step>, SetVcpuContext>);

const char* word(PortRole role) {
    switch (role) {
        case PortRole::kStore:
            return "XenStore";
        case PortRole::kConsole:
            return "console";
        case PortRole::kVuart:
            return "virtual UART";
    }
    return "";
}

const char* word(hyper::DomainSpec::Gic gic) {
    switch (gic) {
        case hyper::DomainSpec::Gic::kNative:
            return "the host's GIC";
        case hyper::DomainSpec::Gic::kV2:
            return "GICv2";
        case hyper::DomainSpec::Gic::kV3:
            return "GICv3";
    }
    return "";
}

const char* word(hyper::HvmParam param) {
    switch (param) {
        case hyper::HvmParam::kCallbackIrq:
            return "CALLBACK_IRQ";
        case hyper::HvmParam::kStorePfn:
            return "STORE_PFN";
        case hyper::HvmParam::kStoreEvtchn:
            return "STORE_EVTCHN";
        case hyper::HvmParam::kConsolePfn:
            return "CONSOLE_PFN";
        case hyper::HvmParam::kConsoleEvtchn:
            return "CONSOLE_EVTCHN";
        case hyper::HvmParam::kMonitorRingPfn:
            return "MONITOR_RING_PFN";
    }
    return "";
}

const char* word(image::Format format) {
    switch (format) {
        case image::Format::kArm64Image:
            return "arm64 Image";
        case image::Format::kArm32ZImage:
            return "zImage";
        case image::Format::kElf:
            return "ELF";
    }
    return "";
}

template <class T>
void append(std::string& out, const char* name, const std::optional<T>& value) {
    if (value) out += fmt::format(", {} {}", name, +*value);
}

/// One overload per step.
struct Describe {
    std::string operator()(const CreateDomain& step) const {
        const auto& spec = step.spec;
        auto out = fmt::format("create the domain: {}, up to {} vCPU{}, {}", spec.handle.text(),
                               spec.max_vcpus, spec.max_vcpus == 1 ? "" : "s", word(step.gic));
        if (spec.gic == hyper::DomainSpec::Gic::kNative) out += " as the host's";
        out += fmt::format(", {} SPIs, event channels up to {}, grant tables of version {}",
                           spec.nr_spis, spec.max_evtchn_port, spec.max_grant_version);
        append(out, "grant frames", spec.max_grant_frames);
        append(out, "maptrack frames", spec.max_maptrack_frames);
        if (spec.cpupool.raw() != 0) out += fmt::format(", CPU pool {}", spec.cpupool.raw());
        if (spec.vpmu) out += ", performance monitoring";
        if (spec.trap_unmapped_accesses)
            out += *spec.trap_unmapped_accesses ? ", trapping" : ", not trapping";
        if (spec.trap_unmapped_accesses) out += " unmapped accesses";
        if (spec.tee_type != 0) out += spec.tee_type == 1 ? ", OP-TEE" : ", FF-A";
        if (spec.arm_sci_type != 0) out += ", SCMI";
        if (spec.sve_vl != 0) out += fmt::format(", SVE of {} bits", spec.sve_vl * 128);
        return out;
    }
    std::string operator()(const SetLlcColors& step) const {
        return fmt::format("cache colours: {}", fmt::join(step.colors, " "));
    }
    std::string operator()(const SetMaxVcpus& step) const {
        return fmt::format("vCPUs: {}", step.count);
    }
    std::string operator()(const SetAffinity& step) const {
        auto out = fmt::format("affinity of vCPU {}:", step.vcpu.raw());
        if (!step.hard.empty()) out += fmt::format(" hard {}", config::print_cpu_map(step.hard));
        if (!step.soft.empty()) out += fmt::format(" soft {}", config::print_cpu_map(step.soft));
        return out;
    }
    std::string operator()(const SetMaxMem& step) const {
        return fmt::format("memory limit: {}", print_size(to_bytes(step.size).raw()));
    }
    std::string operator()(const ClaimMemory& step) const {
        return fmt::format("claim memory: {} pages", step.pages);
    }
    std::string operator()(const SetPagingMempool& step) const {
        return fmt::format("memory for page tables: {}", print_size(step.size.raw()));
    }
    std::string operator()(const SetSchedParams& step) const {
        auto out = fmt::format("scheduling: scheduler {}", step.params.scheduler);
        append(out, "weight", step.params.weight);
        append(out, "cap", step.params.cap);
        append(out, "period", step.params.period);
        append(out, "budget", step.params.budget);
        append(out, "extratime", step.params.extratime);
        return out;
    }
    std::string operator()(const AllocPort& step) const {
        return fmt::format("{} port for domain {}", word(step.role), step.remote.raw());
    }
    std::string operator()(const SetParam& step) const {
        if (const auto* role = std::get_if<PortRole>(&step.value))
            return fmt::format("{} = the {} port", word(step.param), word(*role));
        return fmt::format("{} = {:#x}", word(step.param), std::get<std::uint64_t>(step.value));
    }
    std::string operator()(const SetAddressSize& step) const {
        return fmt::format("address size: {} bits", step.bits);
    }
    std::string operator()(const PopulateRam& step) const {
        return fmt::format("populate RAM: {} pages at gfn {:#x}", step.pages, step.first.raw());
    }
    std::string operator()(const PopulateMagic& step) const {
        return fmt::format("populate magic pages: {} pages at gfn {:#x}, console at {:#x}",
                           step.pages, step.first.raw(), step.console.raw());
    }
    std::string operator()(const LoadKernel& step) const {
        const auto& kernel = step.kernel;
        auto out =
            fmt::format("load kernel {}: {}{}{}", kernel.path, word(kernel.format),
                        kernel.gzip ? ", unzipping" : "", kernel.uimage ? ", out of a uImage" : "");
        for (std::size_t i = 0; i < step.addresses.size(); ++i)
            out += fmt::format(", {} at {:#x}", print_size(kernel.segments.at(i).size),
                               step.addresses[i].raw());
        return out;
    }
    std::string operator()(const LoadRamdisk& step) const {
        return fmt::format("load ramdisk {}: {} at {:#x}", step.ramdisk.path,
                           print_size(step.ramdisk.size), step.address.raw());
    }
    std::string operator()(const LoadDeviceTree& step) const {
        return fmt::format("load device tree: {} at {:#x}", print_size(step.blob.size()),
                           step.address.raw());
    }
    std::string operator()(const ReleaseClaim&) const {
        return "release what is left of the claim";
    }
    std::string operator()(const SetVcpuContext& step) const {
        const auto& context = step.context;
        const bool wide = context.width == hyper::VcpuContext::Width::k64;
        return fmt::format("vCPU {}: pc {:#x}, {} {:#x} {:#x} {:#x} {:#x}, cpsr {:#x}, sctlr {:#x}",
                           step.vcpu.raw(), context.pc, wide ? "x0-x3" : "r0-r3",
                           context.arguments[0], context.arguments[1], context.arguments[2],
                           context.arguments[3], context.cpsr, context.sctlr);
    }
    std::string operator()(const SeedGrants& step) const {
        std::string out = "grants:";
        for (const auto& seed : step.seeds)
            out +=
                fmt::format("{} {} of gfn {:#x} to domain {}", &seed == &step.seeds[0] ? "" : ",",
                            seed.ref.raw(), seed.frame.raw(), seed.to.raw());
        return out;
    }
    std::string operator()(const InitVuart& step) const {
        return fmt::format("virtual UART: ring at gfn {:#x}, for domain {}", step.ring.raw(),
                           step.console_domain.raw());
    }
    std::string operator()(const BindSpi& step) const {
        return fmt::format("interrupt {} to the guest", step.irq);
    }
    std::string operator()(const MapIomem& step) const {
        return fmt::format("map {} machine frame{} from {:#x} at gfn {:#x}", step.count,
                           step.count == 1 ? "" : "s", step.first.raw(), step.guest_first.raw());
    }
    std::string operator()(const AssignDevice& step) const {
        return fmt::format("assign device {}", step.path);
    }
    std::string operator()(const WriteNodes& step) const {
        return fmt::format("write {} XenStore nodes", step.nodes.size());
    }
    std::string operator()(const IntroduceDomain& step) const {
        return fmt::format("introduce the domain to XenStore: ring at gfn {:#x}", step.ring.raw());
    }
    std::string operator()(const AttachDevice& step) const { return describe(step.device); }
    std::string operator()(const StartDevices&) const {
        return "write its devices' nodes: their backends begin";
    }
    std::string operator()(const WaitConsole&) const { return "have its consoles served"; }
    std::string operator()(const WaitDevices&) const { return "wait for its devices"; }
    std::string operator()(const SaveConfig& step) const {
        return fmt::format("save the config: {}", step.path);
    }
    std::string operator()(const Unpause&) const { return "let it run"; }
};

}  // namespace

std::string describe(const Step& step) { return std::visit(Describe{}, step); }

const char* kind(const Step& step) { return kKinds.at(step.index()); }

}  // namespace zeroth::plan
