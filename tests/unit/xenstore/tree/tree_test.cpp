// SPDX-License-Identifier: Apache-2.0
#include "xenstore/tree/tree.hpp"

#include <gtest/gtest.h>
#include <malloc.h>

#include <array>
#include <map>
#include <random>
#include <string>

#include "xenstore/tree/path.hpp"

namespace zeroth::xenstored {
namespace {

constexpr std::array kRoot{Permission{kDomain0, Access::kNone}};

struct Grown {
    TreeContext context;
    Accounts accounts;
    Tree tree{context, context.permissions.get(kRoot)};

    void write(const std::string& path, const std::string& value) {
        tree.write(path, value, std::nullopt, accounts);
    }
};

std::map<std::string, std::string> contents(const Tree& tree) {
    std::map<std::string, std::string> all;
    const auto walk = [&all](const auto& self, const Node& node, const std::string& path) -> void {
        all[path] = node.value();
        if (!node.children) return;
        for (const auto* child : node.children->in_order()) {
            self(self, *child, path + '/' + std::string{child->name()});
        }
    };
    walk(walk, *tree.root(), "");
    return all;
}

TEST(Path, IsValidByTheProtocolsRules) {
    for (const auto* path : {"/", "/a", "/a/b", "a", "a/b", "/A-z_0@", "@x"}) {
        EXPECT_TRUE(valid_path(path)) << path;
    }
    for (const auto* path : {"", "//", "/a/", "/a//b", "a/", "/a b", "/a\n", "/ä", "/a:b"}) {
        EXPECT_FALSE(valid_path(path)) << path;
    }
    EXPECT_TRUE(valid_path('/' + std::string(kMaxPath - 1, 'a')));
    EXPECT_FALSE(valid_path('/' + std::string(kMaxPath, 'a')));
    EXPECT_EQ(parent_of("/a/b"), "/a");
    EXPECT_EQ(parent_of("/a"), "/");
    EXPECT_EQ(parent_of("/"), "/");
}

TEST(Permission, IsALetterAndANumber) {
    EXPECT_EQ(parse_permission("b7"), (Permission{DomainId{7}, Access::kBoth}));
    for (const auto* text : {"", "r", "x1", "r-1", "r65536", "r1x", "1", "rr1", "R1"}) {
        EXPECT_FALSE(parse_permission(text)) << text;
    }
}

TEST(Tree, KeepsItsSnapshotsAsTheyWere) {
    Grown grown;
    std::mt19937 random{1};
    std::map<std::string, std::string> model{{"", ""}};
    std::vector<std::pair<Tree, std::map<std::string, std::string>>> snapshots;
    for (int i = 0; i < 20'000; ++i) {
        const auto top = "/" + std::to_string(random() % 3);
        const auto path = top + "/" + std::to_string(random() % 400);
        if (random() % 3 == 0) {
            grown.tree.remove(path, grown.accounts);
            model.erase(path);
        } else {
            const auto value = std::string(random() % 40, 'x');
            grown.write(path, value);
            model[top];
            model[path] = value;
        }
        if (i % 2000 == 0) snapshots.emplace_back(grown.tree, model);
    }
    EXPECT_EQ(contents(grown.tree), model);
    EXPECT_EQ(grown.accounts.total().nodes, static_cast<std::int64_t>(model.size()) - 1);
    for (const auto& [tree, expected] : snapshots) EXPECT_EQ(contents(tree), expected);
}

TEST(Tree, ListsInTheOrderThingsWereMade) {
    Grown grown;
    for (int i = 99; i >= 0; --i) grown.write("/d/" + std::to_string(i), "");
    grown.write("/d/50", "again");
    int expected = 99;
    for (const auto* node : grown.tree.find("/d")->children->in_order()) {
        EXPECT_EQ(node->name(), std::to_string(expected--));
    }
}

TEST(Tree, ASnapshotCostsNothingAndLeavesWhatItDoesNotTouchShared) {
    Grown grown;
    grown.write("/a/b", "1");
    grown.write("/c/d", "1");
    const auto snapshot = grown.tree;
    grown.write("/a/b", "2");
    EXPECT_EQ(snapshot.find("/c"), grown.tree.find("/c"));
    EXPECT_NE(snapshot.find("/a"), grown.tree.find("/a"));
    EXPECT_EQ(snapshot.find("/a/b")->value(), "1");
}

TEST(Tree, CountsWhatEachDomainOwns) {
    Grown grown;
    const DomainId guest{3};
    grown.tree.write("/g/x/y", "value", guest, grown.accounts);
    EXPECT_EQ(grown.accounts.usage(guest).nodes, 3);
    EXPECT_EQ(grown.tree.find("/g/x")->permissions, grown.tree.find("/g")->permissions);
    const auto memory = grown.accounts.usage(guest).memory;
    grown.tree.write("/g/x/y", std::string(500, 'v'), guest, grown.accounts);
    EXPECT_GT(grown.accounts.usage(guest).memory, memory + 400);
    grown.tree.set_permissions("/g/x", grown.context.permissions.get(kRoot), grown.accounts);
    EXPECT_EQ(grown.accounts.usage(guest).nodes, 2);
    grown.tree.remove("/g", grown.accounts);
    EXPECT_EQ(grown.accounts.usage(guest), Usage{});
}

TEST(Tree, ADeepPathIsNoTrouble) {
    Grown grown;
    std::string path;
    while (path.size() < kMaxPath - 1) path += "/a";
    grown.write(path, "deep");
    const auto snapshot = grown.tree;
    EXPECT_EQ(grown.tree.find(path)->value(), "deep");
    EXPECT_TRUE(grown.tree.remove("/a", grown.accounts));
    EXPECT_EQ(grown.accounts.total().nodes, 0);
}

/// Bytes in use; 0 where malloc does not tell (a sanitizer's).
std::size_t in_use() {
    const auto info = ::mallinfo2();
    return info.uordblks + info.hblkhd;
}

TEST(Tree, TakesLittleMemoryAndGivesItBack) {
    Grown grown;
    const auto before = in_use();
    for (int i = 0; i < 1000; ++i) {
        for (int j = 0; j < 100; ++j) {
            grown.write("/bench/" + std::to_string(i) + "/" + std::to_string(j), "some value");
        }
    }
    const auto full = in_use();
    grown.tree.remove("/bench", grown.accounts);
    const auto after = in_use();
    const auto each = (full - before) / 101'000;
    std::printf("%zu bytes a node\n", each);
    EXPECT_LE(each, 120U);
    EXPECT_LE(after - before, (full - before) / 20);
}

}  // namespace
}  // namespace zeroth::xenstored
