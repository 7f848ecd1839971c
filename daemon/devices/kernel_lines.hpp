// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "libdomain/device/paths.hpp"

namespace zeroth::daemon::devices {

/// Whether a line of the kernel's speaks of the device.
bool is_about(std::string_view line, const device::Paths& paths);
/// What dom0's kernel said last of the device, a few lines at most; none where that cannot be read.
std::vector<std::string> kernel_lines(const device::Paths& paths);

}  // namespace zeroth::daemon::devices
