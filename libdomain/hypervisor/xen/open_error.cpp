// SPDX-License-Identifier: Apache-2.0
#include "libdomain/hypervisor/xen/open_error.hpp"

#include <fmt/format.h>

#include <cerrno>

namespace zeroth::hyper {

std::unexpected<Error> open_error(std::string_view device, std::string_view module) {
    Error error{errno, fmt::format("cannot open {}", device)};
    if (error.is(ENOENT) || error.is(ENODEV) || error.is(ENXIO)) {
        return fail(std::move(error).with_hint(
            fmt::format("not running on Xen, or {} is not loaded", module)));
    }
    if (error.is(EACCES) || error.is(EPERM)) {
        return fail(std::move(error).with_hint("this needs root, in dom0"));
    }
    return fail(std::move(error));
}

}  // namespace zeroth::hyper
