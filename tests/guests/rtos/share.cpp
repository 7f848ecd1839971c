// SPDX-License-Identifier: Apache-2.0
#include "tests/guests/rtos/share.hpp"

#include <cerrno>

#include "tests/guests/rtos/events.hpp"
#include "tests/guests/rtos/pin_page.hpp"

namespace zeroth::rtos {
namespace {

/// An entry of the grant table's first version (xen/include/public/grant_table.h).
struct GrantEntry {
    std::uint16_t flags, domain;
    std::uint32_t frame;
};
constexpr std::uint16_t kPermitAccess = 1, kDom0 = 0;

union alignas(kPageSize) Page {
    volatile PinPage pin;
    unsigned char bytes[kPageSize];
};
constinit Page page{.bytes = {}};

void permit(std::uintptr_t table, std::uint32_t reference, const void* what) {
    auto& entry = reinterpret_cast<volatile GrantEntry*>(table)[reference];
    write_shared(entry.domain, kDom0);
    write_shared(entry.frame, static_cast<std::uint32_t>(address_of(what) / kPageSize));
    write_shared(entry.flags, kPermitAccess);  // last: from here on it holds
}

}  // namespace

std::intptr_t Share::open(const Tree& tree) {
    if (open_) return 0;
    const auto table = grant_region(tree);
    if (const auto result = xen::map_page(xen::Space::kGrantTable, 0, table); result != 0)
        return result;
    if (const auto result = xen::alloc_unbound(kDom0, port_); result != 0) return result;
    write_shared(page.pin.magic, kPinPageMagic);
    permit(table, kGrant, &page);
    xen::unmask(port_);
    open_ = true;
    return 0;
}

void Share::serve(const Gpio& gpio) {
    if (!open_) return;
    const auto request = read_shared(page.pin.request);
    if (request == read_shared(page.pin.reply)) return;
    std::int32_t error = 0;
    switch (PinCommand{read_shared(page.pin.command)}) {
        case PinCommand::kRead:
            break;
        case PinCommand::kSet:
            gpio.set(read_shared(page.pin.argument) != 0);
            break;
        default:
            error = -EINVAL;
    }
    write_shared(page.pin.error, error);
    write_shared(page.pin.pin, gpio.is_high() ? 1U : 0U);
    write_shared(page.pin.reply, request);
    xen::notify(port_);
}

}  // namespace zeroth::rtos
