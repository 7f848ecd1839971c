// SPDX-License-Identifier: Apache-2.0
#include "libdomain/config/number.hpp"

#include <gtest/gtest.h>

namespace zeroth::config {
namespace {

TEST(Number, HasThreeBases) {
    EXPECT_EQ(parse_number("128"), 128U);
    EXPECT_EQ(parse_number("0x80"), 128U);
    EXPECT_EQ(parse_number("0X8A"), 138U);
    EXPECT_EQ(parse_number("0xfF"), 255U);
    EXPECT_EQ(parse_number("0200"), 128U);
    EXPECT_EQ(parse_number("0"), 0U);
    EXPECT_EQ(parse_number("00"), 0U);
    EXPECT_EQ(parse_number(" +7\t"), 7U);
    EXPECT_EQ(parse_number("-0"), 0U);
}

TEST(Number, OneBaseOnlyWhereAskedFor) {
    EXPECT_EQ(parse_number("1c20", Base::kHex), 0x1c20U);
    EXPECT_EQ(parse_number("0x10", Base::kHex), 0x10U);
    EXPECT_EQ(parse_number("010", Base::kHex), 0x10U);
    EXPECT_EQ(parse_number("010", Base::kDecimal), 10U);
    EXPECT_FALSE(parse_number("0x10", Base::kDecimal));
}

TEST(Number, SaysWhyItIsNone) {
    const auto message = [](std::string_view text) { return parse_number(text).error().message; };
    EXPECT_EQ(message("abc"), "`abc` is not a number");
    EXPECT_EQ(message(""), "a number is missing here");
    EXPECT_EQ(message("  "), "a number is missing here");
    EXPECT_EQ(message("-5"), "-5 is negative");
    EXPECT_EQ(message("0x"), "`0x` is not a number");
    EXPECT_EQ(message("12abc"), "`12abc` is not a number");
    EXPECT_EQ(message("128M"), "`128M` is not a number: it has a suffix");
    EXPECT_EQ(message("0128"), "`0128` is not a number: a leading 0 makes it octal");
    EXPECT_EQ(message("18446744073709551616"), "18446744073709551616 is too large");
    EXPECT_EQ(message("--5"), "`--5` is not a number");
    EXPECT_EQ(parse_number("0128").error().help, "write 128");
}

TEST(Number, HoldsTheLargest) {
    EXPECT_EQ(parse_number("18446744073709551615"), 18446744073709551615U);
    EXPECT_EQ(parse_number("0xffffffffffffffff"), 18446744073709551615U);
}

}  // namespace
}  // namespace zeroth::config
