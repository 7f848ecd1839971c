// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"

namespace zeroth::daemon {

/// The image of a kernel that a config names instead of a file ("sim:linux"); an Error if there is
/// no kernel of that name. Simulated machines have such.
using NamedKernels = std::function<Result<std::vector<std::byte>>(std::string_view name)>;

/// Where the kernel is a file: the path itself, or for a name a file that is made in `folder`.
/// `named` may be empty, where kernels are files and nothing else.
Result<std::string> kernel_file(const std::string& kernel, const NamedKernels& named,
                                const std::string& folder);

}  // namespace zeroth::daemon
