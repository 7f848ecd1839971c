// SPDX-License-Identifier: Apache-2.0
#include "daemon/lives/registry.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace zeroth::daemon::lives {
namespace {

namespace fs = std::filesystem;

/// A folder of its own for each test.
struct RegistryFolder : testing::Test {
    RegistryFolder() {
        std::string pattern = testing::TempDir() + "registry.XXXXXX";
        folder = ::mkdtemp(pattern.data());
    }
    ~RegistryFolder() override { fs::remove_all(folder); }

    static Record record(const char* name, std::uint16_t domid) {
        Record made;
        made.uuid = Uuid::random();
        made.name = name;
        made.domid = DomainId{domid};
        made.created_ms = made.born_ms = 12345;
        return made;
    }
    static api::CreateRequest request(const char* name) {
        api::CreateRequest made;
        made.config.name = name;
        made.config.kernel = "/boot/guest";
        return made;
    }

    std::string folder;
};

TEST_F(RegistryFolder, ARecordAndItsRequestOutliveTheProcess) {
    auto wanted = record("g1", 7);
    wanted.keeper = Keeper::kXld;
    wanted.intent = Intent::kRestarting;
    wanted.policies.on_crash = config::Action::kCoredumpRestart;
    wanted.died_ms = 99;
    wanted.last_code = 3;
    wanted.retire_as = Uuid::random();
    wanted.trouble = "a \"quoted\" \n story";
    { ASSERT_TRUE(Registry{folder}.begin(wanted, request("g1"))); }
    const Registry later{folder};
    EXPECT_EQ(later.find(wanted.uuid), wanted);
    EXPECT_EQ(later.find(DomainId{7}), wanted);
    EXPECT_EQ(later.find_name("g1"), wanted);
    EXPECT_FALSE(later.find_name("g2"));
    const auto again = later.request(wanted.uuid);
    ASSERT_TRUE(again);
    EXPECT_EQ(again->config.kernel, "/boot/guest");
    EXPECT_EQ(again->config.uuid, wanted.uuid);
}

TEST_F(RegistryFolder, AChangeIsOnDiskAtOnce) {
    Registry registry{folder};
    const auto wanted = record("g1", 7);
    ASSERT_TRUE(registry.put(wanted));
    const auto now = registry.change(wanted.uuid, [](Record& its) { its.lives = 5; });
    ASSERT_TRUE(now);
    EXPECT_EQ(now->lives, 5U);
    EXPECT_EQ(Registry{folder}.find(wanted.uuid)->lives, 5U);
    EXPECT_FALSE(registry.change(Uuid::random(), [](Record&) {}));
}

TEST_F(RegistryFolder, WhatIsRemovedLeavesNoFile) {
    Registry registry{folder};
    const auto wanted = record("g1", 7);
    ASSERT_TRUE(registry.begin(wanted, request("g1")));
    registry.remove(wanted.uuid);
    EXPECT_FALSE(registry.find(wanted.uuid));
    EXPECT_TRUE(fs::is_empty(folder));
}

TEST_F(RegistryFolder, NonsenseIsPutAsideAndLeftoversAreSwept) {
    const auto uuid = Uuid::random().text();
    std::ofstream{folder + "/" + uuid + ".json"} << "{\"uuid\":";
    std::ofstream{folder + "/" + uuid + ".json.new"} << "half";
    EXPECT_TRUE(Registry{folder}.all().empty());
    EXPECT_TRUE(fs::exists(folder + "/" + uuid + ".json.bad"));
    EXPECT_EQ(std::distance(fs::directory_iterator{folder}, fs::directory_iterator{}), 1);
}

TEST_F(RegistryFolder, AChangedRecordKeepsItsRequest) {
    Registry registry{folder};
    auto wanted = record("g1", 7);
    ASSERT_TRUE(registry.begin(wanted, request("g1")));
    registry.change(wanted.uuid, [](Record& its) { its.lives = 2; });
    wanted.lives = 3;
    ASSERT_TRUE(registry.put(wanted));
    const Registry later{folder};
    EXPECT_EQ(later.find(wanted.uuid), wanted);
    EXPECT_EQ(later.request(wanted.uuid)->config.kernel, "/boot/guest");
}

TEST_F(RegistryFolder, WhatSomebodyElseMadeHasNoRequest) {
    Registry registry{folder};
    const auto wanted = record("g1", 7);
    ASSERT_TRUE(registry.put(wanted));
    const auto none = registry.request(wanted.uuid);
    ASSERT_FALSE(none);
    EXPECT_EQ(none.error().code(), std::errc::no_such_file_or_directory);
}

TEST_F(RegistryFolder, ANewRequestBringsItsPolicies) {
    Registry registry{folder};
    const auto wanted = record("g1", 7);
    ASSERT_TRUE(registry.begin(wanted, request("g1")));
    auto changed = request("g1");
    changed.config.on_reboot = config::Action::kPreserve;
    ASSERT_TRUE(registry.set_request(wanted.uuid, changed));
    EXPECT_EQ(registry.find(wanted.uuid)->policies.on_reboot, config::Action::kPreserve);
    EXPECT_FALSE(registry.set_request(Uuid::random(), changed));
}

TEST_F(RegistryFolder, WithoutAFolderABeginFails) {
    std::ofstream{folder + "/file"} << "no folder";
    Registry registry{folder + "/file"};
    const auto begun = registry.begin(record("g1", 1), request("g1"));
    EXPECT_FALSE(begun);
    EXPECT_TRUE(registry.all().empty());
}

TEST_F(RegistryFolder, WhatCouldNotBeWrittenIsWrittenLater) {
    Registry registry{folder + "/its"};
    const auto wanted = record("g1", 7);
    ASSERT_TRUE(registry.put(wanted));
    fs::rename(folder + "/its", folder + "/away");
    ASSERT_TRUE(registry.change(wanted.uuid, [](Record& its) { its.lives = 5; }));
    registry.write_late();
    EXPECT_EQ(registry.find(wanted.uuid)->lives, 5U);
    EXPECT_EQ(Registry{folder + "/away"}.find(wanted.uuid)->lives, 1U);
    fs::rename(folder + "/away", folder + "/its");
    registry.write_late();
    EXPECT_EQ(Registry{folder + "/its"}.find(wanted.uuid)->lives, 5U);
}

}  // namespace
}  // namespace zeroth::daemon::lives
