// SPDX-License-Identifier: Apache-2.0
#include "libdomain/hypervisor/sim/machine.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>

#include <array>
#include <cerrno>
#include <thread>
#include <utility>
#include <vector>

#include "libdomain/hypervisor/abi/domctl.hpp"
#include "libdomain/hypervisor/abi/numbers.hpp"
#include "tests/unit/libdomain/hypervisor/sim/simulated.hpp"

namespace zeroth::hyper {
namespace {

using ::testing::ElementsAre;

constexpr GuestFrame kRam{0x40000};

bool readable(const EventChannels& channels) {
    pollfd poller{channels.fd(), POLLIN, 0};
    return ::poll(&poller, 1, 0) == 1;
}

/// Everything that a domain can hold, undone by destroying it.
Result<> build(const Hypervisor& xen, GrantTable& grants, EventChannels& channels) {
    DomainSpec spec;
    spec.nr_spis = 1;
    ZEROTH_TRY(const auto made, xen.create_domain(spec));
    const auto fill = [&]() -> Result<> {
        const auto id = made.id;
        ZEROTH_CHECK(xen.set_max_vcpus(id, 1));
        ZEROTH_CHECK(xen.set_max_mem(id, mib(8)));
        ZEROTH_CHECK(xen.set_paging_mempool(id, to_bytes(mib(1))));
        ZEROTH_CHECK(xen.set_address_size(id, 64));
        ZEROTH_TRY(const auto port, xen.alloc_unbound(id, kDomain0));
        ZEROTH_TRY(const auto populated, xen.populate_physmap(id, kRam, 8, 0));
        if (populated != 8) return fail(ENOMEM, "populate");
        const std::array frames{kRam, kRam + 3};
        ZEROTH_TRY(const auto mapping, xen.seam().map(id, frames));
        const std::array seeds{Hypervisor::GrantSeed{GrantRef{0}, kDomain0, kRam}};
        ZEROTH_CHECK(xen.seed_grants(id, seeds));
        ZEROTH_TRY(const auto granted, grants.map(id, GrantRef{0}));
        ZEROTH_TRY(const auto local, channels.bind_interdomain(id, port));
        ZEROTH_CHECK(xen.set_vcpu_context(id, VcpuId{0}, {.cpsr = 0x3c5}));
        return channels.unbind(local);
    };
    auto filled = fill();
    ZEROTH_CHECK(xen.destroy_domain(made.id));
    return filled;
}

TEST(Faults, EveryCallFailsOnceAndOnlyAFailedDestroyLeavesAnything) {
    Simulated sim;
    auto grants = *sim.machine->grant_table();
    auto channels = *sim.machine->event_channels();
    const auto before = sim.machine->free_pages();
    const auto start = sim.machine->calls();
    ASSERT_TRUE(build(*sim.xen, *grants, *channels));
    const auto calls = sim.machine->calls() - start;
    ASSERT_GT(calls, 20U);
    for (std::uint64_t n = 1; n <= calls; ++n) {
        sim.machine->fail_nth_call(n, EIO);
        const auto result = build(*sim.xen, *grants, *channels);
        ASSERT_FALSE(result) << n;
        EXPECT_TRUE(result.error().is(EIO)) << result.error().text();
        for (const auto id : sim.machine->domains()) {
            if (id == kDomain0) continue;
            EXPECT_NE(result.error().text().find("destroydomain"), std::string::npos);
            EXPECT_TRUE(sim.xen->destroy_domain(id));
        }
        EXPECT_EQ(sim.machine->free_pages(), before) << n;
        EXPECT_EQ(sim.machine->live_mappings(), 0U) << n;
        EXPECT_EQ(sim.machine->live_buffers(), 0U) << n;
    }
}

TEST(Faults, AnOperationCanBeMadeToFailByName) {
    Simulated sim;
    sim.machine->fail("XEN_SYSCTL_physinfo", EBUSY);
    EXPECT_TRUE(sim.xen->physinfo().error().is(EBUSY));
    EXPECT_TRUE(sim.xen->physinfo().error().is(EBUSY));
    sim.machine->clear_faults();
    EXPECT_TRUE(sim.xen->physinfo());
}

TEST(Transcript, TellsWhatWasAskedAndWhatFailed) {
    Simulated sim;
    sim.machine->clear_transcript();
    ASSERT_TRUE(sim.xen->create_domain({}));
    EXPECT_FALSE(sim.xen->set_max_vcpus(DomainId{1}, 7));
    ASSERT_TRUE(sim.xen->populate_physmap(DomainId{1}, kRam, 3, 9));
    EXPECT_TRUE(sim.xen->free_cpus());
    EXPECT_THAT(
        sim.machine->transcript(),
        ElementsAre("XEN_DOMCTL_createdomain",
                    "XEN_DOMCTL_max_vcpus domain 1 failed: Invalid argument",
                    "XENMEM_populate_physmap domain 1: 3 of order 9", "XEN_SYSCTL_cpupool_op"));
}

TEST(Pointers, OutsideAHypercallBufferAreRefused) {
    Simulated sim;
    xenabi::DomctlBytes bytes{};
    bytes.header = {std::to_underlying(xenabi::Domctl::kGetDomainInfo), 0x17, 0, {}};
    const Hypercall call{std::to_underlying(xenabi::Op::kDomctl),
                         {std::bit_cast<std::uintptr_t>(&bytes)}};
    const auto result = sim.machine->call(call);
    ASSERT_FALSE(result);
    EXPECT_TRUE(result.error().is(EFAULT));
    const auto unknown = sim.machine->call({999, {}});
    ASSERT_FALSE(unknown);
    EXPECT_TRUE(unknown.error().is(ENOSYS));
}

TEST(Domids, GoUpAndAroundAndSkipWhatIsTaken) {
    Simulated sim;
    const auto first = sim.xen->create_domain({});
    ASSERT_TRUE(first);
    DomainId last = first->id;
    for (int i = 0; i < 0x7FF0; ++i) {
        const auto made = sim.xen->create_domain({});
        ASSERT_TRUE(made) << made.error().text();
        ASSERT_NE(made->id, last);
        ASSERT_NE(made->id, first->id);
        last = made->id;
        ASSERT_TRUE(sim.xen->destroy_domain(last));
    }
    EXPECT_LT(last.raw(), 10U);
}

TEST(Domains, AreListedAllHoweverMany) {
    sim::SimOptions options;
    options.memory = mib(16384);
    Simulated sim{options};
    for (int i = 0; i < 300; ++i) ASSERT_TRUE(sim.xen->create_domain({}));
    const auto all = sim.xen->domains();
    ASSERT_TRUE(all);
    ASSERT_EQ(all->size(), 301U);
    for (std::uint16_t i = 0; i <= 300; ++i) EXPECT_EQ((*all)[i].id, DomainId{i});
}

TEST(Guest, ShutsDownWithAReason) {
    Simulated sim;
    auto channels = *sim.machine->event_channels();
    const auto virq = channels->bind_virq(3);  // VIRQ_DOM_EXC
    ASSERT_TRUE(virq);
    EXPECT_TRUE(channels->bind_virq(3).error().is(EEXIST));
    const auto id = sim.domain();
    EXPECT_FALSE(readable(*channels));
    ASSERT_TRUE(sim.machine->guest_shutdown(id, ShutdownReason::kCrash));
    EXPECT_TRUE(readable(*channels));
    EXPECT_EQ(channels->pending(), *virq);
    const auto info = sim.xen->domain(id);
    ASSERT_TRUE(info);
    EXPECT_TRUE(info->shutdown);
    EXPECT_EQ(info->shutdown_code, 3U);
}

TEST(Guest, GetsTheRegistersItIsToStartWith) {
    Simulated sim;
    const auto id = sim.domain();
    EXPECT_FALSE(sim.machine->vcpu_context(id, VcpuId{0}));
    VcpuContext context;
    context.pc = 0x40080000;
    context.cpsr = 0x3c5;
    context.arguments = {0x48000000, 1, 2, 3};
    ASSERT_TRUE(sim.xen->set_vcpu_context(id, VcpuId{0}, context));
    const auto got = sim.machine->vcpu_context(id, VcpuId{0});
    ASSERT_TRUE(got);
    EXPECT_EQ(got->pc, context.pc);
    EXPECT_EQ(got->arguments, context.arguments);
    EXPECT_EQ(got->width, VcpuContext::Width::k64);
}

TEST(EventChannels, CarryNotificationsBothWays) {
    Simulated sim;
    auto channels = *sim.machine->event_channels();
    const auto id = sim.domain();
    const auto remote = sim.xen->alloc_unbound(id, kDomain0);
    ASSERT_TRUE(remote);
    const auto port = channels->bind_interdomain(id, *remote);
    ASSERT_TRUE(port);
    EXPECT_EQ(channels->pending(), *port);  // the one that binding raises
    // Masked until it is unmasked: a second event waits, and is told once.
    ASSERT_TRUE(sim.machine->guest_notify(id, *remote));
    ASSERT_TRUE(sim.machine->guest_notify(id, *remote));
    EXPECT_FALSE(readable(*channels));
    ASSERT_TRUE(channels->unmask(*port));
    EXPECT_TRUE(readable(*channels));
    EXPECT_EQ(channels->pending(), *port);
    EXPECT_TRUE(channels->pending().error().is(EAGAIN));
    EXPECT_TRUE(sim.machine->guest_pending(id).empty());
    ASSERT_TRUE(channels->notify(*port));
    EXPECT_THAT(sim.machine->guest_pending(id), ElementsAre(*remote));
    EXPECT_TRUE(sim.machine->guest_pending(id).empty());
    EXPECT_EQ(sim.machine->live_ports(), 1U);
    channels.reset();
    EXPECT_EQ(sim.machine->live_ports(), 0U);
}

TEST(EventChannels, OutliveTheirDomain) {
    Simulated sim;
    auto channels = *sim.machine->event_channels();
    const auto id = sim.domain();
    const auto port = channels->bind_interdomain(id, *sim.xen->alloc_unbound(id, kDomain0));
    ASSERT_TRUE(port);
    ASSERT_TRUE(sim.xen->destroy_domain(id));
    EXPECT_TRUE(channels->notify(*port));
    EXPECT_TRUE(channels->unbind(*port));
}

TEST(Console, IsARingThatForgetsTheOldest) {
    Simulated sim;
    for (int i = 0; i < 3000; ++i) sim.machine->print(fmt::format("line {}", i));
    const auto log = sim.xen->console_log(Hypervisor::Clear::kNo);
    ASSERT_TRUE(log);
    EXPECT_EQ(log->size(), 16384U);
    EXPECT_TRUE(log->ends_with("(XEN) line 2999\n"));
    const auto mark = sim.xen->console_since(0);
    ASSERT_TRUE(mark);
    sim.machine->print("one more");
    EXPECT_EQ(sim.xen->console_since(mark->next)->text, "(XEN) one more\n");
    ASSERT_TRUE(sim.xen->console_log(Hypervisor::Clear::kYes));
    EXPECT_EQ(sim.xen->console_log(Hypervisor::Clear::kNo), "");
}

TEST(Host, IsAsItWasOrdered) {
    sim::SimOptions options;
    options.cpus = 6;
    options.free_cpus = 2;
    options.nodes = 2;
    const Simulated sim{options};
    EXPECT_EQ(sim.xen->physinfo()->nr_cpus, 6U);
    EXPECT_EQ(sim.xen->free_cpus(), (CpuMap{false, false, false, false, true, true}));
    const auto cpus = sim.xen->cpu_topology();
    ASSERT_TRUE(cpus);
    ASSERT_EQ(cpus->size(), 6U);
    EXPECT_EQ((*cpus)[5].node, 1U);
    const auto nodes = sim.xen->numa_info();
    ASSERT_TRUE(nodes);
    ASSERT_EQ(nodes->size(), 2U);
    EXPECT_THAT((*nodes)[1].distances, ElementsAre(20U, 10U));
}

TEST(Threads, ShareOneMachine) {
    Simulated sim;
    const auto before = sim.machine->free_pages();
    std::vector<std::thread> workers;
    for (int i = 0; i < 4; ++i) {
        workers.emplace_back([&sim] {
            auto grants = *sim.machine->grant_table();
            auto channels = *sim.machine->event_channels();
            for (int round = 0; round < 25; ++round) {
                EXPECT_TRUE(build(*sim.xen, *grants, *channels));
            }
        });
    }
    for (auto& worker : workers) worker.join();
    EXPECT_EQ(sim.machine->free_pages(), before);
    EXPECT_EQ(sim.machine->domains().size(), 1U);
    EXPECT_EQ(sim.machine->live_buffers(), 0U);
}

}  // namespace
}  // namespace zeroth::hyper
