// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <optional>

#include "libdomain/hypervisor/abi/numbers.hpp"
#include "libdomain/hypervisor/sim/domctl.hpp"

namespace zeroth::hyper::sim {
namespace {

/// Physical addresses of the modelled CPU.
constexpr unsigned kPhysicalBits = 44;
constexpr std::uint32_t kFirstSpi = 32;

bool wraps(std::uint64_t first, std::uint64_t count) { return first + count - 1 < first; }

std::optional<DomainId> owner_of(const State& state, std::uint32_t irq) {
    for (const auto& [id, domain] : state.domains)
        if (domain.spis.contains(irq)) return id;
    return std::nullopt;
}

}  // namespace

long iomem_permission(DomctlCall& call) {
    const auto body = call.body<xenabi::IomemPermission>();
    if (wraps(body.first_mfn, body.nr_mfns)) return -EINVAL;
    if ((body.first_mfn + body.nr_mfns - 1) >> (kPhysicalBits - kPageShift) != 0) return -EPERM;
    if (body.allow_access != 0) {
        call.domain.iomem_allowed.insert(body.first_mfn, {body.first_mfn, body.nr_mfns});
    } else {
        call.domain.iomem_allowed.erase(body.first_mfn, body.nr_mfns);
    }
    return 0;
}

long memory_mapping(DomctlCall& call) {
    const auto body = call.body<xenabi::MemoryMapping>();
    const auto last = body.first_mfn + body.nr_mfns - 1;
    if (wraps(body.first_mfn, body.nr_mfns) || wraps(body.first_gfn, body.nr_mfns)) return -EINVAL;
    if (((body.first_mfn | last) >> (kPhysicalBits - kPageShift)) != 0) return -EINVAL;
    if (body.nr_mfns > xenabi::kMaxMappingPages) return -E2BIG;
    auto& domain = call.domain;
    if (domain.iomem_allowed.count_in(body.first_mfn, body.nr_mfns) != body.nr_mfns) return -EPERM;
    if (!in_range(call.state, body.first_gfn, body.nr_mfns)) return -EINVAL;
    if (body.add_mapping == 0) {
        domain.mmio.erase(body.first_gfn, body.nr_mfns);
        return 0;
    }
    for (std::uint64_t i = 0; i < body.nr_mfns; ++i) {
        if (!take_tables(domain, body.first_gfn + i, 0)) return -ENOMEM;
        domain.mmio.insert(body.first_gfn + i, {body.first_mfn + i, 1});
    }
    return 0;
}

long bind_pt_irq(DomctlCall& call) {
    const auto body = call.body<xenabi::BindPtIrq>();
    if (body.irq_type != xenabi::kPtIrqTypeSpi) return -EOPNOTSUPP;
    if (body.machine_irq != body.spi) return -EINVAL;
    if (body.spi < kFirstSpi || body.spi > call.state.options.last_spi) return -EPERM;
    const auto virtual_end = call.domain.config.arch.nr_spis + kFirstSpi;
    if (body.spi >= virtual_end || call.domain.spis.contains(body.spi)) return -EBUSY;
    if (const auto owner = owner_of(call.state, body.spi)) {
        call.state.console.print(
            fmt::format("(XEN) IRQ {} is already used by domain {}\n", body.spi, owner->raw()));
        return -EBUSY;
    }
    call.domain.spis.insert(body.spi);
    return 0;
}

long assign_device(DomctlCall& call) {
    const auto body = call.body<xenabi::AssignDevice>();
    if ((call.domain.config.flags & xenabi::cdf::kIommu) == 0) return -EOPNOTSUPP;
    if (body.dev != xenabi::kDeviceDt) return -ENODEV;
    if (body.flags != 0) return -EINVAL;
    const auto bytes = call.state.guest_bytes(body.path, body.size);
    if (bytes.empty()) return -EFAULT;
    std::string path(body.size, '\0');
    std::memcpy(path.data(), bytes.data(), path.size());
    if (!call.state.options.dt_devices.contains(path)) return -ENODEV;
    const bool assigned = std::ranges::any_of(
        call.state.domains, [&](const auto& entry) { return entry.second.devices.contains(path); });
    if (assigned) return -EBUSY;
    call.domain.devices.insert(std::move(path));
    return 0;
}

long vuart_op(DomctlCall& call) {
    auto body = call.body<xenabi::VuartOp>();
    auto& domain = call.domain;
    if (body.cmd != 0 || body.pad != 0) return -EINVAL;
    if (domain.creation_finished) return -EPERM;
    if (body.type != 0) return -EOPNOTSUPP;
    if (domain.has_vuart || !domain.p2m.find(body.gfn)) return -EINVAL;
    constexpr std::uint32_t kVuartSpi = 32;
    if (domain.config.arch.nr_spis == 0 || domain.spis.contains(kVuartSpi)) return -EINVAL;
    // Xen wants a vCPU to tell of the port's events.
    if (domain.vcpus.empty() || !domain.vcpus.front()) return -EINVAL;
    const auto port = call.state.free_port(domain);
    if (!port) return -ENOSPC;
    domain.channels.emplace(
        *port, Channel{Channel::State::kUnbound, DomainId{body.console_domid}, {}, 0, true});
    domain.spis.insert(kVuartSpi);
    domain.has_vuart = true;
    body.evtchn = port->raw();
    call.put(body);
    return 0;
}

}  // namespace zeroth::hyper::sim
