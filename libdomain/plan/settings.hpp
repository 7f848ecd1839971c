// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "core/units.hpp"
#include "libdomain/plan/build_plan.hpp"
#include "libdomain/plan/make_plan.hpp"

namespace zeroth::plan {

/// The config with every default filled in and checked against host and kernel: what was left open
/// there has a value here.
struct Settings {
    hyper::DomainSpec spec;
    /// The guest's interrupt controller, never kNative.
    hyper::DomainSpec::Gic gic = hyper::DomainSpec::Gic::kV2;
    std::uint32_t vcpus = 1, max_vcpus = 1;
    KiB memory, maxmem;
    /// For the tables that translate the guest's addresses.
    Bytes paging_pool;
    std::vector<SetAffinity> affinities;
    std::optional<hyper::SchedParams> sched;
    /// Sentences on what of the config has no effect.
    std::vector<std::string> notes;
};

Result<Settings> make_settings(const Inputs& inputs);

// Its parts.
Result<> settle_vcpus(const Inputs& inputs, Settings& settings);
Result<> settle_pool(const Inputs& inputs, Settings& settings);
Result<> settle_affinities(const Inputs& inputs, Settings& settings);
void settle_scheduling(const Inputs& inputs, Settings& settings);
Result<> check_irq_owner(const Inputs& inputs, std::uint32_t irq);
Result<> check_iomem(const Inputs& inputs, const Settings& settings);
Result<> settle_assignment(const Inputs& inputs, Settings& settings);

}  // namespace zeroth::plan
