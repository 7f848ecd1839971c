// SPDX-License-Identifier: Apache-2.0
#include "daemon/devices/kernel_lines.hpp"

#include <gtest/gtest.h>

namespace zeroth::daemon::devices {
namespace {

TEST(KernelLines, AreThoseThatNameTheDeviceAndNoOther) {
    const device::Paths vif{DomainId{1}, kDomain0, "vif", 1};
    for (const auto* line :
         {"vif vif-1-1: 22 reading script", "vif vif-1-1 vif1.1: Guest Rx ready",
          "br0: port 1(vif1.1) entered blocking state", "xenbus: backend/vif/1/1: gone"})
        EXPECT_TRUE(is_about(line, vif)) << line;
    for (const auto* line : {"vif vif-1-10: 22 reading script", "vif vif-11-1: x",
                             "br0: port 1(vif1.10) entered blocking state", "vbd vbd-1-1: x", ""})
        EXPECT_FALSE(is_about(line, vif)) << line;
    const device::Paths vbd{DomainId{3}, kDomain0, "vbd", 51712};
    EXPECT_TRUE(is_about("vbd vbd-3-51712: 19 creating vbd structure", vbd));
    EXPECT_FALSE(is_about("vbd vbd-3-51713: 19 creating vbd structure", vbd));
}

}  // namespace
}  // namespace zeroth::daemon::devices
