// SPDX-License-Identifier: Apache-2.0
#include "core/result.hpp"

#include <gtest/gtest.h>

namespace zeroth {
namespace {

Result<int> half(int value) {
    if (value % 2 != 0) return fail(EINVAL, "half of an odd number");
    return value / 2;
}

Result<int> quarter(int value) {
    ZEROTH_TRY(const int once, half(value));
    ZEROTH_TRY(const int twice, half(once));
    return twice;
}

TEST(Result, TryPassesValuesOnAndErrorsOut) {
    EXPECT_EQ(quarter(8), 2);
    const auto odd = quarter(6);
    ASSERT_FALSE(odd);
    EXPECT_TRUE(odd.error().is(EINVAL));
}

TEST(Error, TellsItsStoryFromTheOutsideIn) {
    const auto error = Error{ENOMEM, "XENMEM_populate_physmap"}.within("populate").within("create");
    EXPECT_EQ(error.text(), "create: populate: XENMEM_populate_physmap: Cannot allocate memory");
}

TEST(Error, AMessageCanCarryACodeItDoesNotPrint) {
    const auto error = Error::message(ESRCH, "there is no domain 'g1'");
    EXPECT_TRUE(error.is(ESRCH));
    EXPECT_EQ(error.text(), "there is no domain 'g1'");
}

}  // namespace
}  // namespace zeroth
