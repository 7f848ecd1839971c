// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace zeroth::config {

/// What makes a domain's name unusable, as a sentence; empty where it is fine.
std::string fault_of_name(std::string_view name);

}  // namespace zeroth::config
