// SPDX-License-Identifier: Apache-2.0
#include "daemon/devices/backends.hpp"

#include <gtest/gtest.h>

#include "daemon/devices/facts.hpp"
#include "xenstore/client/memory_store.hpp"

namespace zeroth::daemon::devices {
namespace {

std::vector<xs::Change> vif_of(int guest, int id, const std::string& mac) {
    const auto back =
        "/local/domain/0/backend/vif/" + std::to_string(guest) + "/" + std::to_string(id);
    const auto front =
        "/local/domain/" + std::to_string(guest) + "/device/vif/" + std::to_string(id);
    return {xs::Write{back + "/mac", mac}, xs::Write{back + "/state", "2"},
            xs::Write{back + "/online", "1"}, xs::Write{front + "/state", "1"},
            xs::Write{front + "/backend", back}};
}

TEST(Backends, AreFoundWhoeverMadeThem) {
    xs::MemoryStore store;
    ASSERT_TRUE(store.apply(vif_of(3, 0, "00:16:3e:00:00:01")));
    ASSERT_TRUE(store.apply(vif_of(3, 1, "00:16:3e:00:00:02")));
    ASSERT_TRUE(store.apply(vif_of(12, 0, "00:16:3e:00:00:03")));
    const std::vector<xs::Change> odd{xs::Write{"/local/domain/0/backend/vif/x/0", ""},
                                      xs::Write{"/local/domain/0/backend/vif/3/y", ""}};
    ASSERT_TRUE(store.apply(odd));
    EXPECT_EQ(backends(store, "vif")->size(), 3U);
    const auto of_three = backends_of(store, DomainId{3});
    ASSERT_EQ(of_three->size(), 2U);
    EXPECT_EQ((*of_three)[1].backend(), "/local/domain/0/backend/vif/3/1");
    EXPECT_EQ(backends_of(store, DomainId{4})->size(), 0U);
}

TEST(Backends, NothingOfADeviceIsLeft) {
    xs::MemoryStore store;
    const auto before = store.dump();
    ASSERT_TRUE(store.apply(vif_of(3, 0, "00:16:3e:00:00:01")));
    const auto devices = backends_of(store, DomainId{3});
    ASSERT_TRUE(store.apply(removal(*devices)));
    EXPECT_EQ(*store.directory("/local/domain/0/backend/vif"), std::vector<std::string>{});
    EXPECT_EQ(*store.directory("/local/domain/3/device"), std::vector<std::string>{});
}

TEST(Backends, AreLookedAtTogether) {
    xs::MemoryStore store;
    ASSERT_TRUE(store.apply(vif_of(3, 0, "00:16:3e:00:00:01")));
    ASSERT_TRUE(store.apply(vif_of(3, 1, "00:16:3e:00:00:02")));
    const std::vector<xs::Change> changes{
        xs::Write{"/local/domain/0/backend/vif/3/1/state", "6"},
        xs::Write{"/local/domain/0/backend/vif/3/1/hotplug-status", "error"},
        xs::Write{"/local/domain/0/backend/vif/3/1/hotplug-error", "no bridge"},
        xs::Write{"/local/domain/0/error/backend/vif/3/1/error", "5 gone"}};
    ASSERT_TRUE(store.apply(changes));
    const auto seen = look(store, *backends_of(store, DomainId{3}));
    ASSERT_TRUE(seen) << seen.error().text();
    ASSERT_EQ(seen->size(), 2U);
    EXPECT_EQ((*seen)[0].backend, device::BusState::kInitWait);
    EXPECT_EQ((*seen)[0].frontend, device::BusState::kInitialising);
    EXPECT_EQ((*seen)[0].hotplug_status, "");
    EXPECT_EQ((*seen)[1].backend, device::BusState::kClosed);
    EXPECT_EQ((*seen)[1].hotplug_status, "error");
    EXPECT_EQ((*seen)[1].hotplug_error, "no bridge");
    EXPECT_EQ((*seen)[1].complaint, "5 gone");
}

TEST(DeviceFacts, NameTheOwnerOfAMac) {
    xs::MemoryStore store;
    ASSERT_TRUE(store.apply(vif_of(3, 2, "00:16:3e:00:00:01")));
    const auto dom0 = simulated_dom0();
    config::DomainConfig config;
    config.vif.emplace_back();
    const std::vector<xs::Change> named{xs::Write{"/local/domain/3/name", "web"}};
    ASSERT_TRUE(store.apply(named));
    const auto facts = look_at(*dom0, store, config);
    ASSERT_TRUE(facts);
    ASSERT_EQ(facts->nics.size(), 1U);
    EXPECT_EQ(facts->nics[0].mac, "00:16:3e:00:00:01");
    EXPECT_EQ(facts->nics[0].owner, "\"web\" (domain 3)");
    EXPECT_EQ(facts->nics[0].devid, 2U);
}

}  // namespace
}  // namespace zeroth::daemon::devices
