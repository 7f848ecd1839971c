// SPDX-License-Identifier: Apache-2.0
// What there is to say of devices: from XenStore, where frontends may write what they like.
#include <fmt/format.h>

#include <charconv>
#include <optional>

#include "daemon/attachments/attachments.hpp"
#include "daemon/xenstore_view.hpp"
#include "libdomain/config/served_device.hpp"
#include "libdomain/device/seen.hpp"

namespace zeroth::daemon {
namespace {

using Text = std::optional<std::string>;

/// -1 for what is no number: the reference's way, for programs that read it.
std::int64_t number(const Text& text) {
    std::uint32_t value = 0;
    if (!text || text->empty()) return -1;
    const auto* const end = text->data() + text->size();
    const auto [rest, error] = std::from_chars(text->data(), end, value);
    return error == std::errc{} && rest == end ? std::int64_t{value} : -1;
}

std::int64_t state(const Text& text) {
    const auto parsed = device::parse_state(text);
    return parsed == device::BusState::kNone ? -1 : static_cast<std::int64_t>(parsed);
}

/// As a config says it.
const char* access_of(std::string_view mode) {
    if (!mode.starts_with('w')) return "ro";
    return mode.ends_with('!') ? "w!" : "rw";
}

boost::json::string text(const Text& value) { return boost::json::string{value.value_or("")}; }

std::vector<std::string> paths_of(const device::Paths& device,
                                  std::initializer_list<const char*> front,
                                  std::initializer_list<const char*> back) {
    std::vector<std::string> paths;
    for (const char* key : front) paths.push_back(fmt::format("{}/{}", device.frontend(), key));
    for (const char* key : back) paths.push_back(fmt::format("{}/{}", device.backend(), key));
    return paths;
}

/// Values by path from here, but for the folder's own: a guest may write one into its own, and may
/// take it away.
Result<boost::json::object> nodes_below(xs::Store& store, const std::string& folder) {
    constexpr std::size_t kDeep = 4;
    boost::json::object out;
    const auto view = view_xenstore(store, folder, kDeep);
    if (!view && view.error().is(ENOENT)) return out;
    if (!view) return fail(view.error());
    for (const auto& node : view->nodes)
        if (!node.value.empty() && node.path != folder)
            out[node.path.substr(folder.size() + 1)] = node.value;
    return out;
}

}  // namespace

Result<boost::json::array> Attachments::describe_nics(DomainId id, const Devices& nics) {
    ZEROTH_TRY(auto store, ground_.stores.lease());
    boost::json::array out;
    for (const auto& device : nics) {
        const auto paths =
            paths_of(device, {"state", "event-channel", "tx-ring-ref", "rx-ring-ref"},
                     {"state", "mac", "bridge", "script", "vifname", "ip", "hotplug-status"});
        ZEROTH_TRY(const auto values, store->read(paths));
        const auto interface = values[8] && !values[8]->empty()
                                   ? *values[8]
                                   : fmt::format("vif{}.{}", id.raw(), device.id);
        out.push_back({{"devid", device.id},
                       {"backend_domid", device.backend_domain.raw()},
                       {"mac", text(values[5])},
                       {"state", state(values[0])},
                       {"backend_state", state(values[4])},
                       {"evtch", number(values[1])},
                       {"rref_tx", number(values[2])},
                       {"rref_rx", number(values[3])},
                       {"bridge", text(values[6])},
                       {"script", text(values[7])},
                       {"interface", boost::json::string{interface}},
                       {"ip", text(values[9])},
                       {"hotplug", text(values[10])},
                       {"backend", device.backend()},
                       {"frontend", device.frontend()}});
        if (const auto counts = ground_.dom0.nic_counts(interface)) {
            out.back().as_object()["counts"] = {{"sent_bytes", counts->sent_bytes},
                                                {"sent_packets", counts->sent_packets},
                                                {"received_bytes", counts->received_bytes},
                                                {"received_packets", counts->received_packets}};
        }
    }
    return out;
}

Result<boost::json::array> Attachments::describe_disks(DomainId id, const Devices& disks) {
    ZEROTH_TRY(auto store, ground_.stores.lease());
    boost::json::array out;
    for (const auto& device : disks) {
        const auto paths = paths_of(device, {"state", "event-channel", "ring-ref"},
                                    {"state", "dev", "params", "mode", "device-type",
                                     "physical-device-path", "hotplug-status"});
        ZEROTH_TRY(const auto values, store->read(paths));
        out.push_back({{"devid", device.id},
                       {"vdev", text(values[4])},
                       {"backend_domid", device.backend_domain.raw()},
                       {"frontend_domid", id.raw()},
                       {"state", state(values[0])},
                       {"backend_state", state(values[3])},
                       {"evtch", number(values[1])},
                       {"rref", number(values[2])},
                       {"target", text(values[5])},
                       {"access", access_of(values[6].value_or(""))},
                       {"type", text(values[7])},
                       {"device", text(values[8])},
                       {"hotplug", text(values[9])},
                       {"backend", device.backend()},
                       {"frontend", device.frontend()}});
        if (const auto counts = ground_.dom0.disk_counts(device)) {
            out.back().as_object()["counts"] = {{"reads", counts->reads},
                                                {"writes", counts->writes},
                                                {"sectors_read", counts->sectors_read},
                                                {"sectors_written", counts->sectors_written}};
        }
    }
    return out;
}

Result<boost::json::array> Attachments::describe_served(const Devices& served) {
    ZEROTH_TRY(auto store, ground_.stores.lease());
    boost::json::array out;
    for (const auto& device : served) {
        ZEROTH_TRY(auto front, nodes_below(*store, device.frontend()));
        ZEROTH_TRY(auto back, nodes_below(*store, device.backend()));
        out.push_back({{"key", config::served_list(device.kind)},
                       {"kind", device.kind},
                       {"devid", device.id},
                       {"backend_domid", device.backend_domain.raw()},
                       {"backend", device.backend()},
                       {"frontend", device.frontend()},
                       {"backend_nodes", std::move(back)},
                       {"frontend_nodes", std::move(front)}});
    }
    return out;
}

Result<boost::json::array> Attachments::nics(DomainId id) {
    ZEROTH_TRY(auto devices, devices_of(id));
    return describe_nics(id, of_kind(std::move(devices), "vif"));
}

Result<boost::json::array> Attachments::disks(DomainId id) {
    ZEROTH_TRY(auto devices, devices_of(id));
    return describe_disks(id, of_kind(std::move(devices), "vbd"));
}

Result<boost::json::array> Attachments::served(DomainId id, std::string_view list) {
    ZEROTH_TRY(auto devices, devices_of(id));
    return describe_served(of_list(std::move(devices), list));
}

Result<boost::json::object> Attachments::all(DomainId id) {
    ZEROTH_TRY(const auto devices, devices_of(id));
    ZEROTH_TRY(auto interfaces, describe_nics(id, of_kind(devices, "vif")));
    ZEROTH_TRY(auto block, describe_disks(id, of_kind(devices, "vbd")));
    ZEROTH_TRY(auto others, describe_served(of_list(devices, {})));
    return boost::json::object{{"nics", std::move(interfaces)},
                               {"disks", std::move(block)},
                               {"served", std::move(others)}};
}

}  // namespace zeroth::daemon
