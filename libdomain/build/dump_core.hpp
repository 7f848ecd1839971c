// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>

#include "core/ids.hpp"
#include "core/result.hpp"
#include "libdomain/hypervisor/hypervisor.hpp"

namespace zeroth::build {

/// Writes a core of the domain to the file `path`: ELF without program headers, as the reference's
/// dump-core and the tools that read such files have it (xen's docs/misc/dump-core-format.txt).
/// It holds the registers of every vCPU that was started, and every page of memory that is there;
/// pages of zeros become holes of the file. The file appears under its name when it is whole, with
/// mode 0600, and replaces a regular file of that name; on an Error nothing is left of it.
///
/// The domain is read as it is: pause it first for a core that is of one moment. It may have shut
/// down or crashed. Once `cancelled` says true, the dump ends with ECANCELED.
Result<> dump_core(const hyper::Hypervisor& xen, DomainId domain, const std::string& path,
                   const std::function<bool()>& cancelled = {});

}  // namespace zeroth::build
