// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <compare>
#include <string>

namespace zeroth::hooks {

/// A block device's number.
struct DeviceNumber {
    unsigned major = 0, minor = 0;

    static DeviceNumber from(dev_t number);
    /// "7:1a", in hexadecimal, as the node `physical-device` has it.
    std::string text() const;

    friend auto operator<=>(const DeviceNumber&, const DeviceNumber&) = default;
};

}  // namespace zeroth::hooks
