// SPDX-License-Identifier: Apache-2.0
#include "xenstore/tree/watch_index.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace zeroth::xenstored {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::unique_ptr<Watch> make(const std::string& path, std::uint64_t sequence,
                            std::optional<std::uint32_t> depth = {}) {
    auto watch = std::make_unique<Watch>();
    watch->text = path + "token";
    watch->path_size = static_cast<std::uint16_t>(path.size());
    watch->sequence = sequence;
    watch->depth = depth;
    return watch;
}

std::vector<std::uint64_t> found(const WatchIndex& index, std::string_view path) {
    std::vector<Watch*> watches;
    index.collect(path, watches);
    std::vector<std::uint64_t> sequences;
    for (const auto* watch : watches) sequences.push_back(watch->sequence);
    return sequences;
}

TEST(WatchIndex, FindsThoseOnTheWay) {
    WatchIndex index;
    const auto root = make("/", 1), a = make("/a", 2), b = make("/a/b", 3),
               direct = make("/a", 4, 1);
    for (auto* watch : {root.get(), a.get(), b.get(), direct.get()}) index.add(watch);
    EXPECT_THAT(found(index, "/a/b/c"), ElementsAre(1, 2, 3));
    EXPECT_THAT(found(index, "/a/b"), ElementsAre(1, 2, 4, 3));
    EXPECT_THAT(found(index, "/ab"), ElementsAre(1));
    EXPECT_EQ(index.find(ConnectionId{}, "/a/b", "token"), b.get());
    EXPECT_EQ(index.find(ConnectionId{}, "/a/b", "other"), nullptr);
    EXPECT_EQ(index.find(ConnectionId{1}, "/a/b", "token"), nullptr);
    index.remove(a.get());
    index.remove(b.get());
    EXPECT_THAT(found(index, "/a/b"), ElementsAre(1, 4));
}

TEST(WatchIndex, KeepsSpecialOnesApart) {
    WatchIndex index;
    const auto special = make("@releaseDomain", 1), node = make("/releaseDomain", 2);
    index.add(special.get());
    index.add(node.get());
    EXPECT_THAT(found(index, "@releaseDomain/5"), ElementsAre(1));
    EXPECT_THAT(found(index, "/releaseDomain/5"), ElementsAre(2));
    index.remove(special.get());
    EXPECT_THAT(found(index, "@releaseDomain"), IsEmpty());
}

}  // namespace
}  // namespace zeroth::xenstored
