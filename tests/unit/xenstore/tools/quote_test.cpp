// SPDX-License-Identifier: Apache-2.0
#include "xenstore/tools/quote.hpp"

#include <gtest/gtest.h>

namespace zeroth::xs::tools {
namespace {

using namespace std::string_view_literals;

TEST(Quote, WritesWhatIsNotPrintable) {
    EXPECT_EQ(quote("a b\t\n\r\\\"'~"), R"(a b\t\n\r\\"'~)");
    EXPECT_EQ(quote("\0\1\7\10\37\177\377"sv), R"(\000\001\007\x08\x1f\x7f\xff)");
}

TEST(Quote, IsUndoneByUnquote) {
    std::string bytes;
    for (int i = 0; i < 256; ++i) bytes += static_cast<char>(i);
    EXPECT_EQ(unquote(quote(bytes)), bytes);
}

TEST(Quote, ReadsShortAndOddEscapes) {
    EXPECT_EQ(unquote(R"(\101\x41\x4\xAZ\q\19z\)"), "AA\4\nZq\0019z\0"sv);
    EXPECT_EQ(unquote(R"(\400\x\xgg\0001)"), "\0xxgg\0001"sv);
    EXPECT_EQ(unquote(""), "");
}

TEST(Quote, MakesJsonOfAnyBytes) {
    EXPECT_EQ(json_string("a\"b\\\n\177"), R"("a\"b\\\u000a\u007f")");
    EXPECT_EQ(json_string("Grüße €"), "\"Grüße €\"");
    EXPECT_EQ(json_string("\xff\xc3\xa4"), R"("\u00ff\u00c3\u00a4")");
    for (const auto* bad :
         {"\xc0\x80", "\xe0\x80\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xc3"}) {
        EXPECT_EQ(json_string(bad).find_first_not_of("\"\\u0123456789abcdef"), std::string::npos);
    }
}

}  // namespace
}  // namespace zeroth::xs::tools
