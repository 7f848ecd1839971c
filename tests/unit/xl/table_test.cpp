// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <set>

#include "tests/golden/golden.hpp"
#include "tests/unit/xl/fake_xld.hpp"
#include "xl/dispatch.hpp"

namespace zeroth::xl {
namespace {

using testing::run;

TEST(XlTable, IsSortedAndItsSummariesArePhrases) {
    const auto table = commands();
    EXPECT_TRUE(std::ranges::is_sorted(
        table, {}, [](const Command* command) { return std::string_view{command->name}; }));
    for (const Command* command : table) {
        const std::string_view summary = command->summary;
        EXPECT_FALSE(summary.ends_with('.')) << command->name;
        EXPECT_TRUE(summary.front() >= 'A' && summary.front() <= 'Z') << command->name;
        EXPECT_LE(std::string_view{command->name}.size(), 19U) << command->name;
        std::set<int> keys{'h'};
        for (const Option& option : command->options)
            EXPECT_TRUE(keys.insert(option.key).second) << command->name << ": " << option.key;
    }
}

TEST(XlTable, EveryCommandExplainsItself) {
    for (const Command* command : commands()) {
        const auto by_option = run({command->name, "-h"});
        EXPECT_EQ(by_option.status, 0);
        EXPECT_EQ(by_option.err, "");
        EXPECT_EQ(run({command->name, "--help"}).out, by_option.out);
        EXPECT_EQ(run({"help", command->name}).out, by_option.out);
        zeroth::testing::expect_golden(fmt::format("xl/help-{}.txt", command->name), by_option.out);
    }
}

TEST(XlTable, TheListOfCommandsIsAsTheReferencePrintsIt) {
    const auto listed = run({"help"});
    EXPECT_EQ(listed.status, 0);
    zeroth::testing::expect_golden("xl/help.txt", listed.out);
    const auto bare = run({});
    EXPECT_EQ(bare.status, 1);
    EXPECT_EQ(bare.out, listed.out);
}

TEST(XlTable, EveryCommandHasItsPartOfTheManual) {
    std::ifstream file{ZEROTH_GOLDEN_DIR "/../../etc/man/xl.1.md"};
    const std::string manual{std::istreambuf_iterator<char>{file}, {}};
    for (const Command* command : commands()) {
        EXPECT_NE(manual.find(fmt::format("\n**{}**", command->name)), std::string::npos)
            << command->name;
        for (const Option& option : command->options) {
            if (option.key >= 256) continue;
            EXPECT_NE(manual.find(fmt::format("**-{}**", static_cast<char>(option.key))),
                      std::string::npos)
                << command->name << " -" << static_cast<char>(option.key);
        }
    }
}

TEST(XlTable, NamesMayBeShortenedWhereNothingElseBeginsSo) {
    EXPECT_STREQ(find_command("list")->name, "list");
    EXPECT_STREQ(find_command("li")->name, "list");
    EXPECT_STREQ(find_command("cr")->name, "create");
    EXPECT_STREQ(find_command("pau")->name, "pause");
    EXPECT_EQ(find_command("vcpu-"), nullptr);
    EXPECT_EQ(find_command("dom"), nullptr);
    // The reference's names count: `xl re` must not start to mean something else one day.
    EXPECT_EQ(find_command("p"), nullptr);
    EXPECT_EQ(find_command("re"), nullptr);
    EXPECT_EQ(find_command(""), nullptr);
    ASSERT_NE(find_absent("vtpm-attach"), nullptr);
    EXPECT_EQ(find_absent("vtpm-a"), find_absent("vtpm-attach"));
    EXPECT_EQ(find_absent("vtpm-"), nullptr);
    EXPECT_EQ(find_absent("list"), nullptr);
    EXPECT_EQ(find_absent("frob"), nullptr);
}

TEST(XlTable, WhatIsAbsentIsSoAndSaysWhy) {
    for (const auto& absent : absent_commands()) {
        EXPECT_EQ(find_command(absent.name), nullptr) << absent.name;
        EXPECT_EQ(find_absent(absent.name), &absent) << absent.name;
        EXPECT_GT(absent.why.size(), 20U) << absent.name;
    }
}

TEST(XlTable, UnknownCommandsGetTheReferencesWords) {
    const auto unknown = run({"frob"});
    EXPECT_EQ(unknown.status, 1);
    EXPECT_EQ(unknown.out, "");
    EXPECT_TRUE(unknown.err.starts_with("command not implemented\n"));
    const auto absent = run({"save", "g1", "file"});
    EXPECT_EQ(absent.status, 1);
    EXPECT_EQ(absent.err,
              "command not implemented\nhint: Xen on ARM cannot save a domain's state, so that it "
              "cannot be moved or restored either\n");
    EXPECT_EQ(run({"help", "save"}).err, absent.err.substr(absent.err.find("hint")));
    EXPECT_NE(run({"con"}).err.find("config-check, config-convert, config-update, console"),
              std::string::npos);
    EXPECT_EQ(run({"help", "frob"}).status, 1);
}

TEST(XlTable, GlobalOptionsStandBeforeTheCommand) {
    EXPECT_EQ(run({"-h"}).err, "xl: invalid option -- 'h'\nunknown global option\n");
    EXPECT_EQ(run({"-h"}).status, 1);
    EXPECT_EQ(run({"-vvv", "-tT", "-f", "help"}).status, 0);
    EXPECT_EQ(run({"-N", "list"}).status, 1);
    EXPECT_EQ(run({"-N", "list"}).err, "command does not implement -N (dryrun) option\n");
    EXPECT_EQ(run({"--version"}).out, "zeroth xl " ZEROTH_VERSION "\n");
}

TEST(XlTable, WrongArgumentsEndInAUsageError) {
    struct Row {
        std::vector<const char*> words;
        const char* err;
    };
    const Row rows[] = {
        {{"list", "-x"}, "option `x' not supported.\n"},
        {{"list", "-lx"}, "option `x' not supported.\n"},
        {{"list", "--json", "-x"}, "option `x' not supported.\n"},
        {{"list", "--frob"}, "option `--frob' not supported.\n"},
        {{"list", "--json=1"}, "option `--json=1' not supported.\n"},
        {{"console", "g1", "-e"}, "option `e' requires an argument.\n"},
        {{"pause"}, "'xl pause' requires at least 1 argument.\n\n"},
        {{"vcpu-pin", "g1"}, "'xl vcpu-pin' requires at least 3 arguments.\n\n"},
        {{"pause", "a", "b"}, "'xl pause' does not know what to do with `b'.\n\n"},
        {{"console", "-t", "frob", "g1"},
         "xl: `frob' is no kind of console: pv, vuart or serial\n"},
        {{"console", "-n", "1x", "g1"}, "xl: `1x' is no console's number\n"},
        {{"console", "-e", "^XY", "g1"}, "xl: `^XY' is no escape character: x or ^X\n"},
        {{"create", "-V", "x.cfg"},
         "xl: guests on ARM have no emulated display: leave out -V and -A\n"},
        {{"config-convert", "--to", "yaml", "x.cfg"},
         "xl: `yaml' is no form of a config: it is xl or toml\n"},
    };
    for (const Row& row : rows) {
        const auto outcome = run(row.words);
        EXPECT_EQ(outcome.err, row.err);
        EXPECT_EQ(outcome.status, 2) << row.err;
    }
    zeroth::testing::expect_golden("xl/pause-noargs.txt", run({"pause"}).out);
}

TEST(XlTable, OptionsMayFollowTheirArguments) {
    EXPECT_EQ(run({"list", "g1", "-h"}).status, 0);
    EXPECT_EQ(run({"console", "Domain-0", "-e", "^A"}).err, "Can't specify Domain-0\n");
}

}  // namespace
}  // namespace zeroth::xl
