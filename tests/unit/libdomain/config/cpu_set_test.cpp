// SPDX-License-Identifier: Apache-2.0
#include "libdomain/config/cpu_set.hpp"

#include <gtest/gtest.h>

namespace zeroth::config {
namespace {

/// Eight CPUs, four a node.
const std::vector<std::uint32_t> kTopology{0, 0, 0, 0, 1, 1, 1, 1};

std::string expanded(std::string_view text) {
    const auto selection = CpuSelection::parse(text);
    if (!selection) return "unread: " + selection.error().text();
    const auto map = expand(*selection, kTopology);
    return map ? print_cpu_map(*map) : map.error().text();
}

TEST(CpuSet, NamesCpusRangesAndNodes) {
    EXPECT_EQ(expanded("all"), "all");
    EXPECT_EQ(expanded("3"), "3");
    EXPECT_EQ(expanded("0-3"), "0-3");
    EXPECT_EQ(expanded("0-1,5,7"), "0-1,5,7");
    EXPECT_EQ(expanded(" 2, 3-5 ,7"), "2-5,7");
    EXPECT_EQ(expanded("node:1"), "4-7");
    EXPECT_EQ(expanded("nodes:0-1"), "all");
}

TEST(CpuSet, ExcludesInTheOrderWritten) {
    EXPECT_EQ(expanded("0-3,^2"), "0-1,3");
    EXPECT_EQ(expanded("all,^5"), "0-4,6-7");
    EXPECT_EQ(expanded("^2,0-3"), "0-3");
    EXPECT_EQ(expanded("nodes:1,^6"), "4-5,7");
    EXPECT_EQ(expanded("all,^nodes:0"), "4-7");
    EXPECT_EQ(expanded("all,nodes:^0"), "4-7");
}

TEST(CpuSet, RefusesWhatIsNotThere) {
    EXPECT_EQ(expanded("9"), "\"9\" names a CPU that this host does not have: it has CPUs 0 to 7");
    EXPECT_EQ(expanded("0-4294967295"),
              "\"0-4294967295\" names a CPU that this host does not have: it has CPUs 0 to 7");
    EXPECT_EQ(expanded("node:2"),
              "\"nodes:2\" names a node that this host does not have: it has nodes 0 to 1");
    EXPECT_EQ(expanded("3,^3"), "\"3,^3\" leaves no CPU to run on");
}

TEST(CpuSet, RefusesWhatIsNoList) {
    EXPECT_EQ(expanded("foo"), "unread: Invalid pcpu range: foo.");
    EXPECT_EQ(expanded("^all"),
              "unread: Invalid pcpu range: ^all. (Can't combine \"^\" and \"all\".)");
    EXPECT_EQ(expanded(""), "unread: a list of CPUs must name one at least");
    EXPECT_EQ(expanded(",,"), "unread: a list of CPUs must name one at least");
    for (const char* bad : {"-1", "1-", "5-2", "0x1", "1 2", "^", "node:", "node:x", "all-1",
                            "4294967296", "^^1", "1-2-3"}) {
        EXPECT_TRUE(expanded(bad).starts_with("unread: Invalid pcpu range")) << bad;
    }
}

TEST(CpuSet, PointsAtTheFault) {
    const auto fault = CpuSelection::scan("0-3, ^x,1").error();
    EXPECT_EQ(fault.begin, 5U);
    EXPECT_EQ(fault.end, 7U);
}

TEST(CpuSet, IsWrittenAsItIsRead) {
    for (const char* text : {"all", "0-3,^2", "nodes:0-1,^nodes:1,7"}) {
        const auto selection = CpuSelection::parse(text);
        ASSERT_TRUE(selection);
        EXPECT_EQ(selection->text(), text);
        EXPECT_EQ(*CpuSelection::parse(selection->text()), *selection);
    }
}

TEST(CpuSet, PrintsMaps) {
    EXPECT_EQ(print_cpu_map({}), "none");
    EXPECT_EQ(print_cpu_map({false, false}), "none");
    EXPECT_EQ(print_cpu_map({true, true}), "all");
    EXPECT_EQ(print_cpu_map({true, false, true, true}), "0,2-3");
}

}  // namespace
}  // namespace zeroth::config
