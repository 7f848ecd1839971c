// SPDX-License-Identifier: Apache-2.0
#include "hooks/counters.hpp"

#include "tests/unit/hooks/own_folder.hpp"

namespace zeroth::hooks {
namespace {

/// A sysfs of files.
class CountersTest : public test::OwnFolder {
protected:
    void say(const std::string& name, const std::string& contents) const {
        write(name, contents + "\n", 0644);
    }
};

TEST_F(CountersTest, ADiskThatIsNotThereHasNone) {
    EXPECT_FALSE(blkback_traffic(DomainId{3}, 51712, dir_));
    EXPECT_FALSE(blkback_device(DomainId{3}, 51712, dir_));
}

TEST_F(CountersTest, ReadsWhatBlkbackCounts) {
    const std::string disk = "bus/xen-backend/devices/vbd-3-51712/";
    int value = 1;
    for (const auto* name : {"rd_req", "wr_req", "rd_sect", "wr_sect"})
        say(disk + "statistics/" + name, std::to_string(value++));
    const DiskTraffic expected{.reads = 1, .writes = 2, .sectors_read = 3, .sectors_written = 4};
    EXPECT_EQ(blkback_traffic(DomainId{3}, 51712, dir_), expected);
}

TEST_F(CountersTest, ReadsTheDeviceThatBlkbackHas) {
    const std::string node = "bus/xen-backend/devices/vbd-3-51712/physical_device";
    say(node, "7:1a");
    EXPECT_EQ(blkback_device(DomainId{3}, 51712, dir_), (DeviceNumber{.major = 7, .minor = 26}));
    for (const auto* odd : {"", "7", "7:", ":1", "7:xy"}) {
        say(node, odd);
        EXPECT_FALSE(blkback_device(DomainId{3}, 51712, dir_)) << odd;
    }
}

}  // namespace
}  // namespace zeroth::hooks
