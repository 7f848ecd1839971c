// SPDX-License-Identifier: Apache-2.0
#include "libdomain/hypervisor/newcomers.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "libdomain/hypervisor/abi/layouts.hpp"
#include "libdomain/hypervisor/call.hpp"
#include "tests/unit/libdomain/hypervisor/sim/simulated.hpp"

namespace zeroth::hyper {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<unsigned> take(Newcomers& newcomers) {
    std::vector<unsigned> ids;
    const auto infos = newcomers.take();
    EXPECT_TRUE(infos);
    if (!infos) return ids;
    for (const auto& info : *infos) ids.push_back(info.id.raw());
    return ids;
}

/// As a toolstack does that picks its domains' numbers.
void create_as(const Simulated& sim, std::uint16_t number) {
    const auto& version = sim.xen->version();
    const auto& layouts = *xenabi::find_layouts(version.minor, version.domctl);
    auto call = *Call::domctl(sim.xen->seam(), version.domctl, xenabi::Domctl::kCreateDomain,
                              DomainId{number});
    layouts.encode_create_domain(*xenabi::to_create_domain({}, layouts), call.body_bytes());
    ASSERT_TRUE(call.run("as {}", number));
    ASSERT_EQ(call.domain().raw(), number);
}

/// A hypercall is two calls of the machine: memory for its arguments is one.
constexpr std::uint64_t kOneHypercall = 2;

std::uint64_t calls_of_a_look(const Simulated& sim, Newcomers& newcomers) {
    const auto before = sim.machine->calls();
    EXPECT_TRUE(newcomers.take());
    return sim.machine->calls() - before;
}

sim::SimOptions large() {
    sim::SimOptions options;
    options.memory = mib(2048);
    return options;
}

TEST(Newcomers, AreAllDomainsAtFirst) {
    const Simulated sim;
    const auto made = *sim.xen->create_domain({});
    Newcomers newcomers{*sim.xen};
    EXPECT_THAT(take(newcomers), ElementsAre(0, made.id.raw()));
    EXPECT_THAT(take(newcomers), IsEmpty());
}

TEST(Newcomers, AreThoseSinceTheLastLook) {
    const Simulated sim;
    Newcomers newcomers{*sim.xen};
    EXPECT_THAT(take(newcomers), ElementsAre(0));
    const auto first = sim.xen->create_domain({})->id, second = sim.xen->create_domain({})->id;
    EXPECT_THAT(take(newcomers), ElementsAre(first.raw(), second.raw()));
    ASSERT_TRUE(sim.xen->destroy_domain(first));
    const auto third = sim.xen->create_domain({})->id;
    EXPECT_THAT(take(newcomers), ElementsAre(third.raw()));
}

TEST(Newcomers, AreFoundInOneCallAmongMany) {
    const Simulated sim{large()};
    for (int i = 0; i < 300; ++i) ASSERT_TRUE(sim.xen->create_domain({}));
    Newcomers newcomers{*sim.xen};
    EXPECT_GT(calls_of_a_look(sim, newcomers), kOneHypercall);
    ASSERT_TRUE(sim.xen->create_domain({}));
    newcomers.expect(1);
    EXPECT_EQ(calls_of_a_look(sim, newcomers), kOneHypercall);
    EXPECT_FALSE(newcomers.lacks_some());
}

TEST(Newcomers, AreLookedForEverywhereWhenSomeAreMissing) {
    const Simulated sim{large()};
    for (int i = 0; i < 300; ++i) ASSERT_TRUE(sim.xen->create_domain({}));
    Newcomers newcomers{*sim.xen};
    EXPECT_FALSE(take(newcomers).empty());
    newcomers.expect(1);
    EXPECT_TRUE(newcomers.lacks_some());
    EXPECT_GT(calls_of_a_look(sim, newcomers), kOneHypercall);
    EXPECT_FALSE(newcomers.lacks_some());
}

TEST(Newcomers, AreNotMissedWhenTheirNumbersBeginAgain) {
    const Simulated sim;
    create_as(sim, 0x7f00);
    Newcomers newcomers{*sim.xen};
    EXPECT_THAT(take(newcomers), ElementsAre(0, 0x7f00));
    // Xen's next number is 1.
    ASSERT_EQ(sim.xen->create_domain({})->id.raw(), 1);
    EXPECT_THAT(take(newcomers), ElementsAre(1));
    ASSERT_TRUE(sim.xen->create_domain({}));
    EXPECT_EQ(calls_of_a_look(sim, newcomers), kOneHypercall);
    create_as(sim, 0x7f01);
    EXPECT_THAT(take(newcomers), ElementsAre(0x7f01));
    EXPECT_THAT(take(newcomers), IsEmpty());
}

TEST(Newcomers, WithNumbersOfTheirOwnAreFoundOnceTheyAreToldOf) {
    const Simulated sim;
    create_as(sim, 100);
    Newcomers newcomers{*sim.xen};
    EXPECT_THAT(take(newcomers), ElementsAre(0, 100));
    create_as(sim, 7);
    newcomers.expect(1);
    EXPECT_THAT(take(newcomers), ElementsAre(7));
}

TEST(Newcomers, OneThatIsForgottenComesAgain) {
    const Simulated sim;
    Newcomers newcomers{*sim.xen};
    const auto first = sim.xen->create_domain({})->id, second = sim.xen->create_domain({})->id;
    EXPECT_THAT(take(newcomers), ElementsAre(0, first.raw(), second.raw()));
    newcomers.forget(first);
    EXPECT_THAT(take(newcomers), ElementsAre(first.raw()));
    EXPECT_THAT(take(newcomers), IsEmpty());
}

}  // namespace
}  // namespace zeroth::hyper
