// SPDX-License-Identifier: Apache-2.0
#include "daemon/adjust/memory_rules.hpp"

#include <gtest/gtest.h>

namespace zeroth::daemon::adjust {
namespace {

constexpr DomainId kGuest{4};
const MemoryState kState{kGuest, KiB{131072}, KiB{262144}};

std::string refusal(const MemoryState& state, std::optional<std::uint64_t> target,
                    std::optional<std::uint64_t> max) {
    const auto change = plan_memory(state, {target, max});
    return change ? "it is taken" : change.error().text();
}

TEST(MemoryRules, ATargetSetsXensLimitOneMebibyteAbove) {
    const auto change = plan_memory(kState, {98304, {}});
    ASSERT_TRUE(change);
    EXPECT_EQ(change->xen_limit, KiB{98304 + 1024});
    EXPECT_EQ(change->target, KiB{98304});
    EXPECT_FALSE(change->static_max);
}

TEST(MemoryRules, AMaximumLeavesTheTargetAlone) {
    const auto change = plan_memory(kState, {{}, 204800});
    ASSERT_TRUE(change);
    EXPECT_EQ(change->xen_limit, KiB{204800 + 1024});
    EXPECT_FALSE(change->target);
    EXPECT_EQ(change->static_max, KiB{204800});
}

TEST(MemoryRules, BothAtOnceAreHeldAgainstEachOther) {
    const auto change = plan_memory(kState, {400000, 400000});
    ASSERT_TRUE(change);
    EXPECT_EQ(change->xen_limit, KiB{400000 + 1024});
    EXPECT_NE(refusal(kState, 400001, 400000), "it is taken");
}

TEST(MemoryRules, RefusalsHaveTheReferencesWords) {
    EXPECT_EQ(refusal(kState, 262145, {}),
              "memory_dynamic_max must be less than or equal to memory_static_max, which is 262144 "
              "KiB");
    EXPECT_EQ(refusal(kState, {}, 131071),
              "memory_static_max must be greater than or equal to memory_dynamic_max, which is "
              "131072 KiB");
    EXPECT_EQ(refusal(kState, {}, {}), "neither target nor max is given");
    EXPECT_EQ(refusal(kState, 0, {}), "a domain cannot do without memory");
    EXPECT_EQ(refusal(kState, ~0ULL, {}), "that is more memory than any machine has");
    EXPECT_EQ(refusal(kState, {}, ~0ULL), "that is more memory than any machine has");
}

TEST(MemoryRules, ALimitThatNoNodeTellsIsNotedByTheFirstChange) {
    const MemoryState fresh{kDomain0, KiB{524288}, KiB{2097152}, false};
    const auto change = plan_memory(fresh, {491520, {}});
    ASSERT_TRUE(change);
    EXPECT_EQ(change->static_max, KiB{2097152});
    EXPECT_EQ(change->xen_limit, KiB{491520 + 1024});
}

TEST(MemoryRules, Domain0KeepsEnoughToGoOn) {
    const MemoryState dom0{kDomain0, KiB{524288}, KiB{524288}};
    EXPECT_EQ(refusal(dom0, 131071, {}),
              "new target 131071 KiB for dom0 is below the minimum threshold of 131072 KiB");
    EXPECT_EQ(refusal(dom0, 131072, {}), "it is taken");
}

}  // namespace
}  // namespace zeroth::daemon::adjust
