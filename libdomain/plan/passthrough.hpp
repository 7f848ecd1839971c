// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "libdomain/config/domain_config.hpp"

namespace zeroth::plan {

/// What a guest's config needs to be given a device of the host's.
struct Passthrough {
    /// The node, as the host's device tree has it.
    std::string path;
    std::vector<config::IomemRange> iomem;
    std::vector<std::uint32_t> irqs;
    std::vector<std::string> dtdev;
    /// Sentences on what would stand in the way, and what has to be seen to in dom0.
    std::vector<std::string> obstacles;
    /// For `device_tree=`: the node under /passthrough, with its registers where the guest sees
    /// them, its interrupts at the guest's own controller, and what of clocks can come along.
    std::vector<std::byte> device_tree;
};

/// Looks a node of a host's device tree up, by path or alias. Nothing in the blob is trusted.
Result<Passthrough> plan_passthrough(std::span<const std::byte> blob, const std::string& path);

/// Lines for a config; what would stand in the way comes before them, as comments. `file` is where
/// the partial device tree has been put, empty for nowhere.
std::string to_config(const Passthrough& device, const std::string& file);

}  // namespace zeroth::plan
