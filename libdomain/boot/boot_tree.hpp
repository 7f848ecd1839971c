// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/result.hpp"

namespace zeroth::boot {

/// What Xen is told of a file that lies in memory (Xen: docs/misc/arm/device-tree/booting.txt).
struct Module {
    std::uint64_t start = 0, size = 0;
    bool is_kernel = false;
    std::string arguments{};

    /// Most specific first, as the property has them.
    std::vector<std::string> compatible() const {
        return {is_kernel ? "xen,linux-zimage" : "xen,linux-initrd", "xen,multiboot-module"};
    }
    /// Its node in /chosen.
    std::string node() const;
};

/// The board's tree with Xen's command line and the modules in /chosen; what was there of these
/// before is replaced. Addresses take two cells, which does for every board.
Result<std::vector<std::byte>> with_modules(std::span<const std::byte> blob,
                                            const std::string& xen_arguments,
                                            const std::vector<Module>& modules);

}  // namespace zeroth::boot
