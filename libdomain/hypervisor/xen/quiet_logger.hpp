// SPDX-License-Identifier: Apache-2.0
#pragma once

struct xentoollog_logger;

namespace zeroth::hyper {

/// Xen's libraries print to stderr what they also return; everything here is told by Errors.
xentoollog_logger* quiet_logger();

}  // namespace zeroth::hyper
