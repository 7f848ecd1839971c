// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "libdomain/config/domain_config.hpp"
#include "libdomain/image/kernel.hpp"
#include "libdomain/plan/build_plan.hpp"
#include "libdomain/plan/host_info.hpp"

namespace zeroth::plan {

/// Everything a plan is computed from. The random parts are inputs, so that the same inputs always
/// make the same plan.
struct Inputs {
    config::DomainConfig config;
    HostInfo host;
    image::KernelFacts kernel;
    std::optional<image::RamdiskFacts> ramdisk;
    /// `device_tree=`'s file, unread where the config has none.
    std::vector<std::byte> partial_device_tree;
    /// Used where the config names none.
    Uuid random_uuid;
    std::array<std::byte, 128> rng_seed{};
    bool start_paused = false;
};

/// What the config asks for that cannot be honoured yet, each in a sentence that names the key.
std::vector<std::string> not_yet_honoured(const config::DomainConfig& config);

/// Pure. All checks that need no hypervisor are made here: memory that does not fit, CPUs that are
/// not there, a name or UUID in use, a kernel too large for its memory.
Result<BuildPlan> make_plan(const Inputs& inputs);

}  // namespace zeroth::plan
