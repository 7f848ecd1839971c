// SPDX-License-Identifier: Apache-2.0
#include "core/uuid.hpp"

#include <gtest/gtest.h>

namespace zeroth {
namespace {

constexpr const char* kText = "02785c78-618d-426f-aba3-c18d4d31e14d";

TEST(Uuid, PrintsWhatItParsed) {
    const auto uuid = Uuid::parse(kText);
    ASSERT_TRUE(uuid);
    EXPECT_EQ(uuid->bytes[0], 0x02);
    EXPECT_EQ(uuid->bytes[15], 0x4d);
    EXPECT_EQ(uuid->text(), kText);
}

TEST(Uuid, TakesUpperCase) {
    EXPECT_EQ(Uuid::parse("02785C78-618D-426F-ABA3-C18D4D31E14D"), Uuid::parse(kText));
}

TEST(Uuid, RefusesEverythingElse) {
    for (const auto* text :
         {"", "x", "02785c78618d426faba3c18d4d31e14d", "02785c78-618d-426f-aba3-c18d4d31e14",
          "02785c78-618d-426f-aba3-c18d4d31e14d0", "02785c78_618d-426f-aba3-c18d4d31e14d",
          "g2785c78-618d-426f-aba3-c18d4d31e14d"}) {
        EXPECT_FALSE(Uuid::parse(text)) << text;
    }
}

TEST(Uuid, RandomOnesDifferAndSayVersion4) {
    const auto a = Uuid::random(), b = Uuid::random();
    EXPECT_NE(a, b);
    EXPECT_EQ(a.bytes[6] >> 4, 4);
    EXPECT_EQ(a.bytes[8] >> 6, 2);
}

}  // namespace
}  // namespace zeroth
