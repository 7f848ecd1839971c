// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <sstream>

#include "libdomain/plan/dts.hpp"
#include "libdomain/plan/fdt_writer.hpp"
#include "libdomain/plan/layout.hpp"
#include "tests/unit/libdomain/plan/guests.hpp"

namespace zeroth::plan {
namespace {

using namespace zeroth::testing;

std::string tree_text(const Inputs& inputs) {
    return print_device_tree(plan_of(inputs).device_tree).value();
}

std::string without_line(const std::string& text, std::string_view part) {
    std::istringstream lines{text};
    std::string out;
    for (std::string line; std::getline(lines, line);)
        if (line.find(part) == line.npos) out += line + "\n";
    return out;
}

// The files are what guests of Debian's xl (Xen 4.17) saw.

TEST(GuestTree, OfLinuxIsTheReferences) {
    auto inputs = linux_guest();
    inputs.config.vcpus = 2;
    const auto text = tree_text(inputs);
    EXPECT_NE(text.find("rng-seed = <0x1020304 "), text.npos);
    // Linux wipes the seed before it shows its tree.
    EXPECT_EQ(without_line(text, "rng-seed"), read_golden("plan/debian-xl-arm64-2vcpu.dts"));
}

TEST(GuestTree, OfArm32IsTheReferences) {
    EXPECT_EQ(without_line(tree_text(arm32_guest()), "rng-seed"),
              without_line(read_golden("plan/debian-xl-arm32.dts"), "rng-seed"));
}

TEST(GuestTree, TellsOfOpTee) {
    auto inputs = tiny_guest();
    EXPECT_EQ(tree_text(inputs).find("firmware"), std::string::npos);
    inputs.config.tee = config::Tee::kOptee;
    const auto text = tree_text(inputs);
    const auto at = text.find("firmware {");
    ASSERT_NE(at, text.npos);
    EXPECT_NE(text.find("optee {", at), text.npos);
    EXPECT_NE(text.find("compatible = \"linaro,optee-tz\";", at), text.npos);
    EXPECT_NE(text.find("method = \"hvc\";", at), text.npos);
}

TEST(GuestTree, NumbersVcpusInClustersOf16) {
    auto inputs = tiny_guest();
    inputs.config.vcpus = 18;
    const auto text = tree_text(inputs);
    EXPECT_NE(text.find("cpu@f {"), text.npos);
    EXPECT_NE(text.find("cpu@100 {"), text.npos);
    EXPECT_NE(text.find("cpu@101 {"), text.npos);
    EXPECT_EQ(text.find("cpu@10 {"), text.npos);
}

TEST(GuestTree, GrowsToWhateverItNeeds) {
    auto inputs = tiny_guest();
    inputs.config.vcpus = 128;
    inputs.config.cmdline = std::string(20'000, 'x');
    EXPECT_NE(tree_text(inputs).find("cpu@70f {"), std::string::npos);
    inputs.config.cmdline = std::string(3'000'000, 'x');
    EXPECT_EQ(plan_error(inputs), "the guest's device tree would be larger than 2048 KiB");
}

TEST(Dts, GuessesAsDtcDoes) {
    FdtWriter tree;
    {
        const FdtNode root{tree, ""};
        tree.string("empty", "");
        tree.strings("two", {"ab", "c"});
        tree.strings("half zeros", {"a", "b"});
        tree.strings("mostly zeros", {"", "a", ""});
        tree.string("escaped", "a\"b\\c\n");
        tree.string("binary", "\x01");
        tree.cells("cell", {0x61626300});
        tree.property("odd", std::as_bytes(std::span{"\x01\x02\x03", 3}));
        tree.empty("nothing");
        const FdtNode child{tree, "child"};
        const FdtNode grandchild{tree, "grandchild"};
    }
    EXPECT_EQ(print_device_tree(tree.finish().value()).value(),
              "/dts-v1/;\n\n/ {\n"
              "\tempty = [00];\n"
              "\ttwo = \"ab\\0c\";\n"
              "\thalf zeros = \"a\\0b\";\n"
              "\tmostly zeros = <0x610000>;\n"
              "\tescaped = \"a\\\"b\\\\c\\n\";\n"
              "\tbinary = [01 00];\n"
              "\tcell = \"abc\";\n"
              "\todd = [01 02 03];\n"
              "\tnothing;\n\n"
              "\tchild {\n\n"
              "\t\tgrandchild {\n"
              "\t\t};\n"
              "\t};\n"
              "};\n");
}

TEST(Dts, RefusesWhatIsNoTree) {
    EXPECT_FALSE(print_device_tree({}));
    auto blob = plan_of(tiny_guest()).device_tree;
    blob.resize(blob.size() - 1);
    EXPECT_FALSE(print_device_tree(blob));
}

class PartialTree : public ::testing::Test {
protected:
    /// The error for a blob with these nodes, each with this phandle.
    std::string error_with(std::initializer_list<std::pair<const char*, std::uint32_t>> nodes) {
        FdtWriter tree;
        {
            const FdtNode root{tree, ""};
            for (const auto& [name, phandle] : nodes) {
                const FdtNode node{tree, name};
                tree.cells("phandle", {phandle});
            }
        }
        return error_of(tree.finish().value());
    }
    std::string error_of(std::vector<std::byte> blob) {
        auto inputs = tiny_guest();
        inputs.config.device_tree = "/guest/partial.dtb";
        inputs.partial_device_tree = std::move(blob);
        return plan_error(inputs);
    }
};

TEST_F(PartialTree, NeedsPassthrough) {
    EXPECT_EQ(error_with({{"passthrough", 1}, {"aliases", 2}}), "no error");
    EXPECT_EQ(error_with({{"other", 1}}), "device_tree: the file has no node /passthrough");
    EXPECT_EQ(error_of({}), "device_tree: the file is empty");
}

TEST_F(PartialTree, MayNotClaimTheGuestsOwnPhandles) {
    EXPECT_EQ(
        error_with({{"passthrough", 65000}}),
        "device_tree: node \"passthrough\" has phandle 65000, which the guest's own interrupt "
        "controller or IOMMU uses");
    EXPECT_EQ(error_with({{"passthrough", 7}, {"aliases", 7}}),
              "device_tree: phandle 7 is used twice, by node \"aliases\" the second time");
}

TEST_F(PartialTree, DamagedIsRefused) {
    FdtWriter tree;
    tree.begin_node("");
    tree.begin_node("passthrough");
    tree.cells("x", {1, 2, 3});
    tree.end_node();
    tree.end_node();
    const auto blob = tree.finish().value();
    EXPECT_EQ(error_of(blob), "no error");
    for (std::size_t size = 1; size < blob.size(); ++size)
        EXPECT_NE(error_of({blob.begin(), blob.begin() + static_cast<std::ptrdiff_t>(size)}),
                  "no error")
            << size;
}

TEST_F(PartialTree, TooDeepIsRefused) {
    FdtWriter tree;
    tree.begin_node("");
    tree.begin_node("passthrough");
    for (int i = 0; i < 40; ++i) tree.begin_node("x");
    for (int i = 0; i < 42; ++i) tree.end_node();
    EXPECT_EQ(error_of(tree.finish().value()),
              "device_tree: nodes lie more than 32 deep in one another");
}

}  // namespace
}  // namespace zeroth::plan
