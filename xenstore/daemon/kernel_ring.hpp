// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "core/ids.hpp"
#include "core/result.hpp"
#include "libdomain/hypervisor/privcmd.hpp"

namespace zeroth::xenstored {

/// Where the kernel of our own domain says what its ring is (xenfs).
struct KernelFiles {
    std::string page = "/proc/xen/xsd_kva";
    std::string port = "/proc/xen/xsd_port";
};

Result<Port> kernel_port(const KernelFiles& files);
Result<hyper::Mapping> map_kernel_page(const KernelFiles& files);

}  // namespace zeroth::xenstored
