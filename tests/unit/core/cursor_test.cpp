// SPDX-License-Identifier: Apache-2.0
#include "core/cursor.hpp"

#include <gtest/gtest.h>

#include <cstdint>

namespace zeroth {
namespace {

using namespace std::string_view_literals;

TEST(ByteReader, ReadsBothByteOrders) {
    ByteReader reader{"\x01\x02\x03\x04\x00\x00\x00\x05"sv};
    EXPECT_EQ(reader.little<std::uint32_t>(), 0x04030201U);
    EXPECT_EQ(reader.big<std::uint32_t>(), 5U);
    EXPECT_TRUE(reader.ok());
    EXPECT_EQ(reader.remaining(), 0U);
}

TEST(ByteReader, APastTheEndReadPoisonsEveryLaterOne) {
    ByteReader reader{"abc"sv};
    EXPECT_EQ(reader.little<std::uint32_t>(), 0U);
    EXPECT_FALSE(reader.ok());
    EXPECT_EQ(reader.little<std::uint8_t>(), 0U);
    EXPECT_EQ(reader.remaining(), 0U);
    EXPECT_TRUE(reader.take(1).empty());
}

TEST(ByteReader, AHugeSkipDoesNotWrap) {
    ByteReader reader{"abcd"sv};
    reader.skip(1);
    reader.skip(SIZE_MAX);
    EXPECT_FALSE(reader.ok());
}

}  // namespace
}  // namespace zeroth
