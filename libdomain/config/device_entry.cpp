// SPDX-License-Identifier: Apache-2.0
#include "libdomain/config/device_entry.hpp"

#include "libdomain/config/disk.hpp"
#include "libdomain/config/vif.hpp"

namespace zeroth::config {

ParsedEntry<Vif> parse_vif(const std::string& text) { return parse_entry<Vif>(text, read_vif); }

ParsedEntry<Disk> parse_disk(const std::string& text) { return parse_entry<Disk>(text, read_disk); }

}  // namespace zeroth::config
