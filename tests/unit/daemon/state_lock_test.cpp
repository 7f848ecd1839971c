// SPDX-License-Identifier: Apache-2.0
#include "daemon/state_lock.hpp"

#include <gtest/gtest.h>

#include <filesystem>

namespace zeroth::daemon {
namespace {

TEST(StateLock, IsOnesUntilThatOneGoes) {
    const auto folder = std::filesystem::path{testing::TempDir()} / "zeroth-state-lock";
    std::filesystem::remove_all(folder);
    {
        const auto first = StateLock::take(folder);
        ASSERT_TRUE(first);
        const auto second = StateLock::take(folder);
        ASSERT_FALSE(second);
        EXPECT_TRUE(second.error().is(EADDRINUSE));
        EXPECT_NE(second.error().hint(), "");
    }
    EXPECT_TRUE(StateLock::take(folder));
    std::filesystem::remove_all(folder);
}

TEST(StateLock, IsDoneWithoutWhereNoFileCanBe) {
    EXPECT_TRUE(StateLock::take("/proc/no/such/folder"));
}

}  // namespace
}  // namespace zeroth::daemon
