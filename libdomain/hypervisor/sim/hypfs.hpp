// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "libdomain/hypervisor/abi/hypfs.hpp"

namespace zeroth::hyper::sim {

/// An entry of `/params`.
struct RuntimeParameter {
    xenabi::HypfsType type;
    std::vector<std::byte> value;
    bool writable = true;
};

/// Those that Xen on ARM has, and one of each other type.
std::map<std::string, RuntimeParameter, std::less<>> runtime_parameters();

}  // namespace zeroth::hyper::sim
