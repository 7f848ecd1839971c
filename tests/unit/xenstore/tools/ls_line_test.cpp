// SPDX-License-Identifier: Apache-2.0
#include "xenstore/tools/ls_line.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace zeroth::xs::tools {
namespace {

using Names = LsStyle::Names;

const std::vector<Permission> kPermissions{{'n', DomainId{0}}, {'r', DomainId{1}}};

TEST(LsLine, IndentsOrGivesThePath) {
    const LsNode node{"/a/bee", 1, "1", {}};
    EXPECT_EQ(ls_line(node, {Names::kIndented, 80}), " bee = \"1\"\n");
    EXPECT_EQ(ls_line(node, {Names::kWholePaths, LsStyle::kNoLimit}), "/a/bee = \"1\"\n");
}

TEST(LsLine, SaysThatAValueCouldNotBeRead) {
    EXPECT_EQ(ls_line({"/a", 0, {}, kPermissions}, {Names::kIndented, 80}), "a:\n");
}

TEST(LsLine, CutsAtTheWidth) {
    const LsNode node{"/4", 0, "abcdefghijklmnopqrstuvwxyz", {}};
    EXPECT_EQ(ls_line(node, {Names::kIndented, 35}), "4 = \"abcdefghijklmnopqrstuvwxyz\"\n");
    EXPECT_EQ(ls_line(node, {Names::kIndented, 34}), "4 = \"abcdefghijklmnopqrstuvwxy\\...\"\n");
    EXPECT_EQ(ls_line({"/abcdef", 0, "x", {}}, {Names::kIndented, 12}), "abcd = \"\\...\"\n");
    EXPECT_EQ(ls_line({"/abcdef", 2, "", {}}, {Names::kIndented, 12}), "  ab = \"\"\n");
}

TEST(LsLine, PutsPermissionsInAColumn) {
    EXPECT_EQ(ls_line({"/deep", 1, "1", kPermissions}, {Names::kIndented, 18}),
              " deep = \"1\"  . . .  (n0,r1)\n");
    EXPECT_EQ(ls_line({"/tool", 0, "", kPermissions}, {Names::kIndented, 80}),
              "tool = \"\"  . . . . . . . . . . . . . . . . . . . . . . . . .  (n0,r1)\n");
    EXPECT_EQ(ls_line({"/tool", 0, "", kPermissions}, {Names::kWholePaths, 80}),
              "/tool = \"\"   (n0,r1)\n");
    EXPECT_EQ(ls_line({"/a", 0, "0123456789", kPermissions}, {Names::kIndented, 14}),
              "a = \"01234\\...\"  (n0,r1)\n");
}

TEST(LsLine, AWindowWithoutAWidthCutsNothing) {
    EXPECT_EQ(ls_line({"/a", 0, "0123456789", kPermissions}, {Names::kIndented, -2}),
              "a = \"0123456789\"   (n0,r1)\n");
    EXPECT_EQ(ls_line({"/a", 0, "0123", {}}, {Names::kIndented, 3}), "a = \"0123\\...\"\n");
}

}  // namespace
}  // namespace zeroth::xs::tools
