// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "libdomain/config/diagnostic.hpp"
#include "libdomain/config/spelling.hpp"
#include "tests/unit/libdomain/config/helpers.hpp"

namespace zeroth::config {
namespace {

std::string shown_at(std::string text, Location where) {
    const Source source{.name = "f", .text = std::move(text)};
    return render(source, {{Severity::kError, where, "m", ""}}, Colour::kNo);
}

TEST(Render, PutsTheCaretUnderTheCharacter) {
    EXPECT_EQ(shown_at("ab cd\n", {.line = 1, .column = 4, .length = 2}),
              "f:1:4: error: m\n    1 | ab cd\n      |    ^~\n");
}

TEST(Render, ShowsTabsAsBlanks) {
    EXPECT_EQ(shown_at("\tx\ty", {.line = 1, .column = 4, .length = 1}),
              "f:1:4: error: m\n    1 |     x    y\n      |          ^\n");
}

TEST(Render, CountsWideAndCombiningCharacters) {
    EXPECT_EQ(shown_at("日本 x", {.line = 1, .column = 4, .length = 1}),
              "f:1:4: error: m\n    1 | 日本 x\n      |      ^\n");
    EXPECT_EQ(shown_at("e\xCC\x81 x", {.line = 1, .column = 4, .length = 1}),
              "f:1:4: error: m\n    1 | e\xCC\x81 x\n      |   ^\n");
}

TEST(Render, NeverSendsControlCharacters) {
    const std::string out = shown_at("a\x1b[31m\xff\x07", {.line = 1, .column = 1, .length = 1});
    EXPECT_EQ(out,
              "f:1:1: error: m\n    1 | a\xEF\xBF\xBD[31m\xEF\xBF\xBD\xEF\xBF\xBD\n      | ^\n");
    const Source source{.name = "f\n", .text = "a"};
    EXPECT_EQ(render(source, {{Severity::kNote, {.line = 0}, "x\x1b", ""}}, Colour::kNo),
              "f\xEF\xBF\xBD: note: x\xEF\xBF\xBD\n");
}

TEST(Render, CutsLongLinesAroundTheCaret) {
    const std::string out =
        shown_at(std::string(1000, 'a') + "X" + std::string(1000, 'b'), {1, 1001, 1});
    EXPECT_LT(out.size(), 400U);
    EXPECT_NE(out.find("aX"), std::string::npos);
    const std::size_t line = out.find("    1 | "), caret = out.find("      | ");
    EXPECT_EQ(out.find('X') - line, out.find('^') - caret);
}

TEST(Render, PlacesBeyondTheTextAreHarmless) {
    EXPECT_EQ(shown_at("a", {.line = 9, .column = 3, .length = 5}),
              "f:9:3: error: m\n    9 | \n      |   ^\n");
}

TEST(Render, ColoursOnlyWhenAsked) {
    const Parsed parsed = parse_with("vcpus = 0");
    const Source source{.name = "t", .text = std::string{kNeeded} + "vcpus = 0"};
    EXPECT_EQ(render(source, parsed.diagnostics, Colour::kNo).find('\x1b'), std::string::npos);
    const std::string coloured = render(source, parsed.diagnostics, Colour::kYes);
    EXPECT_NE(coloured.find("\x1b[1;31merror:\x1b[0m"), std::string::npos);
}

TEST(Spelling, CountsSlips) {
    EXPECT_EQ(edit_distance("memory", "memory"), 0U);
    EXPECT_EQ(edit_distance("memroy", "memory"), 1U);
    EXPECT_EQ(edit_distance("memry", "memory"), 1U);
    EXPECT_EQ(edit_distance("memmory", "memory"), 1U);
    EXPECT_EQ(edit_distance("on-crash", "on_crash"), 0U);
    EXPECT_EQ(edit_distance("Memory", "memory"), 0U);
    EXPECT_EQ(edit_distance("", "abc"), 3U);
    EXPECT_EQ(edit_distance("abc", ""), 3U);
    EXPECT_EQ(edit_distance("kitten", "sitting"), 3U);
}

}  // namespace
}  // namespace zeroth::config
