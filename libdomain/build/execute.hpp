// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <string>

#include "core/ids.hpp"
#include "core/result.hpp"
#include "libdomain/hypervisor/hypervisor.hpp"
#include "libdomain/plan/build_plan.hpp"
#include "xenstore/client/store.hpp"

/// Carries a BuildPlan out, step by step, and undoes it.
namespace zeroth::build {

/// Who sees to the devices of a domain under construction.
struct DeviceWork {
    std::function<Result<>(DomainId domain, const plan::Device& device)> attach;
    /// Sets the backends of all that were attached to work.
    std::function<Result<>(DomainId domain)> start;
    /// Until all are there.
    std::function<Result<>(DomainId domain)> wait;
    /// The inverse, of all of them, as far as they had come.
    std::function<Result<>(DomainId domain)> take_down;
};

/// What a build works with, and whom it tells.
struct Workshop {
    const hyper::Hypervisor& xen;
    hyper::GrantTable& grants;
    xs::Store& store;
    /// Called before each step.
    std::function<void(std::size_t index, const plan::Step& step)> on_step;
    /// Once it says true, the next step fails with ECANCELED and all is undone.
    std::function<bool()> cancelled;
    /// Sees to it that the domain's consoles are served; empty: nobody here does.
    std::function<Result<>(DomainId domain)> wait_console = {};
    DeviceWork devices = {};
};

/// Makes the domain. An Error names the step, has what Xen printed to its console meanwhile as its
/// details, and leaves nothing behind; what could not be undone is in the details too.
Result<DomainId> execute(const plan::BuildPlan& plan, const Workshop& workshop);

}  // namespace zeroth::build
