// SPDX-License-Identifier: Apache-2.0
#include "libdomain/hypervisor/sim/frames.hpp"

#include <gtest/gtest.h>

#include <map>
#include <random>

namespace zeroth::hyper::sim {
namespace {

TEST(FreeFrames, GiveAlignedExtentsAndTakeThemBack) {
    FreeFrames frames{{100, 1000}};
    const auto extent = frames.take(9);
    ASSERT_TRUE(extent);
    EXPECT_EQ(extent->first, 512U);
    EXPECT_EQ(frames.count(), 488U);
    EXPECT_FALSE(frames.take(9));
    frames.give(*extent);
    EXPECT_EQ(frames.count(), 1000U);
    EXPECT_TRUE(frames.take(9));
}

TEST(FreeFrames, AnyFramesAreAllOrNone) {
    FreeFrames frames{{0, 64}};
    const auto middle = frames.take(4);
    ASSERT_TRUE(middle);
    EXPECT_FALSE(frames.take_any(49));
    EXPECT_EQ(frames.count(), 48U);
    const auto rest = frames.take_any(48);
    ASSERT_TRUE(rest);
    EXPECT_EQ(frames.count(), 0U);
    frames.give(*rest);
    frames.give(*middle);
    EXPECT_TRUE(frames.take(6));
}

/// Against the plainest model there is, one entry per frame.
TEST(FrameMap, AgreesWithAPlainMap) {
    FrameMap map;
    std::map<std::uint64_t, std::uint64_t> plain;
    std::mt19937 random{20250101};
    const auto pick = [&random](std::uint64_t below) { return random() % below; };
    for (int step = 0; step < 800; ++step) {
        const auto first = pick(200), count = 1 + pick(20);
        if (pick(3) == 0) {
            map.erase(first, count);
            for (auto i = first; i < first + count; ++i) plain.erase(i);
        } else {
            const auto frame = pick(4) == 0 ? first + 1000 : pick(5000);
            map.insert(first, {frame, count});
            for (std::uint64_t i = 0; i < count; ++i) plain[first + i] = frame + i;
        }
        std::uint64_t mapped = 0;
        for (std::uint64_t i = 0; i < 230; ++i) {
            const auto found = map.find(i);
            const auto expected = plain.find(i);
            ASSERT_EQ(found.has_value(), expected != plain.end()) << i;
            if (found) {
                ASSERT_EQ(*found, expected->second) << i;
            }
            mapped += found.has_value();
        }
        ASSERT_EQ(map.count_in(0, 230), mapped);
    }
}

}  // namespace
}  // namespace zeroth::hyper::sim
