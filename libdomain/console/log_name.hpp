// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace zeroth::console {

/// The consoles that a domain can have, in the words of `xl console -t`; channels are of kind pv,
/// numbered from 1.
enum class Kind { kPv, kVuart };
const char* name_of(Kind kind);
std::optional<Kind> parse_kind(std::string_view word);

/// As xenconsoled names logs: `guest-g1.log`, and `guest-g1-vuart0.log`. A name that a domain got
/// from somebody else may have any bytes: none of them leads out of the folder.
std::string log_name(std::string_view domain, Kind kind, std::uint32_t number);

}  // namespace zeroth::console
