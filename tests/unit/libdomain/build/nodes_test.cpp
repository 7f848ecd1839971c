// SPDX-License-Identifier: Apache-2.0
#include "libdomain/build/nodes.hpp"

#include <gtest/gtest.h>

#include "xenstore/client/memory_store.hpp"

namespace zeroth::build {
namespace {

using plan::Who;
const std::vector<plan::Permission> kReadable{{'n', Who::kDomain0}, {'r', Who::kGuest}};
const std::vector<plan::Permission> kGuestOwned{{'n', Who::kGuest}};

Names names() { return {DomainId{7}, {{plan::PortRole::kStore, Port{3}}}, "12.34"}; }

TEST(Names, FillsInWhatIsKnown) {
    EXPECT_EQ(names().fill_in("/local/domain/{domid}/{domid}"), "/local/domain/7/7");
    EXPECT_EQ(names().fill_in("{store_port} {start_time}"), "3 12.34");
    EXPECT_EQ(names().fill_in("no braces"), "no braces");
}

TEST(ToChanges, SetsPermissionsOnlyWhereTheyAreNotInherited) {
    const auto changes = to_changes({{"/local/domain/{domid}", "", kReadable},
                                     {"/local/domain/{domid}/name", "g1", kReadable},
                                     {"/local/domain/{domid}/data", "", kGuestOwned}},
                                    names());
    ASSERT_EQ(changes.size(), 5U);  // three writes, and permissions of the first and the last
    xs::MemoryStore store;
    ASSERT_TRUE(store.apply(changes));
    EXPECT_NE(store.dump().find("/local/domain/7/name = \"g1\"   (n0,r7)\n"), std::string::npos);
    EXPECT_NE(store.dump().find("/local/domain/7/data = \"\"   (n7)\n"), std::string::npos);
}

}  // namespace
}  // namespace zeroth::build
