// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "core/result.hpp"

namespace zeroth::hyper {

/// errno of a device that could not be opened, with what to do about it: `module` is the kernel's
/// driver for it.
std::unexpected<Error> open_error(std::string_view device, std::string_view module);

}  // namespace zeroth::hyper
