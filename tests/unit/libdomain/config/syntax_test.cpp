// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <string>

#include "libdomain/config/parse.hpp"
#include "tests/unit/libdomain/config/helpers.hpp"

namespace zeroth::config {
namespace {

TEST(Syntax, BothQuotesHoldTheOther) {
    EXPECT_EQ(accepted("extra = \"it's\"").cmdline, "it's");
    EXPECT_EQ(accepted("extra = 'say \"hi\"'").cmdline, "say \"hi\"");
    EXPECT_EQ(accepted(R"(extra = "say \"hi\" \'x\'")").cmdline, "say \"hi\" 'x'");
}

TEST(Syntax, EveryEscapeProducesItsCharacter) {
    EXPECT_EQ(accepted(R"(extra = "\a\b\f\n\r\t\v\\\"\'\x41\x7e\101\176\xc3\xa4")").cmdline,
              "\a\b\f\n\r\t\v\\\"'A~A~\xc3\xa4");
}

TEST(Syntax, NumbersInThreeBasesAndAsStrings) {
    for (const char* text : {"memory = 128", "memory = 0x80", "memory = 0X80", "memory = 0200",
                             "memory = \"128\"", "memory = '0x80'", "memory = ' 128 '"}) {
        EXPECT_EQ(accepted(text).memory, mib(128)) << text;
    }
    EXPECT_EQ(accepted("memory = 0xAbC").memory, mib(0xABC));
}

TEST(Syntax, NumberStandsForAStringAsItIsWritten) {
    EXPECT_EQ(accepted("pool = 0x0A").pool, "0x0A");
}

TEST(Syntax, StatementsEndAtLineEndsAndSemicolons) {
    const DomainConfig config = accepted(";;vcpus = 2; maxvcpus = 3 ;\n\n;vif = []; extra = 'x'");
    EXPECT_EQ(config.vcpus, 2U);
    EXPECT_EQ(config.maxvcpus, 3U);
    EXPECT_EQ(config.cmdline, "x");
}

TEST(Syntax, CommentsStandWhereverATokenMay) {
    const DomainConfig config =
        accepted("# one\nvcpus = 2 # two = 3\ndtdev = [ # three ]\n'/a', # four\n#five\n]#six");
    EXPECT_EQ(config.vcpus, 2U);
    EXPECT_EQ(config.dtdev, std::vector<std::string>{"/a"});
    EXPECT_EQ(accepted("extra = '# none'").cmdline, "# none");
}

TEST(Syntax, ListsNestAndMayEndInAComma) {
    EXPECT_EQ(accepted("dtdev = ['/a','/b',]").dtdev.size(), 2U);
    EXPECT_EQ(accepted("dtdev = [\n'/a'\n,\n'/b'\n,\n]\n").dtdev.size(), 2U);
    EXPECT_TRUE(accepted("dtdev = []").dtdev.empty());
    EXPECT_EQ(accepted("vtpm = [['a',['b','c']],]").other_devices.at(0).text,
              "[ \"a\", [ \"b\", \"c\" ] ]");
}

TEST(Syntax, AppendingJoinsTextsAndExtendsLists) {
    EXPECT_EQ(accepted("extra = 'a'\nextra += ' b'\nextra += ' c'").cmdline, "a b c");
    EXPECT_EQ(accepted("dtdev = ['/a']\ndtdev += ['/b', '/c']").dtdev.size(), 3U);
    EXPECT_EQ(accepted("extra += 'alone'").cmdline, "alone");
    EXPECT_EQ(accepted("dtdev += ['/a']").dtdev.size(), 1U);
}

TEST(Syntax, LaterKeyWinsWithANote) {
    const Parsed parsed = parse_with("memory = 128\n");
    ASSERT_TRUE(parsed.config);
    EXPECT_EQ(parsed.config->memory, mib(128));
    EXPECT_EQ(summary(parsed), "note 4:1+6 `memory` is set again: this value wins over line 3's\n");
}

TEST(Syntax, TakesDosFilesAndByteOrderMarks) {
    const Parsed parsed = parse_xl("\xEF\xBB\xBFname = 'g'\r\nkernel = '/k'\r\nmemory = 1\r\n#end");
    EXPECT_EQ(summary(parsed), "");
    ASSERT_TRUE(parsed.config);
    EXPECT_EQ(parsed.config->kernel, "/k");
    // The mark takes no column.
    EXPECT_EQ(summary(parse_xl("\xEF\xBB\xBFname = 'a/b'\nkernel='/k'\nmemory=1")).substr(0, 11),
              "error 1:10+");
}

TEST(Syntax, LastLineNeedsNoEnd) {
    EXPECT_EQ(accepted("vcpus = 2").vcpus, 2U);
    EXPECT_EQ(accepted("vcpus = 2 # comment").vcpus, 2U);
    EXPECT_EQ(accepted("# comment").vcpus, 1U);
}

TEST(Syntax, CommentsMayHaveAnyBytes) {
    EXPECT_EQ(accepted("# Stra\xdf"
                       "e\nvcpus = 2")
                  .vcpus,
              2U);
}

TEST(Syntax, AllErrorsComeInOnePass) {
    EXPECT_EQ(summary(parse_with("vcpus = \nextra = 'x\nmaxmem = 1 2\nacpi 1\ncpus = [ 1\n")),
              "error 4:9+1 expected a string, a number or a list after `=`\n"
              "error 5:9+2 this string is never closed on its line\n"
              "error 6:10+1 maxmem < memory: 1 MiB is less than 64 MiB\n"
              "error 6:12+1 expected the end of the line after this value, not `2`\n"
              "error 7:6+1 expected `=` after `acpi`\n"
              "error 8:8+1 this list is never closed\n");
}

TEST(Syntax, ReadsOnAfterAnUnclosedString) {
    EXPECT_EQ(summary(parse_with("disk = [ '/dev/a,raw,xvda, ]\nvcpus = 200")),
              "error 4:10+16 this string is never closed on its line\n"
              "error 5:9+3 `vcpus` is 200: at most 128 vCPUs on ARM\n");
}

TEST(Syntax, ColumnsCountCharacters) {
    EXPECT_EQ(summary(parse_with("extra = 'äöü€'; vcpus = 0")),
              "error 4:25+1 `vcpus` is 0: at least 1 vCPU\n");
}

TEST(Syntax, PointsBehindEscapes) {
    EXPECT_EQ(summary(parse_with(R"(vif = [ "bridge=\x62r0,frob=1" ])")),
              "error 4:24+6 vif: unrecognized argument `frob=1`\n");
}

TEST(Syntax, PointsIntoAppendedText) {
    EXPECT_EQ(summary(parse_with("cpus = '1,'\ncpus += '2,x'\n")),
              "error 5:12+1 Invalid pcpu range: x.\n");
}

}  // namespace
}  // namespace zeroth::config
