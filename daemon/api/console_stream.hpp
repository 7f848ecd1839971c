// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace zeroth::api {

/// What a console's stream is asked for with (Upgrade:), and the header of the answer that says at
/// which byte of the console it begins. libdomain/console/frames.hpp says what it carries.
inline constexpr const char* kConsoleProtocol = "zeroth-console";
inline constexpr const char* kConsolePosition = "Zeroth-Console-Position";

}  // namespace zeroth::api
