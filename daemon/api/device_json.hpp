// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/value.hpp>
#include <cstdint>
#include <optional>

#include "core/result.hpp"
#include "libdomain/config/domain_config.hpp"

/// Devices by themselves, as the members of a config's JSON, and as the reference prints them.
namespace zeroth::api {

boost::json::value encode(const config::Vif& vif);
boost::json::value encode(const config::Disk& disk);
boost::json::value encode(const config::OtherDevice& device);
Result<config::Vif> decode_vif(const boost::json::value& value);
Result<config::Disk> decode_disk(const boost::json::value& value);
Result<config::OtherDevice> decode_other_device(const boost::json::value& value);

/// As `xl create -n` prints them in a config, and `xl network-attach -N` by themselves; or as libxl
/// keeps them beside a domain, with what it has settled by then.
enum class Form { kAsked, kStored };
boost::json::value reference_nic(const config::Vif& vif, std::optional<std::uint32_t> devid,
                                 Form form);
boost::json::value reference_disk(const config::Disk& disk, Form form);
/// An empty object for what no program serves, and for what cannot be read.
boost::json::value reference_served(const config::OtherDevice& entry,
                                    std::optional<std::uint32_t> devid);

}  // namespace zeroth::api
