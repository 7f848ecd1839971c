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
    EXPECT_FALSE(block_traffic({.major = 7, .minor = 0}, dir_));
}

TEST_F(CountersTest, ReadsWhatBlkbackCounts) {
    const std::string disk = "bus/xen-backend/devices/vbd-3-51712/";
    int value = 1;
    for (const auto* name : {"rd_req", "wr_req", "f_req", "ds_req", "rd_sect", "wr_sect", "oo_req"})
        say(disk + "statistics/" + name, std::to_string(value++));
    const DiskTraffic expected{.reads = 1,
                               .writes = 2,
                               .flushes = 3,
                               .discards = 4,
                               .sectors_read = 5,
                               .sectors_written = 6,
                               .delayed = 7};
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

TEST_F(CountersTest, ReadsABlockDevicesCounters) {
    say("dev/block/7:26/stat", "  1 2 3 4  5 6 7 8  9 10 11  12 13 14 15  16 17");
    const DiskTraffic expected{.reads = 1,
                               .writes = 5,
                               .flushes = 16,
                               .discards = 12,
                               .sectors_read = 3,
                               .sectors_written = 7};
    EXPECT_EQ(block_traffic({.major = 7, .minor = 26}, dir_), expected);
}

}  // namespace
}  // namespace zeroth::hooks
