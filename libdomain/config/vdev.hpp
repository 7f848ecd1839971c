// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace zeroth::config {

/// The number under which a disk is known to its guest and in XenStore (reference B.3): `xvda` is
/// 51712. Names are xvd, hd or sd with letters and perhaps a partition, `dNpM`, or a number itself.
std::optional<std::uint32_t> vdev_number(std::string_view vdev);

}  // namespace zeroth::config
