// SPDX-License-Identifier: Apache-2.0
#include "libdomain/build/nodes.hpp"

#include <gtest/gtest.h>

#include "xenstore/client/memory_store.hpp"

namespace zeroth::build {
namespace {

using plan::Who;
const std::vector<plan::Permission> kReadable{{'n', Who::kHost}, {'r', Who::kGuest}};
const std::vector<plan::Permission> kGuestOwned{{'n', Who::kGuest}};

const plan::NodeValues kValues{DomainId{7}, Port{3}, Port{4}, Port{5}, "12.34"};

TEST(ToChanges, WritesNoNodeThatAChildBringsIntoBeing) {
    const auto changes =
        to_changes({{"/local/domain/{domid}", "", kReadable},
                    {"/local/domain/{domid}/store", "", kReadable},
                    {"/local/domain/{domid}/store/port", "{store_port}", kReadable}},
                   kValues);
    ASSERT_EQ(changes.size(), 3U);  // the domain, its permissions, and the port
    xs::MemoryStore store;
    ASSERT_TRUE(store.apply(changes));
    EXPECT_NE(store.dump().find("/local/domain/7/store = \"\"   (n0,r7)\n"), std::string::npos);
    EXPECT_NE(store.dump().find("/local/domain/7/store/port = \"3\"   (n0,r7)\n"),
              std::string::npos);
}

TEST(ToChanges, SetsPermissionsOnlyWhereTheyAreNotInherited) {
    const auto changes = to_changes({{"/local/domain/{domid}", "", kReadable},
                                     {"/local/domain/{domid}/name", "g1", kReadable},
                                     {"/local/domain/{domid}/data", "", kGuestOwned}},
                                    kValues);
    ASSERT_EQ(changes.size(), 5U);  // three writes, and permissions of the first and the last
    xs::MemoryStore store;
    ASSERT_TRUE(store.apply(changes));
    EXPECT_NE(store.dump().find("/local/domain/7/name = \"g1\"   (n0,r7)\n"), std::string::npos);
    EXPECT_NE(store.dump().find("/local/domain/7/data = \"\"   (n7)\n"), std::string::npos);
}

TEST(ToChanges, MakesAFolderOfSeveralDevicesOnce) {
    const auto changes = to_changes({{"/local/domain/{domid}/device/vif", "", kReadable},
                                     {"/local/domain/{domid}/device/vif/0", "", kGuestOwned},
                                     {"/local/domain/{domid}/device/vif", "", kReadable},
                                     {"/local/domain/{domid}/device/vif/1", "", kGuestOwned}},
                                    kValues);
    EXPECT_EQ(changes.size(), 6U);  // three folders, each with its permissions
    xs::MemoryStore store;
    ASSERT_TRUE(store.apply(changes));
    EXPECT_NE(store.dump().find("/local/domain/7/device/vif/1 = \"\"   (n7)\n"), std::string::npos);
}

}  // namespace
}  // namespace zeroth::build
