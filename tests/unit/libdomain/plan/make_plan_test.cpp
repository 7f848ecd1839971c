// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "tests/unit/libdomain/plan/guests.hpp"

namespace zeroth::plan {
namespace {

using namespace zeroth::testing;
using Gic = hyper::DomainSpec::Gic;

/// The error a change of `linux_guest` leads to.
template <class Change>
std::string error_after(Change change) {
    auto inputs = linux_guest();
    change(inputs);
    return plan_error(inputs);
}

TEST(MakePlan, IsPure) {
    EXPECT_EQ(to_text(plan_of(linux_guest())), to_text(plan_of(linux_guest())));
}

TEST(MakePlan, NameOrUuidInUseNamesTheDomain) {
    const auto uuid = *Uuid::parse("02785c78-618d-426f-aba3-c18d4d31e14d");
    EXPECT_EQ(error_after([&](Inputs& inputs) {
                  inputs.host.domains = {{DomainId{0}, "Domain-0", {}}, {DomainId{7}, "g1", {}}};
              }),
              "name = \"g1\": domain 7 has this name already");
    EXPECT_EQ(error_after([&](Inputs& inputs) {
                  inputs.host.domains = {{DomainId{7}, "other", uuid}};
              }),
              "uuid = \"02785c78-618d-426f-aba3-c18d4d31e14d\": domain 7 (\"other\") has this UUID "
              "already");
    EXPECT_EQ(error_after([](Inputs& inputs) { inputs.config.name.clear(); }),
              "the domain has no name");
}

TEST(MakePlan, UuidIsTheRandomOneWhereNoneIsGiven) {
    auto inputs = linux_guest();
    inputs.config.uuid.reset();
    inputs.random_uuid.bytes[0] = 0xAB;
    EXPECT_EQ(plan_of(inputs).uuid, inputs.random_uuid);
}

TEST(MakePlan, VcpuLimits) {
    const auto with = [](std::uint32_t vcpus, config::GicVersion gic,
                         std::optional<std::uint32_t> maxvcpus = std::nullopt) {
        return error_after([=](Inputs& inputs) {
            inputs.config.vcpus = vcpus;
            inputs.config.maxvcpus = maxvcpus;
            inputs.config.gic_version = gic;
        });
    };
    using config::GicVersion;
    EXPECT_EQ(with(0, GicVersion::kDefault), "vcpus = 0: a guest needs at least one vCPU");
    EXPECT_EQ(with(128, GicVersion::kV3), "no error");
    EXPECT_EQ(with(129, GicVersion::kV3), "vcpus = 129: a guest can have at most 128 vCPUs");
    EXPECT_EQ(with(8, GicVersion::kV2), "no error");
    EXPECT_EQ(with(1, GicVersion::kV2, 9),
              "maxvcpus = 9: a guest with a GICv2 can have at most 8 vCPUs");
    EXPECT_EQ(with(3, GicVersion::kV3, 2), "maxvcpus = 2 is less than vcpus = 3");
}

TEST(MakePlan, MemoryDefaults) {
    auto inputs = tiny_guest();
    inputs.config.memory.reset();
    EXPECT_EQ(plan_of(inputs).memory, mib(32));
    inputs.config.maxmem = mib(64);
    EXPECT_EQ(plan_of(inputs).memory, mib(64));
    EXPECT_EQ(step_of<SetMaxMem>(plan_of(inputs)).size, KiB{65 << 10});
}

TEST(MakePlan, AGuestStartsWithAllOfMaxmemForItsBalloonToGiveBack) {
    auto inputs = tiny_guest();
    inputs.config.maxmem = mib(64);
    const auto plan = plan_of(inputs);
    EXPECT_EQ(step_of<SetMaxMem>(plan).size, KiB{65 << 10});
    EXPECT_EQ(step_of<PopulateRam>(plan).pages, 64U << 8);
    EXPECT_EQ(step_of<ClaimMemory>(plan).pages, (64U << 8) + 4);
    EXPECT_EQ(plan.memory, mib(16));
}

TEST(MakePlan, PagingPoolOfOneGiBAndOneVcpuIs5632KiB) {
    auto inputs = linux_guest();
    inputs.config.memory = mib(1024);
    EXPECT_EQ(step_of<SetPagingMempool>(plan_of(inputs)).size, Bytes{5632 << 10});
    inputs.config.shadow_memory = mib(8);
    EXPECT_EQ(step_of<SetPagingMempool>(plan_of(inputs)).size, Bytes{8 << 20});
}

TEST(MakePlan, MemoryThatDoesNotFitSaysWhatIsNeededAndFree) {
    const auto with = [](KiB memory) {
        return error_after([=](Inputs& inputs) { inputs.config.memory = memory; });
    };
    EXPECT_EQ(with(mib(4096)),
              "the host has too little free memory: the domain needs 4213248 KiB (4 GiB of RAM, "
              "17920 KiB for its page tables, 1 MiB for Xen's own records of it), and 1504 MiB are "
              "free");
    EXPECT_EQ(with(KiB{0}), "memory = 0: a guest needs memory");
    EXPECT_EQ(with(KiB{3}), "memory = 0: a guest needs memory");
    EXPECT_EQ(with(KiB{~std::uint64_t{0}}), "memory: a guest can have at most 1019 GiB");
    EXPECT_EQ(error_after([](Inputs& inputs) { inputs.config.maxmem = mib(64); }),
              "maxmem = 64 MiB is less than memory = 128 MiB");
    // Memory promised to others is not free, even if there is more of it than free memory.
    EXPECT_NE(error_after([](Inputs& inputs) { inputs.host.phys.outstanding_pages = 1500 << 8; }),
              "no error");
    EXPECT_NE(error_after([](Inputs& inputs) { inputs.host.phys.outstanding_pages = ~0ULL; }),
              "no error");
}

TEST(MakePlan, CpuThatIsNotThereIsNamed) {
    const auto error = error_after([](Inputs& inputs) { inputs.config.cpus = {cpus(0, 5)}; });
    EXPECT_EQ(error.substr(0, 6), "cpus: ") << error;
    EXPECT_NE(error.find("0-5"), error.npos) << error;
    const auto entry = error_after([](Inputs& inputs) {
        inputs.config.vcpus = 2;
        inputs.config.cpus_soft = {cpus(0, 0), cpus(9, 9)};
        inputs.config.cpus_soft_is_list = true;
    });
    EXPECT_EQ(entry.substr(0, 20), "cpus_soft, entry 2: ") << entry;
    EXPECT_NE(entry.find('9'), entry.npos) << entry;
}

TEST(MakePlan, CpusOfAListGoToTheirVcpusAndAStringToAll) {
    auto inputs = linux_guest();
    inputs.config.vcpus = 3;
    inputs.config.cpus = {cpus(1, 1)};
    EXPECT_EQ(steps_of<SetAffinity>(plan_of(inputs)).size(), 3U);
    inputs.config.cpus_is_list = true;
    const auto affinities = steps_of<SetAffinity>(plan_of(inputs));
    ASSERT_EQ(affinities.size(), 1U);
    EXPECT_EQ(affinities[0].hard, (hyper::CpuMap{false, true}));
    EXPECT_TRUE(affinities[0].soft.empty());
    inputs.config.cpus = {cpus(0, 1)};
    inputs.config.cpus[0].parts.push_back(
        {.kind = config::CpuPart::Kind::kCpus, .exclude = true, .first = 0, .last = 1});
    EXPECT_NE(plan_error(inputs).find("leaves no CPU to run on"), std::string::npos)
        << plan_error(inputs);
}

TEST(MakePlan, PoolByNameOrNumber) {
    auto inputs = linux_guest();
    inputs.config.pool = "fast";
    EXPECT_EQ(step_of<CreateDomain>(plan_of(inputs)).spec.cpupool, CpupoolId{3});
    inputs.config.pool = "3";
    EXPECT_EQ(step_of<CreateDomain>(plan_of(inputs)).spec.cpupool, CpupoolId{3});
    inputs.config.pool = "slow";
    EXPECT_EQ(plan_error(inputs),
              "pool = \"slow\": there is no such CPU pool; there is \"Pool-0\", \"fast\"");
}

TEST(MakePlan, Interrupts) {
    const auto spis = [](std::vector<std::uint32_t> irqs, bool vuart = false,
                         std::optional<std::uint32_t> nr = std::nullopt) {
        auto inputs = linux_guest();
        inputs.config.irqs = std::move(irqs);
        inputs.config.vuart_sbsa = vuart;
        inputs.config.nr_spis = nr;
        const auto plan = make_plan(inputs);
        return plan ? std::to_string(step_of<CreateDomain>(*plan).spec.nr_spis)
                    : plan.error().text();
    };
    EXPECT_EQ(spis({}), "0");
    EXPECT_EQ(spis({}, true), "1");
    EXPECT_EQ(spis({33, 112, 40}, true), "81");
    EXPECT_EQ(spis({1019}), "988");
    EXPECT_EQ(spis({40}, false, 96), "96");
    EXPECT_EQ(spis({40}, false, 8), "nr_spis = 8: the guest's interrupts need 9");
    EXPECT_EQ(spis({}, false, 961), "nr_spis = 961: there can be at most 960");
    EXPECT_EQ(spis({31}), "irqs: 31 is no shared peripheral interrupt; those are 32 to 1019");
    EXPECT_EQ(spis({1020}), "irqs: 1020 is no shared peripheral interrupt; those are 32 to 1019");
    EXPECT_EQ(spis({40, 40}), "irqs: 40 is given twice");
    EXPECT_EQ(spis({32}, true), "irqs: 32 is the guest's virtual UART's (vuart)");
}

TEST(MakePlan, IomemMayNotLieOverTheGuestsOwn) {
    const auto with = [](std::uint64_t guest_frame, std::uint64_t count, bool vuart = false) {
        return error_after([=](Inputs& inputs) {
            inputs.config.vuart_sbsa = vuart;
            inputs.config.iomem = {{MachineFrame{0x9000}, count, GuestFrame{guest_frame}}};
        });
    };
    EXPECT_EQ(with(0x9000, 16), "no error");
    EXPECT_EQ(with(0x22000, 1), "no error");
    EXPECT_NE(with(0x22000, 1, true), "no error");
    EXPECT_EQ(with(0x40010, 1),
              "iomem: 0x9000,0x1@0x40010 would lie over the guest's RAM at 0x40000000");
    EXPECT_EQ(
        with(0x2FFF, 3),
        "iomem: 0x9000,0x3@0x2fff would lie over the guest's interrupt controller at 0x3001000");
    EXPECT_NE(with(0x39000, 1), "no error");
    EXPECT_NE(with(0x38000, 1), "no error");
    EXPECT_EQ(with(0x9000, 0), "iomem: 0x9000,0x0@0x9000 is empty");
    EXPECT_NE(with(~std::uint64_t{0}, 2), "no error");
    EXPECT_NE(with(0x9000, ~std::uint64_t{0}), "no error");
    EXPECT_NE(error_after([](Inputs& inputs) {
                  inputs.config.iomem = {{MachineFrame{1}, 4, GuestFrame{0x9000}},
                                         {MachineFrame{9}, 4, GuestFrame{0x9003}}};
              }),
              "no error");
}

TEST(MakePlan, KernelOfAWidthTheHostDoesNotRun) {
    EXPECT_EQ(
        error_after([](Inputs& inputs) { inputs.host = arm32_host(); }),
        "kernel /guest/vmlinuz is for 64-bit ARM, and this host runs only \"xen-3.0-armv7l \"");
}

TEST(MakePlan, GicVersions) {
    auto inputs = linux_guest();
    EXPECT_EQ(step_of<CreateDomain>(plan_of(inputs)).spec.gic, Gic::kNative);
    EXPECT_EQ(step_of<CreateDomain>(plan_of(inputs)).gic, Gic::kV3);
    inputs.config.gic_version = config::GicVersion::kV2;
    EXPECT_EQ(step_of<CreateDomain>(plan_of(inputs)).spec.gic, Gic::kV2);
    inputs.config.gic_version = config::GicVersion::kV3;
    inputs.host.gic = Gic::kV2;
    EXPECT_EQ(plan_error(inputs),
              "gic_version = \"v3\": the host's interrupt controller is a GICv2");
}

TEST(MakePlan, WhatAReleaseLacksIsRefusedByName) {
    EXPECT_EQ(error_after([](Inputs& inputs) { inputs.config.llc_colors = {1}; }),
              "llc_colors: this needs Xen 4.20 or later, and this host runs 4.17");
    EXPECT_EQ(error_after([](Inputs& inputs) { inputs.config.trap_unmapped_accesses = false; }),
              "trap_unmapped_accesses = 0: this needs Xen 4.21 or later, and this host runs 4.17");
    EXPECT_EQ(error_after([](Inputs& inputs) { inputs.config.sve_bits = 256; }),
              "sve: this needs Xen 4.18 or later, and this host runs 4.17");
    EXPECT_EQ(error_after([](Inputs& inputs) {
                  inputs.host = arm64_host(20);
                  inputs.config.llc_colors = {1, 3, 3};
              }),
              "llc_colors: 3 follows 3; Xen takes them in rising order, each once");
    EXPECT_EQ(error_after([](Inputs& inputs) { inputs.config.max_grant_version = 2; }),
              "max_grant_version = 2: this host has grant tables up to version 1");
}

TEST(MakePlan, UnmappedAccessesTrapFrom421OnAsBefore) {
    auto inputs = linux_guest();
    EXPECT_FALSE(step_of<CreateDomain>(plan_of(inputs)).spec.trap_unmapped_accesses);
    inputs.host = arm64_host(21);
    EXPECT_EQ(step_of<CreateDomain>(plan_of(inputs)).spec.trap_unmapped_accesses, true);
    inputs.config.trap_unmapped_accesses = false;
    EXPECT_EQ(step_of<CreateDomain>(plan_of(inputs)).spec.trap_unmapped_accesses, false);
}

TEST(MakePlan, SveIsTheHostsLongestOrWhatIsAsked) {
    auto inputs = linux_guest();
    inputs.host = arm64_host(18);
    inputs.config.sve_bits = 0;
    EXPECT_EQ(plan_error(inputs), "sve: this host has none");
    inputs.host.phys.arch_capabilities = 4;
    EXPECT_EQ(step_of<CreateDomain>(plan_of(inputs)).spec.sve_vl, 4);
    inputs.config.sve_bits = 640;
    EXPECT_EQ(plan_error(inputs), "sve: this host has vectors of up to 512 bits");
}

TEST(MakePlan, ATrustedEnvironmentIsXensToGrant) {
    auto inputs = linux_guest();
    inputs.config.tee = config::Tee::kOptee;
    EXPECT_EQ(step_of<CreateDomain>(plan_of(inputs)).spec.tee_type, 1);
    inputs.config.tee = config::Tee::kFfa;
    EXPECT_EQ(plan_error(inputs),
              "tee = \"ffa\": this needs Xen 4.18 or later, and this host runs 4.17");
    inputs.host = arm64_host(18);
    EXPECT_EQ(step_of<CreateDomain>(plan_of(inputs)).spec.tee_type, 2);
}

TEST(MakePlan, TheSystemControllerIsXensToGrant) {
    auto inputs = linux_guest();
    inputs.config.arm_sci = "scmi_smc";
    EXPECT_EQ(plan_error(inputs),
              "arm_sci = \"type=scmi_smc\": this needs Xen 4.21 or later, and this host runs 4.17");
    inputs.host = arm64_host(21);
    EXPECT_EQ(step_of<CreateDomain>(plan_of(inputs)).spec.arm_sci_type, 1);
}

TEST(MakePlan, SchedulingKeysOfOtherSchedulersAreNoted) {
    auto inputs = linux_guest();
    inputs.config.sched.weight = 512;
    inputs.host.scheduler = 8;
    auto plan = plan_of(inputs);
    EXPECT_TRUE(steps_of<SetSchedParams>(plan).empty());
    EXPECT_EQ(plan.notes,
              std::vector<std::string>{"cpu_weight has no effect under this host's scheduler"});
    inputs.host.scheduler = 5;
    plan = plan_of(inputs);
    EXPECT_EQ(step_of<SetSchedParams>(plan).params.weight, 512U);
    EXPECT_TRUE(plan.notes.empty());
}

TEST(MakePlan, RegistersFollowTheBootProtocols) {
    const auto wide = step_of<SetVcpuContext>(plan_of(linux_guest())).context;
    EXPECT_EQ(wide.pc, 0x40000000U);
    EXPECT_EQ(wide.cpsr, 0x3C5U);
    EXPECT_EQ(wide.arguments, (std::array<std::uint64_t, 4>{0x47FFF000, 0, 0, 0}));
    const auto narrow = step_of<SetVcpuContext>(plan_of(arm32_guest())).context;
    EXPECT_EQ(narrow.pc, 0x40008000U);
    EXPECT_EQ(narrow.cpsr, 0x400001D3U);
    EXPECT_EQ(narrow.arguments, (std::array<std::uint64_t, 4>{0, 0xFFFFFFFF, 0x40FFF000, 0}));
}

TEST(MakePlan, StoreAndConsoleDomainsArePartnersOfPortsAndGrants) {
    auto inputs = linux_guest();
    inputs.host.store_domain = DomainId{4};
    inputs.host.console_domain = DomainId{5};
    const auto plan = plan_of(inputs);
    const auto ports = steps_of<AllocPort>(plan);
    ASSERT_EQ(ports.size(), 2U);
    EXPECT_EQ(ports[0].remote, DomainId{4});
    EXPECT_EQ(ports[1].remote, DomainId{5});
    const auto seeds = step_of<SeedGrants>(plan).seeds;
    EXPECT_EQ(seeds.at(0).to, DomainId{5});
    EXPECT_EQ(seeds.at(1).to, DomainId{4});
}

TEST(MakePlan, EveryKindOfStepHasItsOwnWordAndDescription) {
    std::set<std::string> kinds;
    const auto add = [&](const Step& step) {
        EXPECT_TRUE(kinds.insert(kind(step)).second) << kind(step);
        EXPECT_FALSE(describe(step).empty());
    };
    [&]<std::size_t... I>(std::index_sequence<I...>) { (add(Step{std::in_place_index<I>}), ...); }
    (std::make_index_sequence<std::variant_size_v<Step>>{});
    EXPECT_EQ(std::string{kind(Step{WriteNodes{}})}, "write-nodes");
    EXPECT_EQ(std::string{kind(Step{Unpause{}})}, "unpause");
    EXPECT_EQ(describe(PopulateRam{GuestFrame{0x40000}, 32768}),
              "populate RAM: 32768 pages at gfn 0x40000");
}

TEST(MakePlan, KeepsWhatIsNoDeviceAndWhatOthersHaveFromAGuest) {
    const auto with = [](auto change) {
        auto inputs = linux_guest();
        inputs.host.ranges = {{"interrupt controller", {0x8000000, 0x10000}}};
        inputs.host.given_away = {
            {"\"g1\" (domain 3)", {{MachineFrame{0x9030}, 2, GuestFrame{0x9030}}}, {39}}};
        change(inputs.config);
        const auto plan = make_plan(inputs);
        return plan ? std::string{} : plan.error().text();
    };
    const auto iomem = [&](std::uint64_t first, std::uint64_t count) {
        return with([&](auto& config) {
            config.iomem = {{MachineFrame{first}, count, GuestFrame{0x20000}}};
        });
    };
    EXPECT_EQ(iomem(0x800F, 1),
              "iomem: 0x800f,0x1 is the host's interrupt controller at 0x8000000");
    EXPECT_EQ(iomem(0x8010, 1), "");
    EXPECT_EQ(iomem(0x9000, 0x31), "iomem: 0x9000,0x31: \"g1\" (domain 3) has it");
    EXPECT_EQ(iomem(0x9031, 1), "iomem: 0x9031,0x1: \"g1\" (domain 3) has it");
    EXPECT_EQ(iomem(0x9032, 1), "");
    EXPECT_EQ(with([](auto& config) { config.irqs = {39}; }), "irqs: 39: \"g1\" (domain 3) has it");
    EXPECT_EQ(with([](auto& config) { config.irqs = {40}; }), "");
}

TEST(MakePlan, AssignsADeviceOnlyBehindAnSmmu) {
    auto inputs = linux_guest();
    inputs.config.dtdev = {"/soc/ethernet@1"};
    EXPECT_EQ(
        make_plan(inputs).error().text(),
        "dtdev: this host has no SMMU that Xen drives, so that a device which does DMA cannot be "
        "kept to its guest's memory");
    inputs.host.phys.capabilities |= 1U << 2;
    const auto plan = make_plan(inputs);
    ASSERT_TRUE(plan) << plan.error().text();
    EXPECT_TRUE(std::get<CreateDomain>(plan->steps.front()).spec.iommu);
    EXPECT_TRUE(std::ranges::any_of(plan->steps, [](const Step& step) {
        const auto* assign = std::get_if<AssignDevice>(&step);
        return assign != nullptr && assign->path == "/soc/ethernet@1";
    }));
    inputs.config.passthrough = config::Passthrough::kDisabled;
    EXPECT_FALSE(make_plan(inputs));
}

TEST(NotYetHonoured, NamesEveryKeyOnce) {
    auto config = linux_guest().config;
    config.iomem = {{}};
    config.irqs = {40};
    config.vuart_sbsa = config.vpmu = config.nomigrate = config.driver_domain = true;
    config.device_tree = "x";
    config.passthrough = config::Passthrough::kDisabled;
    EXPECT_TRUE(not_yet_honoured(config).empty());
    config.other_devices = {{"vfb", "a"}, {"vfb", "b"}, {"vtpm", "c"}};
    config.acpi = true;
    config.bootloader = "pygrub";
    const std::vector<std::string> expected{
        "bootloader: finding the kernel by a program cannot be honoured yet",
        "vfb: a framebuffer needs QEMU, and none is started here for guests",
        "vtpm: a trusted platform module needs the stub domains vtpmmgr and vtpm, which Xen has "
        "for "
        "x86 alone",
        "acpi: ACPI tables for the guest cannot be honoured yet"};
    EXPECT_EQ(not_yet_honoured(config), expected);
}

}  // namespace
}  // namespace zeroth::plan
