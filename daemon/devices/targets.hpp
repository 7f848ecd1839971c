// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "libdomain/plan/host_info.hpp"

namespace zeroth::daemon::devices {

/// What there is at the path. Two block devices are the same by their number, two files by their
/// inode; a loop device is the file behind it.
plan::DiskTarget target_of(const std::string& path);

}  // namespace zeroth::daemon::devices
