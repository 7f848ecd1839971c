// SPDX-License-Identifier: Apache-2.0
#include "libdomain/hypervisor/sim/guests/console_ring.hpp"

#include "libdomain/hypervisor/sim/guests/byte_ring.hpp"

namespace zeroth::hyper::sim {
namespace {

// struct xencons_interface: in[1024], out[2048], in_cons, in_prod, out_cons, out_prod.
constexpr std::size_t kIn = 0, kOut = 1024, kIndexes = 3072;

}  // namespace

std::size_t ConsoleRing::write(std::string_view text) {
    ByteRing ring{page_.subspan(kOut, kIndexes - kOut), page_.subspan(kIndexes + 8)};
    return ring.put(text);
}

std::string ConsoleRing::read() {
    ByteRing ring{page_.subspan(kIn, kOut - kIn), page_.subspan(kIndexes)};
    return ring.take();
}

}  // namespace zeroth::hyper::sim
