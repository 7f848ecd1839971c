// SPDX-License-Identifier: Apache-2.0
#include <map>

#include "libdomain/config/served_device.hpp"
#include "libdomain/plan/devices.hpp"
#include "libdomain/plan/node_text.hpp"
#include "libdomain/plan/place.hpp"

/// Devices that programs serve: their nodes are written, and that is all.
namespace zeroth::plan {
namespace {

using config::ServedDevice;

/// Whether there can be somebody who serves it. In other domains that is their own business.
Result<> check_server(const Place& at, const ServedDevice& served, DomainId backend,
                      const DeviceFacts& host) {
    if (served.by == ServedDevice::By::kQemu && backend == kDomain0)
        return at.refuse(
            "QEMU serves this kind, and none is started here for guests",
            at.list == "p9" ? "type=xen_9pfsd is for Xen's own xen-9pfsd; or name another domain's "
                              "QEMU with `backend`."
                            : "backend-type=linux is for a program of your own; or name another "
                              "domain's QEMU with `backend`.",
            EOPNOTSUPP);
    if (served.by == ServedDevice::By::k9pfsd && !host.with_9pfsd.contains(backend))
        return at.refuse(fmt::format("xen-9pfsd does not run in domain {}", backend.raw()),
                         fmt::format("Start it there; it then says \"running\" in "
                                     "/local/domain/{}/libxl/xen-9pfs/state.",
                                     backend.raw()),
                         ENOENT);
    return {};
}

Result<Device> make_served(const Place& at, ServedDevice served, std::uint32_t id,
                           const Guest& guest, const DeviceFacts& host) {
    Device device;
    device.kind = served.kind;
    device.id = id;
    ZEROTH_TRY(device.backend, backend_of(at, served.backend, host));
    ZEROTH_CHECK(check_server(at, served, device.backend, host));
    device.hotplug = Hotplug::kElsewhere;
    device.what = Served{};
    for (auto& [key, value] : served.back)
        if (served.by == ServedDevice::By::k9pfsd && key == "path" && value.empty())
            value = "/var/log/xen/guests/" + guest.name;
    device.nodes = served_nodes(device, served);
    return device;
}

}  // namespace

Result<std::vector<Device>> make_served_devices(const config::DomainConfig& config,
                                                const Guest& guest, const DeviceFacts& host) {
    std::vector<Device> devices;
    std::map<std::string, std::size_t> places;
    auto next = guest.next;
    for (const auto& entry : config.other_devices) {
        if (!config::is_served(entry.key)) continue;
        const Place at{entry.key, places[entry.key]++};
        auto served = config::parse_served(entry).device;
        if (!served) return at.refuse(fmt::format("\"{}\" cannot be read", entry.text));
        const auto id = next[entry.key]++;
        ZEROTH_TRY(auto device, make_served(at, *std::move(served), id, guest, host));
        devices.push_back(std::move(device));
    }
    return devices;
}

}  // namespace zeroth::plan
