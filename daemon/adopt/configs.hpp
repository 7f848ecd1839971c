// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/ids.hpp"
#include "libdomain/config/domain_config.hpp"

/// The configs of guests that Xen makes at boot: who they are, what is done when they end, and what
/// they are started from again.
namespace zeroth::daemon {

struct AdoptConfig {
    std::string path;
    /// From a file name such as "2-rtos.cfg": the domain that it is for.
    std::optional<DomainId> domain;
    config::DomainConfig config;
};

/// The files NAME.cfg and NAME.toml of the folder, by their names. One that cannot be read is told
/// in the log and left out; a folder that is not there has none.
std::vector<AdoptConfig> read_adopt_configs(const std::string& folder);

/// The config for a domain: the one with its number; else, of those without a number, the first
/// that `is_taken` does not say no to. Whoever takes them in the order of the domains gives the
/// first file to the first domain.
const AdoptConfig* choose_config(const std::vector<AdoptConfig>& configs, DomainId domain,
                                 const std::function<bool(const AdoptConfig&)>& is_taken);

}  // namespace zeroth::daemon
