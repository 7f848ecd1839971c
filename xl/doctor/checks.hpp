// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "xl/command.hpp"
#include "xl/doctor/finding.hpp"
#include "xl/doctor/root.hpp"

/// What `xl doctor` looks at, by where it looks.
namespace zeroth::xl::doctor {

/// Whether this is Xen, which, and whether this is its domain 0. Without it nothing else counts.
enum class Place { kDomain0, kGuest, kNoXen };
Place find_place(const Root& root);
void check_hypervisor(const Root& root, Findings& findings);
/// Devices, file systems, drivers, network.
void check_kernel(const Root& root, Findings& findings);
/// xenstored, xld, and what should not run beside them.
void check_daemons(const Root& root, Context& context, Findings& findings);
/// What xld's host log says of Xen's security module, which decides whether there can be driver
/// domains; for after check_daemons.
void check_security(Context& context, Findings& findings);
/// The same of such a log.
Finding security_module(std::string_view log);
/// Settings, and whether the daemons start with the host.
void check_files(const Root& root, Findings& findings);

}  // namespace zeroth::xl::doctor
