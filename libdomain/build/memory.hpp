// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/result.hpp"
#include "libdomain/hypervisor/hypervisor.hpp"
#include "libdomain/plan/build_plan.hpp"

/// The steps that give a guest its memory and fill it.
namespace zeroth::build {

Result<> populate_ram(const hyper::Hypervisor& xen, DomainId domain, const plan::PopulateRam& step);
Result<> populate_magic(const hyper::Hypervisor& xen, DomainId domain,
                        const plan::PopulateMagic& step);
// Each maps, fills, unmaps and flushes what it wrote: the guest starts with its caches off.
Result<> load_kernel(const hyper::Hypervisor& xen, DomainId domain, const plan::LoadKernel& step);
Result<> load_ramdisk(const hyper::Hypervisor& xen, DomainId domain,
                      const plan::LoadRamdisk& step);
Result<> load_device_tree(const hyper::Hypervisor& xen, DomainId domain,
                          const plan::LoadDeviceTree& step);

}  // namespace zeroth::build
