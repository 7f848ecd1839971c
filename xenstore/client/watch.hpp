// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/strong.hpp"

namespace zeroth::xs {

using TransactionId = Strong<struct TransactionIdTag, std::uint32_t>;
inline constexpr TransactionId kNoTransaction{0};

struct Watch {
    std::string path, token;
    /// How far below the path a change may be; nullopt: any distance.
    std::optional<std::uint32_t> depth;
};
struct WatchEvent {
    std::string path, token;
};

}  // namespace zeroth::xs
