// SPDX-License-Identifier: Apache-2.0
#include "devd/backend.hpp"

#include <gtest/gtest.h>

namespace zeroth::devd {
namespace {

using device::BusState;

TEST(DevdBackend, IsNamedByAnyPathInIt) {
    for (const char* path : {"backend/vif/3/0", "backend/vif/3/0/state", "backend/vif/3/0/a/b"}) {
        const auto backend = backend_of(path);
        ASSERT_TRUE(backend) << path;
        EXPECT_EQ(backend->text(), "backend/vif/3/0");
    }
    EXPECT_EQ(backend_of("backend/vbd/32751/51712/online")->text(), "backend/vbd/32751/51712");
}

TEST(DevdBackend, IsNotWhatHasAnotherForm) {
    for (const char* path :
         {"", "/", "backend", "backend/vif", "backend/vif/3", "backend/vif/3/", "backend/vif//0",
          "backend/vif/x/0", "backend/vif/3/-1", "backend/vif/03/0", "backend/vif/70000/0",
          "backend/vif/3/99999999999", "backend/9pfs/3/0", "device/vif/3/0", "/backend/vif/3/0"})
        EXPECT_FALSE(backend_of(path)) << path;
}

TEST(DevdAct, BringsUpOnceWhatTheDriverHasFound) {
    EXPECT_EQ(act_on({}), Act::kWait);
    EXPECT_EQ(act_on({BusState::kInitialising, true, false}), Act::kWait);
    for (const auto state : {BusState::kInitWait, BusState::kInitialised, BusState::kConnected}) {
        EXPECT_EQ(act_on({state, true, false}), Act::kBringUp);
        EXPECT_EQ(act_on({state, true, true}), Act::kWait);
    }
}

TEST(DevdAct, TakesDownWhatIsNotToBeThereAnyMore) {
    EXPECT_EQ(act_on({BusState::kClosing, false, true}), Act::kWait);
    EXPECT_EQ(act_on({BusState::kClosed, false, true}), Act::kTakeDown);
    EXPECT_EQ(act_on({BusState::kClosed, false, false}), Act::kRemove);
}

TEST(DevdAct, LeavesOneWhoseFrontendMayComeBack) {
    EXPECT_EQ(act_on({BusState::kClosed, true, true}), Act::kWait);
    EXPECT_EQ(act_on({BusState::kInitWait, true, true}), Act::kWait);
}

}  // namespace
}  // namespace zeroth::devd
