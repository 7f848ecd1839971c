// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "libdomain/device/paths.hpp"
#include "libdomain/device/seen.hpp"
#include "xenstore/client/store.hpp"

namespace zeroth::daemon::devices {

/// Every device of the kind whose backend is dom0's, whoever made it.
Result<std::vector<device::Paths>> backends(xs::Store& store, std::string_view kind);
/// Those of one guest, of all kinds that we know, whoever serves them.
Result<std::vector<device::Paths>> backends_of(xs::Store& store, DomainId guest);

/// What XenStore says of the device now.
Result<device::Seen> look(xs::Store& store, const device::Paths& paths);
/// The same of each of several, in one send.
Result<std::vector<device::Seen>> look(xs::Store& store, const std::vector<device::Paths>& devices);

/// All nodes of the devices, and the folders that held nothing else.
std::vector<xs::Change> removal(const std::vector<device::Paths>& devices);

}  // namespace zeroth::daemon::devices
