// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <array>
#include <cerrno>

#include "tests/unit/libdomain/hypervisor/sim/simulated.hpp"

namespace zeroth::hyper {
namespace {

template <class T>
std::string text_of(const Result<T>& result) {
    return result ? "it worked" : result.error().text();
}

TEST(Errors, NameTheHypercallAndItsArguments) {
    Simulated sim;
    const auto id = sim.domain();
    EXPECT_EQ(text_of(sim.xen->set_max_vcpus(id, 200)),
              "XEN_DOMCTL_max_vcpus 200 of domain 1: Invalid argument");
    EXPECT_EQ(text_of(sim.xen->set_address_size(id, 31)),
              "XEN_DOMCTL_set_address_size 31 of domain 1: Invalid argument");
    EXPECT_EQ(text_of(sim.xen->set_param(id, HvmParam{3}, 0x20)),
              "HVMOP_set_param 3 = 0x20 of domain 1: Invalid argument");
    EXPECT_EQ(text_of(sim.xen->memory_mapping(id, GuestFrame{0x10}, MachineFrame{0x9000}, 2, true)),
              "XEN_DOMCTL_memory_mapping add of 2 frames from mfn 0x9000 at gfn 0x10 of domain 1: "
              "Operation not permitted");
}

TEST(Errors, SpeakOfDomainsWhereErrnoSpeaksOfProcesses) {
    Simulated sim;
    EXPECT_EQ(text_of(sim.xen->pause(DomainId{9})),
              "XEN_DOMCTL_pausedomain of domain 9: no such domain");
    EXPECT_TRUE(sim.xen->pause(DomainId{9}).error().is(ESRCH));
    EXPECT_EQ(text_of(sim.xen->alloc_unbound(DomainId{9}, kDomain0)),
              "EVTCHNOP_alloc_unbound of domain 9 for domain 0: no such domain");
    const std::array frame{GuestFrame{0x40000}};
    EXPECT_EQ(text_of(sim.xen->seam().map(DomainId{9}, frame)),
              "gfn 0x40000 of domain 9: no such domain");
}

TEST(Errors, AMissingDomainIsMissingOnOldXenToo) {
    for (const auto* release : {"4.17", "4.18"}) {
        sim::SimOptions options;
        options.release = release;
        Simulated sim{options};
        const auto first = sim.domain();
        const auto second = sim.domain();
        ASSERT_TRUE(sim.xen->destroy_domain(first));
        EXPECT_EQ(text_of(sim.xen->domain(first)),
                  "XEN_DOMCTL_getdomaininfo of domain 1: no such domain");
        EXPECT_TRUE(sim.xen->domain(first).error().is(ESRCH));
        EXPECT_TRUE(sim.xen->domain(second));
    }
}

TEST(Errors, CarryAHintWhereOneIsKnown) {
    Simulated sim;
    const auto id = sim.domain();
    EXPECT_EQ(sim.xen->set_max_vcpus(id, 2).error().hint(),
              "the number must be the one that the domain was created with");
    sim.machine->fail("XEN_DOMCTL_pausedomain", EPERM);
    EXPECT_EQ(sim.xen->pause(id).error().hint(),
              "Xen lets only dom0 do this, or a domain that its security policy (XSM) names");
    sim.machine->fail("XEN_DOMCTL_createdomain", ENOMEM);
    EXPECT_EQ(sim.xen->create_domain({}).error().hint(),
              "Xen has no memory left for another domain");
}

TEST(Errors, ATrustedEnvironmentIsForHostsThatHaveIt) {
    DomainSpec spec;
    spec.tee_type = 1;
    EXPECT_EQ(Simulated{}.xen->create_domain(spec).error().hint(),
              "`tee' needs firmware that has it, and a Xen built with a mediator for it");
    sim::SimOptions options;
    options.tee_type = 1;
    Simulated sim{options};
    EXPECT_TRUE(sim.xen->create_domain(spec));
}

TEST(Errors, ARefusalLeavesItsReasonOnXensConsole) {
    Simulated sim;
    const auto before = sim.xen->console_since(0);
    ASSERT_TRUE(before);
    DomainSpec spec;
    spec.max_vcpus = 200;
    EXPECT_FALSE(sim.xen->create_domain(spec));
    const auto after = sim.xen->console_since(before->next);
    ASSERT_TRUE(after);
    EXPECT_EQ(after->text, "(XEN) createdomain: 200 vCPUs; possible are 1 to 128\n");
}

TEST(Errors, WhatTheReleaseLacksNeverReachesXen) {
    sim::SimOptions options;
    options.release = "4.17";
    Simulated sim{options};
    sim.machine->clear_transcript();
    DomainSpec spec;
    spec.sve_vl = 2;
    EXPECT_EQ(text_of(sim.xen->create_domain(spec)), "SVE needs Xen 4.18 or later; this is 4.17");
    const std::array<std::uint32_t, 2> colors{0, 1};
    EXPECT_EQ(text_of(sim.xen->set_llc_colors(DomainId{1}, colors)),
              "LLC colouring needs Xen 4.20 or later; this is 4.17");
    EXPECT_TRUE(sim.machine->transcript().empty());
}

TEST(Errors, AnAffinityWithoutACpuOfThisHostIsRefused) {
    Simulated sim;
    const auto id = sim.domain();
    Hypervisor::Affinity wanted;
    wanted.hard = CpuMap(8);
    wanted.hard[6] = true;
    EXPECT_EQ(text_of(sim.xen->set_affinity(id, VcpuId{0}, wanted, false)),
              "hard affinity of vCPU 0 names no CPU of this host, whose CPUs are 0 to 3");
}

TEST(Errors, SchedulingParametersOfAnotherSchedulerAreNamed) {
    Simulated sim;
    const auto id = sim.domain();
    SchedParams params;
    params.budget = 10;
    EXPECT_EQ(text_of(sim.xen->set_sched_params(id, params)),
              "the domain's scheduler has no parameter \"budget\"");
    params = {};
    params.weight = 70000;
    EXPECT_EQ(text_of(sim.xen->set_sched_params(id, params)),
              "scheduling weight and cap are at most 65535");
}

}  // namespace
}  // namespace zeroth::hyper
