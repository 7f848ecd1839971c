// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <charconv>

#include "daemon/api/device_json.hpp"
#include "libdomain/config/served_device.hpp"

/// What programs serve, as libxl has it in JSON: made from what the device has in XenStore.
namespace zeroth::api {
namespace {

namespace json = boost::json;
using config::ServedDevice;
using Values = ServedDevice::Values;

const std::string* find(const Values& values, const std::string& key) {
    const auto found = std::ranges::find(values, key, &Values::value_type::first);
    return found == values.end() ? nullptr : &found->second;
}

json::value number(std::string_view text) {
    std::uint64_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

/// libxl's names are XenStore's, with underscores.
std::string member(std::string_view key) {
    std::string name{key};
    std::ranges::replace(name, '-', '_');
    return name;
}

/// Copies a node, where it is there.
void put(json::object& to, const Values& from, const char* key,
         json::value (*as)(std::string_view)) {
    if (const auto* const value = find(from, key)) to.emplace(member(key), as(*value));
}
json::value text(std::string_view value) { return json::string{value}; }

/// A flag or a number: none is written where it is 0.
void put_if_set(json::object& to, const Values& from, const char* key,
                json::value (*as)(std::string_view)) {
    if (const auto* const value = find(from, key); value != nullptr && *value != "0")
        to.emplace(member(key), as(*value));
}
json::value yes(std::string_view) { return true; }

void keyboard(json::object& out, const ServedDevice& device) {
    out.emplace("backend_type", device.kind == "vinput" ? "linux" : "qemu");
    put(out, device.back, "unique-id", text);
    for (const char* key : {"feature-disable-keyboard", "feature-disable-pointer",
                            "feature-abs-pointer", "feature-raw-pointer", "feature-multi-touch"})
        put_if_set(out, device.back, key, yes);
    for (const char* key :
         {"width", "height", "multi-touch-width", "multi-touch-height", "multi-touch-num-contacts"})
        put_if_set(out, device.back, key, number);
}

void display(json::object& out, const ServedDevice& device) {
    const auto& nodes = device.read_only;
    put_if_set(out, nodes, "be-alloc", yes);
    json::array connectors;
    for (unsigned index = 0;; ++index) {
        const auto* const id = find(nodes, fmt::format("{}/unique-id", index));
        const auto* const size = find(nodes, fmt::format("{}/resolution", index));
        if (id == nullptr || size == nullptr) break;
        const std::string_view both{*size};
        const auto by = both.find('x');
        connectors.push_back({{"unique_id", *id},
                              {"width", number(both.substr(0, by))},
                              {"height", number(both.substr(by + 1))}});
    }
    out.emplace("connectors", std::move(connectors));
}

json::array list(std::string_view values, json::value (*as)(std::string_view)) {
    json::array out;
    while (!values.empty()) {
        const auto one = values.substr(0, values.find(','));
        out.push_back(as(one));
        values.remove_prefix(std::min(one.size() + 1, values.size()));
    }
    return out;
}

/// What a card, one of its devices or a stream has of the settings that each may have.
json::object sound_settings(const Values& nodes, const std::string& folder) {
    json::object out;
    if (const auto* const rates = find(nodes, folder + "sample-rates"))
        out.emplace("sample_rates", list(*rates, number));
    if (const auto* const formats = find(nodes, folder + "sample-formats"))
        out.emplace("sample_formats", list(*formats, text));
    for (const char* key : {"channels-min", "channels-max", "buffer-size"})
        if (const auto* const value = find(nodes, folder + key))
            out.emplace(member(key), number(*value));
    return out;
}

json::array streams(const Values& nodes, const std::string& pcm) {
    json::array out;
    for (unsigned index = 0;; ++index) {
        const auto folder = fmt::format("{}{}/", pcm, index);
        const auto* const id = find(nodes, folder + "unique-id");
        const auto* const type = find(nodes, folder + "type");
        if (id == nullptr || type == nullptr) return out;
        out.push_back(
            {{"unique_id", *id}, {"type", *type}, {"params", sound_settings(nodes, folder)}});
    }
}

void sound_card(json::object& out, const ServedDevice& device) {
    const auto& nodes = device.front;
    put(out, nodes, "short-name", text);
    put(out, nodes, "long-name", text);
    out.emplace("params", sound_settings(nodes, ""));
    json::array pcms;
    for (unsigned index = 0;; ++index) {
        const auto folder = fmt::format("{}/", index);
        const auto in_it = [&](const auto& node) { return node.first.starts_with(folder); };
        if (std::ranges::none_of(nodes, in_it)) break;
        json::object pcm;
        if (const auto* const name = find(nodes, folder + "name")) pcm.emplace("name", *name);
        pcm.emplace("params", sound_settings(nodes, folder));
        pcm.emplace("streams", streams(nodes, folder));
        pcms.push_back(std::move(pcm));
    }
    out.emplace("pcms", std::move(pcms));
}

void shared_folder(json::object& out, const ServedDevice& device) {
    put(out, device.front, "tag", text);
    put(out, device.back, "path", text);
    put(out, device.back, "security_model", text);
    if (device.by == ServedDevice::By::k9pfsd) out.emplace("type", "xen_9pfsd");
    for (const char* key : {"max-space", "max-files", "max-open-files"})
        put_if_set(out, device.back, key, number);
    put_if_set(out, device.back, "auto-delete", yes);
}

struct Kind {
    std::string_view list;
    void (*fill)(json::object& out, const ServedDevice& device);
};
constexpr std::array kKinds{Kind{"vkb", keyboard}, Kind{"vdispl", display},
                            Kind{"vsnd", sound_card}, Kind{"p9", shared_folder}};

}  // namespace

json::value reference_served(const config::OtherDevice& entry, std::optional<std::uint32_t> devid) {
    json::object out;
    const auto device = config::parse_served(entry).device;
    const auto* const kind = std::ranges::find(kKinds, entry.key, &Kind::list);
    if (!device || kind == kKinds.end()) return out;
    if (device->backend) out.emplace("backend_domname", *device->backend);
    if (devid) out.emplace("devid", *devid);
    kind->fill(out, *device);
    return out;
}

}  // namespace zeroth::api
