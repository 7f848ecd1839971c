// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <sstream>

#include "libdomain/plan/node_text.hpp"
#include "tests/unit/libdomain/plan/guests.hpp"

namespace zeroth::plan {
namespace {

using namespace zeroth::testing;

const NodeValues kValues{.domain = DomainId{1},
                         .store_port = Port{1},
                         .console_port = Port{2},
                         .vuart_port = Port{3},
                         .start_time = "1795191596.09"};

std::string printed(const Node& node) {
    std::string permissions;
    for (const auto& one : node.permissions)
        permissions += fmt::format("{}{}{}", permissions.empty() ? "" : ",", one.letter,
                                   one.who == Who::kGuest ? 1 : 0);
    return fmt::format("{} = \"{}\"   ({})", fill_in(node.path, kValues),
                       fill_in(node.value, kValues), permissions);
}

/// What has changed in the listing since the domain was made: the guest announced what it can do,
/// the console service opened a pty, and the folders above have always been there.
std::string as_created(std::string line) {
    if (line.find("control/feature-") != line.npos) {
        const auto at = line.find("\"1\"");
        if (at != line.npos) line.replace(at, 3, "\"\"");
    }
    const auto pty = line.find("/dev/pts/0");
    if (pty != line.npos) line.erase(pty, 10);
    return line;
}

TEST(Nodes, AreTheReferences) {
    std::istringstream lines{read_golden("plan/debian-xl-g1-nodes.txt")};
    std::vector<std::string> expected;
    for (std::string line; std::getline(lines, line);) expected.push_back(as_created(line));
    std::vector<std::string> ours{"/local/domain/0/backend = \"\"   (n0)",
                                  "/local/domain/0/backend/console = \"\"   (n0)"};
    const auto plan = plan_of(linux_guest());
    for (const auto& node : step_of<WriteNodes>(plan).nodes) ours.push_back(printed(node));
    EXPECT_EQ(ours, expected);
}

TEST(Nodes, ParentsComeFirst) {
    auto inputs = linux_guest();
    inputs.config.vuart_sbsa = inputs.config.driver_domain = true;
    const auto plan = plan_of(inputs);
    std::set<std::string> known{"/local/domain", "/local/domain/0/backend/console",
                                "/local/domain/0/backend/vuart", "/vm", "/libxl"};
    for (const auto& node : step_of<WriteNodes>(plan).nodes) {
        EXPECT_TRUE(known.contains(node.path.substr(0, node.path.rfind('/')))) << node.path;
        EXPECT_TRUE(known.insert(node.path).second) << node.path << " is written twice";
    }
}

TEST(Nodes, OfflineVcpusAndBallooning) {
    auto inputs = linux_guest();
    inputs.config.maxvcpus = 2;
    inputs.config.maxmem = mib(256);
    const auto plan = plan_of(inputs);
    const auto& nodes = step_of<WriteNodes>(plan).nodes;
    const auto value = [&](const std::string& path) {
        const auto found = std::ranges::find(nodes, "/local/domain/{domid}/" + path, &Node::path);
        return found == nodes.end() ? "none" : found->value;
    };
    EXPECT_EQ(value("cpu/0/availability"), "online");
    EXPECT_EQ(value("cpu/1/availability"), "offline");
    EXPECT_EQ(value("memory/static-max"), "262144");
    EXPECT_EQ(value("memory/target"), "131072");
}

TEST(NodeText, BracesInANameAreNoPlaceholders) {
    EXPECT_EQ(fill_in("a/{domid}/{store_port}-{console_port}-{vuart_port}@{start_time}", kValues),
              "a/1/1-2-3@1795191596.09");
    const std::string name = "{domid}{{}x}{";
    EXPECT_EQ(fill_in(literal(name), kValues), name);
    auto inputs = tiny_guest();
    inputs.config.name = name;
    const auto plan = plan_of(inputs);
    const auto& nodes = step_of<WriteNodes>(plan).nodes;
    const auto found = std::ranges::find(nodes, "/local/domain/{domid}/name", &Node::path);
    ASSERT_NE(found, nodes.end());
    EXPECT_EQ(fill_in(found->value, kValues), name);
}

}  // namespace
}  // namespace zeroth::plan
