// SPDX-License-Identifier: Apache-2.0
#include "daemon/api/device_json.hpp"

#include "daemon/api/codec.hpp"

namespace zeroth::api {

boost::json::value encode(const config::Vif& vif) { return codec::to_json(vif); }
boost::json::value encode(const config::Disk& disk) { return codec::to_json(disk); }
boost::json::value encode(const config::OtherDevice& device) { return codec::to_json(device); }

Result<config::Vif> decode_vif(const boost::json::value& value) {
    config::Vif vif;
    ZEROTH_CHECK(codec::from_json(value, vif, codec::Path{}));
    return vif;
}

Result<config::Disk> decode_disk(const boost::json::value& value) {
    config::Disk disk;
    ZEROTH_CHECK(codec::from_json(value, disk, codec::Path{}));
    return disk;
}

Result<config::OtherDevice> decode_other_device(const boost::json::value& value) {
    config::OtherDevice device;
    ZEROTH_CHECK(codec::from_json(value, device, codec::Path{}));
    return device;
}

}  // namespace zeroth::api
