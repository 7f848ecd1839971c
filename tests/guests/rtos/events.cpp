// SPDX-License-Identifier: Apache-2.0
#include "tests/guests/rtos/events.hpp"

#include <array>

#include "tests/guests/rtos/panic.hpp"

namespace zeroth::rtos {
namespace {

Tree::Region xen_region(const Tree& tree) {
    const auto hypervisor = tree.find("xen,xen");
    if (!hypervisor || hypervisor->count == 0) panic("the device tree does not speak of Xen");
    return hypervisor->regions[0];
}

}  // namespace

/// Its layout on ARM, both widths, up to the masks (xen/include/public/xen.h).
struct Events::SharedInfo {
    std::uint8_t upcall_pending;
    std::uint8_t unused[7];
    std::uint64_t pending_selector;
    std::uint8_t time[32];
    std::uint64_t pending[64];
    std::uint64_t mask[64];
};

std::uintptr_t grant_region(const Tree& tree) {
    return static_cast<std::uintptr_t>(xen_region(tree).start);
}

void Events::open(const Tree& tree) {
    static_assert(offsetof(SharedInfo, pending) == 48 && offsetof(SharedInfo, mask) == 560);
    const auto region = xen_region(tree);
    const auto page = static_cast<std::uintptr_t>(region.start + region.size - kPageSize);
    if (xen::map_page(xen::Space::kSharedInfo, 0, page) != 0)
        panic("Xen does not let shared_info be mapped");
    info_ = reinterpret_cast<volatile SharedInfo*>(page);
}

void Events::on_interrupt() {
    count_ = count_ + 1;
    write_shared(info_->upcall_pending, std::uint8_t{0});
    write_shared(info_->pending_selector, std::uint64_t{0});
    for (auto& word : info_->pending)
        if (read_shared(word) != 0) write_shared(word, std::uint64_t{0});
}

}  // namespace zeroth::rtos
