// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "libdomain/config/domain_config.hpp"
#include "xl/command.hpp"

namespace zeroth::xl {

/// Reads the context's xl.conf, if it is there. False after an error, which was printed; one that
/// cannot be read is a message, and xl goes on without it, as the reference does.
bool load_xl_conf(Context& context);

/// For a command that makes guests: warns of settings that have no effect, and fills in defaults.
void use_xl_conf(Context& context, config::DomainConfig& config);
/// The masks of CPUs, for which xld is asked what CPUs there are.
Result<> mask_cpus(Context& context, config::DomainConfig& config);

}  // namespace zeroth::xl
