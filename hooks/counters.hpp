// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/ids.hpp"
#include "hooks/device_number.hpp"

/// What the kernel counts, and says, of devices in sysfs. Nothing for a device that is not there.
namespace zeroth::hooks {

/// What a guest's disk was asked for, as its backend counts it. A sector has 512 bytes.
struct DiskTraffic {
    std::uint64_t reads = 0, writes = 0, sectors_read = 0, sectors_written = 0;

    friend bool operator==(const DiskTraffic&, const DiskTraffic&) = default;
};

/// Of blkback's device for this disk.
std::optional<DiskTraffic> blkback_traffic(DomainId domain, std::uint32_t devid,
                                           const std::string& sysfs = "/sys");
/// The block device that blkback has open for this disk: nothing before it has.
std::optional<DeviceNumber> blkback_device(DomainId domain, std::uint32_t devid,
                                           const std::string& sysfs = "/sys");

}  // namespace zeroth::hooks
