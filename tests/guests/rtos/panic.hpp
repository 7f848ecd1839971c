// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace zeroth::rtos {

/// Says why on the console, and tells Xen that this domain has crashed.
[[noreturn]] void panic(std::string_view why);

}  // namespace zeroth::rtos
