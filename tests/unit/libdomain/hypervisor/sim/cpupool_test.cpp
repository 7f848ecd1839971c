// SPDX-License-Identifier: Apache-2.0
#include "libdomain/hypervisor/abi/numbers.hpp"
#include "tests/unit/libdomain/hypervisor/sim/simulated.hpp"

namespace zeroth::hyper {
namespace {

namespace scheduler = xenabi::scheduler;

TEST(Cpupools, AreMadeFilledAndDestroyed) {
    const Simulated sim;
    const auto& xen = *sim.xen;
    const auto first = xen.cpupools();
    ASSERT_TRUE(first);
    ASSERT_EQ(first->size(), 1U);
    EXPECT_EQ(first->front().cpus, CpuMap(4, true));
    EXPECT_EQ(first->front().domains, 1U);

    const auto made = xen.create_cpupool(scheduler::kCredit);
    ASSERT_TRUE(made) << made.error().text();
    EXPECT_TRUE(xen.add_cpu(*made, PcpuId{3}).error().is(EBUSY)) << "pool 0 has it";
    ASSERT_TRUE(xen.remove_cpu(CpupoolId{0}, PcpuId{3}));
    EXPECT_TRUE(xen.remove_cpu(CpupoolId{0}, PcpuId{3}).error().is(EADDRNOTAVAIL));
    EXPECT_EQ(xen.free_cpus(), (CpuMap{false, false, false, true}));
    ASSERT_TRUE(xen.add_cpu(*made, PcpuId{3}));
    EXPECT_TRUE(xen.destroy_cpupool(*made).error().is(EBUSY)) << "it has a CPU";
    ASSERT_TRUE(xen.remove_cpu(*made, PcpuId{3}));
    ASSERT_TRUE(xen.destroy_cpupool(*made));
    EXPECT_TRUE(xen.cpupool(*made).error().is(ENOENT));
    EXPECT_FALSE(xen.create_cpupool(99));
}

TEST(Cpupools, ADomainRunsWhereItsPoolHasCpus) {
    Simulated sim;
    const auto& xen = *sim.xen;
    const auto pool = *xen.create_cpupool(scheduler::kRtds);
    const auto id = sim.domain();
    EXPECT_FALSE(xen.move_to_cpupool(id, pool)) << "it has no CPU";
    ASSERT_TRUE(xen.remove_cpu(CpupoolId{0}, PcpuId{2}));
    ASSERT_TRUE(xen.add_cpu(pool, PcpuId{2}));
    ASSERT_TRUE(xen.move_to_cpupool(id, pool));
    EXPECT_FALSE(xen.move_to_cpupool(kDomain0, pool));
    EXPECT_EQ(xen.domain(id)->cpupool, pool);
    EXPECT_EQ(xen.cpupool(pool)->domains, 1U);
    EXPECT_EQ(xen.vcpu_info(id, VcpuId{0})->cpu, PcpuId{2});
    EXPECT_TRUE(xen.remove_cpu(pool, PcpuId{2}).error().is(EBUSY)) << "the domain needs it";
    EXPECT_EQ(xen.sched_params(id)->scheduler, scheduler::kRtds);
}

TEST(Scheduling, OfVcpusIsRtdsAlone) {
    sim::SimOptions options;
    options.scheduler = scheduler::kRtds;
    Simulated sim{options};
    const auto& xen = *sim.xen;
    const auto id = sim.domain();
    EXPECT_EQ(xen.vcpu_sched(id, 1)->front().period, 10000U);
    const VcpuSched wanted{VcpuId{0}, 20000, 500, false};
    ASSERT_TRUE(xen.set_vcpu_sched(id, std::span{&wanted, 1}));
    const auto now = xen.vcpu_sched(id, 1);
    ASSERT_TRUE(now);
    EXPECT_EQ(now->front().period, 20000U);
    EXPECT_EQ(now->front().budget, 500U);
    EXPECT_FALSE(now->front().extratime);
    const VcpuSched much{VcpuId{0}, 100, 500, false};
    EXPECT_FALSE(xen.set_vcpu_sched(id, std::span{&much, 1})) << "more than all of the time";
    Simulated other;
    EXPECT_FALSE(other.xen->vcpu_sched(other.domain(), 1));
}

TEST(Scheduling, OfAPoolIsCreditsAndCredit2s) {
    const Simulated sim;
    const auto& xen = *sim.xen;
    auto pool = xen.pool_scheduling(CpupoolId{0}, scheduler::kCredit2);
    ASSERT_TRUE(pool);
    EXPECT_EQ(pool->ratelimit_us, 1000U);
    pool->ratelimit_us = 2000;
    ASSERT_TRUE(xen.set_pool_scheduling(*pool));
    EXPECT_EQ(xen.pool_scheduling(CpupoolId{0}, scheduler::kCredit2)->ratelimit_us, 2000U);
    pool->ratelimit_us = 7;
    EXPECT_FALSE(xen.set_pool_scheduling(*pool));
    EXPECT_FALSE(xen.pool_scheduling(CpupoolId{0}, scheduler::kCredit)) << "it has another";
}

}  // namespace
}  // namespace zeroth::hyper
