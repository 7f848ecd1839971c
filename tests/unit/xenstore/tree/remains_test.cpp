// SPDX-License-Identifier: Apache-2.0
#include "xenstore/tree/remains.hpp"

#include <gtest/gtest.h>

#include <array>
#include <optional>
#include <string>

#include "xenstore/tree/tree.hpp"

namespace zeroth::xenstored {
namespace {

constexpr std::array kRoot{Permission{kDomain0, Access::kNone}};

struct RemainsTest : testing::Test {
    TreeContext context;
    Tree tree{context, context.permissions.get(kRoot)};
    Accounts accounts;
    Remains remains;

    void build(const std::string& top, int folders, int each) {
        for (int i = 0; i < folders; ++i) {
            for (int j = 0; j < each; ++j) {
                const auto path = top + "/" + std::to_string(i) + "/" + std::to_string(j);
                tree.write(path, "value", std::nullopt, accounts);
            }
        }
    }
    void remove(const std::string& path) {
        const auto before = accounts.total().nodes;
        auto removed = tree.remove(path, accounts);
        remains.bury(std::move(removed), static_cast<std::size_t>(before - accounts.total().nodes));
    }
    /// How many slices it takes.
    int decay() {
        int slices = 1;
        while (remains.decay()) ++slices;
        return slices;
    }
    /// Nodes alive, by their hold on the permissions that all of them have.
    std::uint32_t alive() const { return tree.root()->permissions->references - 1; }
};

TEST_F(RemainsTest, FreesALittleAtATime) {
    build("/a", 100, 100);
    ASSERT_EQ(alive(), 1U + 1 + 100 + 10'000);
    remove("/a");
    EXPECT_EQ(remains.nodes(), 10'101U);
    EXPECT_EQ(accounts.total().nodes, 0) << "what is owned is known at once";
    std::uint32_t left = alive();
    EXPECT_EQ(left, 10'102U) << "nothing is freed yet";
    while (remains.decay()) {
        const auto now = alive();
        EXPECT_LT(now, left);
        EXPECT_LE(left - now, 600U);
        left = now;
    }
    EXPECT_EQ(alive(), 1U);
    EXPECT_EQ(remains.nodes(), 0U);
}

TEST_F(RemainsTest, KeepsUpWithHoweverMuchIsRemoved) {
    for (int i = 0; i < 100; ++i) {
        build("/b", 1, 1000);
        remove("/b");
        remains.decay();
    }
    EXPECT_LT(remains.nodes(), 1000U * 40);
    decay();
    EXPECT_EQ(alive(), 1U);
}

TEST_F(RemainsTest, ALargeFolderIsFreedInPartsToo) {
    build("/c", 1, 20'000);
    remove("/c");
    EXPECT_GT(decay(), 20);
    EXPECT_EQ(alive(), 1U);
}

TEST_F(RemainsTest, WhatASnapshotHasIsFreedAfterIt) {
    build("/a", 10, 1000);
    std::optional snapshot{tree};
    remove("/a");
    EXPECT_EQ(decay(), 1);
    EXPECT_TRUE(snapshot->find("/a/7/123"));
    EXPECT_EQ(remains.nodes(), 10'011U) << "waits for it";
    const auto before = alive();
    snapshot.reset();
    EXPECT_GE(alive() + 2, before) << "its end takes no time";
    EXPECT_GT(decay(), 10);
    EXPECT_EQ(alive(), 1U);
}

TEST_F(RemainsTest, WhatAnotherTreeHasStaysWithIt) {
    build("/a", 10, 100);
    auto other = tree;
    Accounts others;
    other.write("/a/3/5", "changed", std::nullopt, others);
    remove("/a");
    decay();
    EXPECT_EQ(other.find("/a/3/5")->value(), "changed");
    EXPECT_EQ(other.find("/a/3/6")->value(), "value");
    EXPECT_EQ(other.find("/a/9/99")->value(), "value");
}

TEST_F(RemainsTest, ManySmallOnesAreFreedToo) {
    for (int i = 0; i < 1000; ++i) build("/s" + std::to_string(i), 1, 1);
    for (int i = 0; i < 1000; ++i) remove("/s" + std::to_string(i));
    EXPECT_EQ(remains.nodes(), 3000U);
    for (int i = 0; i < 1000 && remains.nodes() != 0; ++i) remains.decay();
    EXPECT_EQ(alive(), 1U);
}

}  // namespace
}  // namespace zeroth::xenstored
