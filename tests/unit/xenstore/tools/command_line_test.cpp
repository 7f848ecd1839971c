// SPDX-License-Identifier: Apache-2.0
#include "xenstore/tools/command_line.hpp"

#include <gtest/gtest.h>

#include <initializer_list>

namespace zeroth::xs::tools {
namespace {

std::expected<CommandLine, Ending> parse(std::initializer_list<const char*> argv) {
    return parse_command_line(std::vector<const char*>{argv});
}

TEST(CommandLine, FindsTheModeInEitherName) {
    for (const auto& line : {parse({"/usr/bin/xenstore-ls", "-fp", "/a"}),
                             parse({"xenstore", "ls", "-p", "/a", "-f"})}) {
        ASSERT_TRUE(line);
        EXPECT_EQ(line->mode, Mode::kLs);
        EXPECT_EQ(line->name, "xenstore-ls");
        EXPECT_TRUE(line->has('f') && line->has('p') && !line->has('j'));
        EXPECT_EQ(line->words, std::vector<std::string>{"/a"});
    }
}

TEST(CommandLine, ReadsNumbers) {
    const auto line = parse({"xenstore-watch", "-n", "3", "-d0", "/a", "/b"});
    ASSERT_TRUE(line);
    EXPECT_EQ(line->count, 3U);
    EXPECT_EQ(line->depth, 0U);
    EXPECT_EQ(parse({"xenstore-watch", "-n", "-1", "/a"}).value().count, std::nullopt);
}

TEST(CommandLine, TakesTheOldSocketOptionAndLongOptions) {
    for (const auto* tool : {"xenstore-read", "xenstore-write", "xenstore-rm", "xenstore-exists",
                             "xenstore-list", "xenstore-ls", "xenstore-chmod"}) {
        EXPECT_TRUE(parse({tool, "-s", "/a", "n0"})) << tool;
    }
    for (const auto* tool : {"xenstore-read", "xenstore-list", "xenstore-ls", "xenstore-watch"}) {
        EXPECT_TRUE(parse({tool, "/a", "--json"}).value().has('j')) << tool;
    }
}

TEST(CommandLine, LeavesAControlCommandsOptionsAlone) {
    const auto line = parse({"xenstore-control", "--json", "live-update", "-s"});
    ASSERT_TRUE(line);
    EXPECT_TRUE(line->has('j'));
    EXPECT_EQ(line->words, (std::vector<std::string>{"live-update", "-s"}));
}

TEST(CommandLine, HelpIsNoFailure) {
    for (const auto* word : {"-h", "--help"}) {
        const auto line = parse({"xenstore-read", word});
        ASSERT_FALSE(line);
        EXPECT_EQ(line.error().status, 0);
        EXPECT_EQ(line.error().out, "Usage: xenstore-read [-h] [-p] [-R] [--json] key [...]\n");
        EXPECT_EQ(parse({"xenstore", word}).error().status, 0);
        EXPECT_EQ(parse({"xenstore", "read", word}).error().out,
                  "Usage: xenstore read [-h] [-p] [-R] [--json] key [...]\n");
    }
}

TEST(CommandLine, SaysWhatIsWrong) {
    const std::vector<std::pair<std::vector<const char*>, std::string>> rows{
        {{"xenstore-read"}, "xenstore-read: nothing is named\n"},
        {{"xenstore-read", "-x", "/a"}, "xenstore-read: there is no option -x here\n"},
        {{"xenstore-exists", "--json", "/a"}, "xenstore-exists: there is no option --json here\n"},
        {{"xenstore-write", "/a"}, "xenstore-write: too few arguments\n"},
        {{"xenstore-write", "/a", "1", "/b"}, "xenstore-write: no value for path /b\n"},
        {{"xenstore-chmod", "/a"}, "xenstore-chmod: too few arguments\n"},
        {{"xenstore-watch", "-n"}, "xenstore-watch: option -n needs a number\n"},
        {{"xenstore-watch", "-n", "x", "/a"},
         "xenstore-watch: -n takes a number of events, not 'x'\n"},
        {{"xenstore-watch", "-d", "-1", "/a"},
         "xenstore-watch: -d takes a number of levels, not '-1'\n"},
        {{"xenstore", "fly"}, "xenstore: unknown mode fly\n"},
    };
    for (const auto& [argv, first_line] : rows) {
        const auto line = parse_command_line(argv);
        ASSERT_FALSE(line);
        EXPECT_EQ(line.error().status, 1);
        EXPECT_TRUE(line.error().err.starts_with(first_line)) << line.error().err;
        EXPECT_NE(line.error().err.find("Usage: "), std::string::npos);
    }
    EXPECT_EQ(parse({"xenstore-control"}).error().status, 2);
    EXPECT_EQ(parse_command_line({}).error().status, 1);
}

}  // namespace
}  // namespace zeroth::xs::tools
