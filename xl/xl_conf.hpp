// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "libdomain/config/cpu_set.hpp"
#include "libdomain/config/diagnostic.hpp"
#include "libdomain/config/domain_config.hpp"

namespace zeroth::xl {

/// What /etc/xen/xl.conf says: defaults for every guest that `create` makes (reference B.7).
struct XlConf {
    std::optional<std::string> vif_script, vif_bridge, vif_gatewaydev, vif_backend;
    std::optional<std::uint32_t> max_grant_frames, max_maptrack_frames, max_grant_version;
    /// CPUs that guests may use at most: vm.cpumask and vm.hvm.cpumask, which counts for pvh.
    std::vector<config::CpuSelection> cpumasks;
};

struct ReadXlConf {
    XlConf conf;
    std::vector<config::Diagnostic> diagnostics;
};

/// Errors are fatal, as they are in the reference; warnings are about settings without an effect.
ReadXlConf parse_xl_conf(const config::Source& source);

/// Fills in what a guest's config leaves open, all but the CPUs.
void apply_defaults(const XlConf& conf, config::DomainConfig& config);
/// Takes from the config's hard affinity the CPUs that the masks leave out, on a host with these
/// CPUs. An Error if a vCPU is left with none.
Result<> apply_cpumasks(const XlConf& conf, const std::vector<std::uint32_t>& node_of_cpu,
                        config::DomainConfig& config);

}  // namespace zeroth::xl
