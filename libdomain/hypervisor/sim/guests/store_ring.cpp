// SPDX-License-Identifier: Apache-2.0
#include "libdomain/hypervisor/sim/guests/store_ring.hpp"

#include "libdomain/hypervisor/sim/guests/byte_ring.hpp"

namespace zeroth::hyper::sim {
namespace {

// struct xenstore_domain_interface: req[1024], rsp[1024], req_cons, req_prod, rsp_cons, rsp_prod.
constexpr std::size_t kRequests = 0, kReplies = 1024, kIndexes = 2048;

}  // namespace

std::size_t StoreRing::write(std::string_view requests) {
    ByteRing ring{page_.subspan(kRequests, kReplies - kRequests), page_.subspan(kIndexes)};
    return ring.put(requests);
}

std::string StoreRing::read() {
    ByteRing ring{page_.subspan(kReplies, kIndexes - kReplies), page_.subspan(kIndexes + 8)};
    return ring.take();
}

}  // namespace zeroth::hyper::sim
