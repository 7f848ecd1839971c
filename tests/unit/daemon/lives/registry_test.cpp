// SPDX-License-Identifier: Apache-2.0
#include "daemon/lives/registry.hpp"

#include <gtest/gtest.h>

#include <filesystem>

#include "tests/unit/daemon/lives/record_folder.hpp"

namespace zeroth::daemon::lives {
namespace {

namespace fs = std::filesystem;

struct RegistryFile : RecordFolder {
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
};

TEST_F(RegistryFile, ARecordAndItsRequestOutliveTheProcess) {
    auto wanted = record("g1", 7);
    wanted.keeper = Keeper::kXld;
    wanted.intent = Intent::kRestarting;
    wanted.policies.on_crash = config::Action::kCoredumpRestart;
    wanted.died_ms = 99;
    wanted.last_code = 3;
    wanted.retire_as = Uuid::random();
    wanted.trouble = "a \"quoted\" \n story";
    { ASSERT_TRUE(Registry{path}.begin(wanted, request("g1"))); }
    const Registry later{path};
    EXPECT_EQ(later.find(wanted.uuid), wanted);
    EXPECT_EQ(later.find(DomainId{7}), wanted);
    EXPECT_EQ(later.find_name("g1"), wanted);
    EXPECT_FALSE(later.find_name("g2"));
    const auto again = later.request(wanted.uuid);
    ASSERT_TRUE(again);
    EXPECT_EQ(again->config.kernel, "/boot/guest");
    EXPECT_EQ(again->config.uuid, wanted.uuid);
}

TEST_F(RegistryFile, AChangeIsOnDiskAtOnce) {
    Registry registry{path};
    const auto wanted = record("g1", 7);
    ASSERT_TRUE(registry.put(wanted));
    const auto now = registry.change(wanted.uuid, [](Record& its) { its.lives = 5; });
    ASSERT_TRUE(now);
    EXPECT_EQ(now->lives, 5U);
    EXPECT_EQ(Registry{path}.find(wanted.uuid)->lives, 5U);
    EXPECT_FALSE(registry.change(Uuid::random(), [](Record&) {}));
}

TEST_F(RegistryFile, WhatIsRemovedIsGone) {
    Registry registry{path};
    const auto wanted = record("g1", 7);
    ASSERT_TRUE(registry.begin(wanted, request("g1")));
    registry.remove(wanted.uuid);
    EXPECT_FALSE(registry.find(wanted.uuid));
    EXPECT_TRUE(Registry{path}.all().empty());
    EXPECT_TRUE(fs::is_empty(path));
}

TEST_F(RegistryFile, AChangedRecordKeepsItsRequest) {
    Registry registry{path};
    auto wanted = record("g1", 7);
    ASSERT_TRUE(registry.begin(wanted, request("g1")));
    registry.change(wanted.uuid, [](Record& its) { its.lives = 2; });
    wanted.lives = 3;
    ASSERT_TRUE(registry.put(wanted));
    const Registry later{path};
    EXPECT_EQ(later.find(wanted.uuid), wanted);
    EXPECT_EQ(later.request(wanted.uuid)->config.kernel, "/boot/guest");
}

TEST_F(RegistryFile, WhatSomebodyElseMadeHasNoRequest) {
    Registry registry{path};
    const auto wanted = record("g1", 7);
    ASSERT_TRUE(registry.put(wanted));
    const auto none = registry.request(wanted.uuid);
    ASSERT_FALSE(none);
    EXPECT_EQ(none.error().code(), std::errc::no_such_file_or_directory);
}

TEST_F(RegistryFile, ANewRequestBringsItsPolicies) {
    Registry registry{path};
    const auto wanted = record("g1", 7);
    ASSERT_TRUE(registry.begin(wanted, request("g1")));
    auto changed = request("g1");
    changed.config.on_reboot = config::Action::kPreserve;
    ASSERT_TRUE(registry.set_request(wanted.uuid, changed));
    EXPECT_EQ(registry.find(wanted.uuid)->policies.on_reboot, config::Action::kPreserve);
    EXPECT_FALSE(registry.set_request(Uuid::random(), changed));
}

TEST_F(RegistryFile, WithoutAFileABeginFails) {
    fs::create_directory(path);
    Registry registry{path};
    EXPECT_FALSE(registry.begin(record("g1", 1), request("g1")));
    EXPECT_TRUE(registry.all().empty());
}

TEST_F(RegistryFile, WhatCouldNotBeWrittenIsWrittenLater) {
    fs::create_directory(path);
    Registry registry{path};
    const auto wanted = record("g1", 7);
    EXPECT_FALSE(registry.put(wanted));
    fs::remove(path);
    ASSERT_TRUE(registry.put(wanted));
    {
        const FullFile full{fs::file_size(path)};
        ASSERT_TRUE(registry.change(wanted.uuid, [](Record& its) { its.lives = 5; }));
        registry.write_late();
        EXPECT_EQ(registry.find(wanted.uuid)->lives, 5U);
    }
    EXPECT_EQ(Registry{path}.find(wanted.uuid)->lives, 1U);
    registry.write_late();
    EXPECT_EQ(Registry{path}.find(wanted.uuid)->lives, 5U);
}

}  // namespace
}  // namespace zeroth::daemon::lives
