// SPDX-License-Identifier: Apache-2.0
#include "libdomain/plan/make_plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>

#include "libdomain/plan/device_tree.hpp"
#include "libdomain/plan/devices.hpp"
#include "libdomain/plan/nodes.hpp"
#include "libdomain/plan/placement.hpp"
#include "libdomain/plan/settings.hpp"

namespace zeroth::plan {
namespace {

/// All that the steps are made of.
struct Parts {
    Settings settings;
    Banks banks;
    std::vector<Span> extended_regions;
    Placement placement;
    std::vector<std::byte> device_tree;
    std::vector<Device> devices;
};

TreeFacts tree_facts(const Inputs& inputs, const Parts& parts) {
    TreeFacts facts;
    facts.xen_major = inputs.host.xen.major;
    facts.xen_minor = inputs.host.xen.minor;
    facts.width = inputs.kernel.width;
    facts.bootargs = inputs.config.cmdline;
    if (inputs.ramdisk) {
        const auto ramdisk = parts.placement.ramdisk.value_or(Span{});
        facts.initrd = Span{ramdisk.start, align_up(ramdisk.size, kPageSize)};
    }
    facts.rng_seed = inputs.rng_seed;
    facts.vcpus = parts.settings.max_vcpus;
    facts.gic = parts.settings.gic;
    facts.timer_clock_frequency = inputs.host.timer_clock_frequency;
    facts.banks = parts.banks;
    facts.extended_regions = parts.extended_regions;
    facts.vuart = inputs.config.vuart_sbsa;
    facts.optee = inputs.config.tee == config::Tee::kOptee;
    facts.partial = inputs.partial_device_tree;
    return facts;
}

/// The tree's size decides where it lies, and it says where the ramdisk lies: so it is made twice.
Result<> make_tree_and_place(const Inputs& inputs, Parts& parts) {
    ZEROTH_TRY(const auto draft, make_device_tree(tree_facts(inputs, parts)));
    const auto ramdisk =
        inputs.ramdisk ? std::optional{inputs.ramdisk->size} : std::optional<std::uint64_t>{};
    ZEROTH_TRY(parts.placement, place(inputs.kernel, parts.banks, ramdisk, draft.size()));
    ZEROTH_TRY(parts.device_tree, make_device_tree(tree_facts(inputs, parts)));
    assert(parts.device_tree.size() == draft.size());
    return {};
}

Result<Parts> make_parts(const Inputs& inputs) {
    if (inputs.config.device_tree && inputs.partial_device_tree.empty())
        return fail(Error::message(EINVAL, "device_tree: the file is empty"));
    Parts parts;
    ZEROTH_TRY(parts.settings, make_settings(inputs));
    const auto gpaddr_bits = inputs.host.gpaddr_bits;
    // All that the guest may ever have: Linux takes what is beyond its target for given at its
    // start, and its balloon gives that back. With less it would give back memory that it needs.
    ZEROTH_TRY(parts.banks, fill_banks(parts.settings.maxmem, gpaddr_bits));
    parts.extended_regions = extended_regions(parts.banks, gpaddr_bits, inputs.config.iomem);
    const Guest guest{inputs.config.name, parts.settings.spec.handle, {}, {}};
    ZEROTH_TRY(parts.devices, make_devices(inputs.config, guest, inputs.host.devices));
    ZEROTH_CHECK(make_tree_and_place(inputs, parts));
    return parts;
}

hyper::VcpuContext first_vcpu(const Inputs& inputs, const Placement& placement) {
    hyper::VcpuContext context;
    context.pc = placement.entry.raw();
    context.sctlr = 0x00C50078;
    const auto tree = placement.device_tree.start;
    if (inputs.kernel.width == image::Width::k64) {
        // EL1h with D, A, I and F masked, as arm64's boot protocol asks for; the reference masks D
        // too in its latest releases, and left it open before.
        context.cpsr = 0x3C5;
        context.arguments = {tree, 0, 0, 0};
        context.width = hyper::VcpuContext::Width::k64;
    } else {
        // SVC with A, I and F masked, Z set; r1 is the machine number that says "device tree".
        context.cpsr = 0x400001D3;
        context.arguments = {0, 0xFFFFFFFF, tree, 0};
        context.width = hyper::VcpuContext::Width::k32;
    }
    return context;
}

/// RAM and the pages of Xen's rings.
std::uint64_t populated_pages(const Parts& parts) {
    std::uint64_t pages = kMagicPages;
    for (const auto& bank : parts.banks) pages += bank.size >> kPageShift;
    return pages;
}

/// Memory of chosen cache colours comes from lists of its own, which claims do not count.
bool claims(const Inputs& inputs) { return inputs.config.llc_colors.empty(); }

void add_creation(const Inputs& inputs, const Parts& parts, std::vector<Step>& steps) {
    const auto& settings = parts.settings;
    // Beyond the largest size the guest may grow to, as much as the reference adds for pages that
    // are not the guest's RAM.
    constexpr KiB kSlack{1024};
    steps.push_back(CreateDomain{.spec = settings.spec,
                                 .gic = settings.gic,
                                 .clock_frequency = inputs.host.timer_clock_frequency});
    if (!inputs.config.llc_colors.empty())
        steps.push_back(SetLlcColors{.colors = inputs.config.llc_colors});
    steps.push_back(SetMaxVcpus{.count = settings.max_vcpus});
    for (const auto& affinity : settings.affinities) steps.push_back(affinity);
    steps.push_back(SetMaxMem{.size = settings.maxmem + kSlack});
    if (claims(inputs)) steps.push_back(ClaimMemory{.pages = populated_pages(parts)});
    steps.push_back(AllocPort{.role = PortRole::kStore, .remote = inputs.host.store_domain});
    steps.push_back(AllocPort{.role = PortRole::kConsole, .remote = inputs.host.console_domain});
    steps.push_back(SetPagingMempool{.size = settings.paging_pool});
    // How Xen tells the guest of an event: kind PPI (2) in the top byte, level-triggered and
    // active-low (2) in the second, then the interrupt.
    constexpr std::uint64_t kCallback = std::uint64_t{2} << 56 | 2 << 8 | kEventChannelPpi;
    steps.push_back(SetParam{.param = hyper::HvmParam::kCallbackIrq, .value = kCallback});
}

void add_memory(const Inputs& inputs, const Parts& parts, std::vector<Step>& steps) {
    const auto& placement = parts.placement;
    const bool wide = inputs.kernel.width == image::Width::k64;
    steps.push_back(SetAddressSize{.bits = wide ? 64U : 32U});
    for (const auto& bank : parts.banks)
        if (bank.size != 0)
            steps.push_back(PopulateRam{.first = frame_of(GuestAddress{bank.start}),
                                        .pages = bank.size >> kPageShift});
    std::vector<GuestAddress> addresses;
    for (const auto& segment : placement.kernel) addresses.push_back(GuestAddress{segment.start});
    steps.push_back(LoadKernel{.kernel = inputs.kernel, .addresses = std::move(addresses)});
    if (placement.ramdisk)
        steps.push_back(LoadRamdisk{.ramdisk = *inputs.ramdisk,
                                    .address = GuestAddress{placement.ramdisk->start}});
    steps.push_back(LoadDeviceTree{.blob = parts.device_tree,
                                   .address = GuestAddress{placement.device_tree.start}});
    steps.push_back(PopulateMagic{.first = frame_of(GuestAddress{kMagic.start}),
                                  .pages = kMagicPages,
                                  .console = kConsoleFrame});
    if (claims(inputs)) steps.push_back(ReleaseClaim{});
}

void add_rings(const Inputs& inputs, const Parts& parts, std::vector<Step>& steps) {
    using hyper::HvmParam;
    const auto frame = [&](HvmParam param, GuestFrame value) {
        steps.push_back(SetParam{.param = param, .value = value.raw()});
    };
    const auto port = [&](HvmParam param, PortRole role) {
        steps.push_back(SetParam{.param = param, .value = role});
    };
    frame(HvmParam::kConsolePfn, kConsoleFrame);
    frame(HvmParam::kStorePfn, kStoreFrame);
    frame(HvmParam::kMonitorRingPfn, kMemaccessFrame);
    port(HvmParam::kConsoleEvtchn, PortRole::kConsole);
    port(HvmParam::kStoreEvtchn, PortRole::kStore);
    steps.push_back(
        SetVcpuContext{.vcpu = VcpuId{0}, .context = first_vcpu(inputs, parts.placement)});
    // The first two entries of every guest's grant table are for these two (grant_table.h).
    steps.push_back(SeedGrants{
        .seeds = {{.ref = GrantRef{0}, .to = inputs.host.console_domain, .frame = kConsoleFrame},
                  {.ref = GrantRef{1}, .to = inputs.host.store_domain, .frame = kStoreFrame}}});
    if (inputs.config.vuart_sbsa)
        steps.push_back(
            InitVuart{.ring = kVuartFrame, .console_domain = inputs.host.console_domain});
}

std::vector<config::Channel> channels_of(const config::DomainConfig& config) {
    std::vector<config::Channel> channels;
    for (const auto& device : config.other_devices) {
        if (device.key != "channel") continue;
        if (auto channel = config::channel_of(device.text)) channels.push_back(*std::move(channel));
    }
    return channels;
}

void add_rest(const Inputs& inputs, const Parts& parts, std::vector<Step>& steps) {
    const auto& config = inputs.config;
    const auto& settings = parts.settings;
    if (settings.sched) steps.push_back(SetSchedParams{.params = *settings.sched});
    for (const auto irq : config.irqs) steps.push_back(BindSpi{.irq = irq});
    for (const auto& range : config.iomem)
        steps.push_back(
            MapIomem{.first = range.first, .count = range.count, .guest_first = range.guest_first});
    for (const auto& path : config.dtdev) steps.push_back(AssignDevice{.path = path});
    steps.push_back(WriteNodes{.nodes = make_nodes({.name = config.name,
                                                    .uuid = settings.spec.handle,
                                                    .memory = settings.memory,
                                                    .maxmem = settings.maxmem,
                                                    .max_vcpus = settings.max_vcpus,
                                                    .online_vcpus = settings.vcpus,
                                                    .vuart = config.vuart_sbsa,
                                                    .driver_domain = config.driver_domain,
                                                    .channels = channels_of(config)})});
    for (const auto& device : parts.devices) steps.push_back(AttachDevice{.device = device});
    // From here on their backends come up, beside what else there is to do.
    if (!parts.devices.empty()) steps.push_back(StartDevices{});
    steps.push_back(IntroduceDomain{.ring = kStoreFrame});
    steps.push_back(WaitConsole{});
    if (!parts.devices.empty()) steps.push_back(WaitDevices{});
    if (!inputs.start_paused) steps.push_back(Unpause{});
}

void add_ranges(const Inputs& inputs, const Parts& parts, std::vector<Range>& map) {
    const auto add = [&](std::string what, const Span& span) {
        if (span.size != 0) map.push_back({std::move(what), GuestAddress{span.start}, span.size});
    };
    const bool v3 = parts.settings.gic == hyper::DomainSpec::Gic::kV3;
    add("GIC distributor", v3 ? kGicDistributorV3 : kGicDistributorV2);
    add(v3 ? "GIC redistributors" : "GIC CPU interface",
        v3 ? kGicRedistributors : kGicCpuInterface);
    if (inputs.config.vuart_sbsa) add("virtual UART", kPl011);
    add("grant table", kGrantTable);
    add("magic pages", {kMagic.start, kMagicPages * kPageSize});
    add("RAM, bank 0", parts.banks[0]);
    add("RAM, bank 1", parts.banks[1]);
    for (const auto& segment : parts.placement.kernel) add("kernel", segment);
    if (parts.placement.ramdisk) add("ramdisk", *parts.placement.ramdisk);
    add("device tree", parts.placement.device_tree);
    for (const auto& region : parts.extended_regions) add("extended region", region);
    for (const auto& range : inputs.config.iomem)
        add(fmt::format("iomem of machine frame {:#x}", range.first.raw()),
            {address_of(range.guest_first).raw(), range.count * kPageSize});
    // What holds something else comes before it.
    std::ranges::sort(map, {}, [](const Range& range) {
        return std::pair{range.start, ~range.size};
    });
}

}  // namespace

Result<BuildPlan> make_plan(const Inputs& inputs) {
    ZEROTH_TRY(auto parts, make_parts(inputs));
    BuildPlan plan;
    plan.name = inputs.config.name;
    plan.uuid = parts.settings.spec.handle;
    plan.max_vcpus = parts.settings.max_vcpus;
    plan.memory = parts.settings.memory;
    plan.notes = parts.settings.notes;
    add_ranges(inputs, parts, plan.memory_map);
    add_creation(inputs, parts, plan.steps);
    add_memory(inputs, parts, plan.steps);
    add_rings(inputs, parts, plan.steps);
    add_rest(inputs, parts, plan.steps);
    plan.device_tree = std::move(parts.device_tree);
    return plan;
}

}  // namespace zeroth::plan
