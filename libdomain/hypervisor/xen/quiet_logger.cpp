// SPDX-License-Identifier: Apache-2.0
#include "libdomain/hypervisor/xen/quiet_logger.hpp"

#include "libdomain/hypervisor/xen/xen_headers.hpp"

namespace zeroth::hyper {
namespace {

void drop_message(xentoollog_logger*, xentoollog_level, int, const char*, const char*, va_list) {}
void drop_progress(xentoollog_logger*, const char*, const char*, int, unsigned long,
                   unsigned long) {}
void keep(xentoollog_logger*) {}

}  // namespace

xentoollog_logger* quiet_logger() {
    static xentoollog_logger logger{&drop_message, &drop_progress, &keep};
    return &logger;
}

}  // namespace zeroth::hyper
