// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <ctime>
#include <random>

#include "tests/unit/libdomain/config/helpers.hpp"

/// Texts that nobody means: they must cost little and be answered with little.
namespace zeroth::config {
namespace {

std::string repeat(std::string_view text, std::size_t bytes) {
    std::string out;
    while (out.size() < bytes) out += text;
    return out;
}

/// Reads and renders a text in both forms, with few words and little time.
void expect_bounded(const std::string& text) {
    for (const Form form : {Form::kXl, Form::kToml}) {
        const std::clock_t start = std::clock();
        const Source source{.name = "hostile", .text = text};
        const Parsed parsed = parse(source, form);
        const std::string said = render(source, parsed.diagnostics, Colour::kNo);
        const std::clock_t took = std::clock() - start;
        EXPECT_NE(parsed.config.has_value(), has_errors(parsed.diagnostics));
        EXPECT_LE(parsed.diagnostics.size(), 63U);
        EXPECT_LT(said.size(), 64U * 1024);
        // CPU time, and far more than it takes sanitized: what is quadratic would take minutes.
        EXPECT_LT(took, 5 * CLOCKS_PER_SEC) << text.substr(0, 20);
    }
}

TEST(Hostile, TenMegabytesOfBrackets) {
    const Parsed parsed = parse_xl(std::string(10'000'000, '['));
    EXPECT_EQ(summary(parsed),
              "error 0:0+0 the file has 10000000 bytes: a config has at most 1048576\n");
}

TEST(Hostile, DeepNestingIsOneError) {
    EXPECT_EQ(summary(parse_with("vtpm = " + std::string(900'000, '['))),
              "error 4:24+1 lists nest at most 16 deep\n");
    EXPECT_EQ(
        summary(
            parse_with("vtpm = " + std::string(17, '[') + std::string(17, ']') + "\nvcpus = 0")),
        "error 4:24+1 lists nest at most 16 deep\nerror 5:9+1 `vcpus` is 0: at least 1 vCPU\n");
    EXPECT_TRUE(parse_with("vtpm = " + std::string(16, '[') + "'x'" + std::string(16, ']')).config);
}

TEST(Hostile, LargeTextsOfOneKind) {
    constexpr std::size_t kSize = 40'000;
    for (const char* unit :
         {"[",    "]",    "a",       "a=",     "a=1;",  "a=1\n",   "=",
          "\"",   "'",    "\"\"",    "a='x' ", "[a,",   "a=[\n",   "a=['x','y'],",
          "\\",   "\"\\", "#",       ";",      ",",     "a.",      "a\n",
          "\xff", "(",    "-",       "+=",     "a+=1;", "a+='x';", "vif=['frob'];",
          "\r",   "\t",   "[[a]]\n", "a={",    "{",     "a=1,",    "0"}) {
        const std::string text = repeat(unit, kSize);
        expect_bounded(text);
        expect_bounded("x=[" + text);
        expect_bounded("vif=[\"" + text + "\"]\nmemory=abc");
    }
}

TEST(Hostile, NoiseIsOneError) {
    std::mt19937 random{1};
    std::string noise(100'000, '\0');
    for (char& c : noise) c = static_cast<char>(random());
    for (const Form form : {Form::kXl, Form::kToml}) {
        const Parsed parsed = parse({.name = "noise", .text = noise}, form);
        ASSERT_EQ(parsed.diagnostics.size(), 1U);
        EXPECT_TRUE(parsed.diagnostics[0].message.starts_with("this is not a text file"));
    }
    for (char& c : noise) c = c == '\0' ? 'x' : c;  // without NUL it is no better
    EXPECT_EQ(parse_xl(noise).diagnostics.size(), 1U);
}

TEST(Hostile, ManyErrorsAreCounted) {
    const Parsed parsed = parse_with(repeat("vcpus = x\n", 300));
    ASSERT_FALSE(parsed.diagnostics.empty());
    EXPECT_EQ(parsed.diagnostics.back().message, "10 more errors");
    EXPECT_EQ(parse_xl(repeat("?\n", 10'000)).diagnostics.back().message, "80 more errors");
}

TEST(Hostile, EveryPrefixOfAGoodConfigIsAnswered) {
    const std::string whole = std::string{kNeeded} +
                              "vif = [ 'mac=00:16:3e:00:00:01,bridge=br0', \"rate=1MB/s@5ms\" ]\n"
                              "cpus = [ '0-3,^2', \"all\" ]; extra += \"\\x41\\101\" # end\n";
    for (std::size_t length = 0; length <= whole.size(); ++length) {
        const Source source{.name = "t", .text = whole.substr(0, length)};
        const Parsed parsed = parse(source, Form::kXl);
        EXPECT_NE(parsed.config.has_value(), has_errors(parsed.diagnostics)) << length;
        EXPECT_EQ(render(source, parsed.diagnostics, Colour::kNo).empty(),
                  parsed.diagnostics.empty());
    }
}

}  // namespace
}  // namespace zeroth::config
