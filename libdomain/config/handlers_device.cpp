// SPDX-License-Identifier: Apache-2.0
#include "libdomain/config/channel.hpp"
#include "libdomain/config/disk.hpp"
#include "libdomain/config/handlers.hpp"
#include "libdomain/config/served_device.hpp"
#include "libdomain/config/vdev.hpp"
#include "libdomain/config/vif.hpp"
#include "libdomain/config/xl_parser.hpp"
#include "libdomain/config/xl_text.hpp"

namespace zeroth::config {
namespace {

/// Whether a list that is kept as text has only what xl.cfg can say: texts, numbers and lists.
bool is_plain(const Value& list, std::string_view key, unsigned depth, Report& report) {
    if (depth > kMaxDepth) {
        report.error(list.span, fmt::format("lists nest at most {} deep", kMaxDepth));
        return false;
    }
    bool plain = true;
    for (const Value& element : list.elements) {
        plain &= element.kind == Value::Kind::kList ? is_plain(element, key, depth + 1, report)
                                                    : read_text(element, key, report).has_value();
    }
    return plain;
}

/// An entry's text, or nullopt, reported.
std::optional<std::string> other_text(const Value& value, std::string_view key, Report& report) {
    if (value.kind == Value::Kind::kList) {
        // The list that holds the entries is the first.
        if (!is_plain(value, key, 2, report)) return std::nullopt;
        return xl_text(value);
    }
    const auto entry = split_entry(value, key, {}, report);
    if (!entry || entry->broken) return std::nullopt;
    std::string text = value.kind == Value::Kind::kTable ? entry_text(*entry) : value.text;
    if (text.starts_with('[')) {
        report.error(value.span, fmt::format("{}: an entry does not begin with a bracket", key));
        return std::nullopt;
    }
    return text;
}

}  // namespace

void vif_key(Draft& draft, const KeySpec& spec, const Setting& setting) {
    for (const Value* element : read_list(setting.value, spec.name, draft.report)) {
        auto vif = read_vif(*element, draft.report);
        if (!vif) continue;
        for (const Vif& other : draft.config.vif) {
            if (vif->mac && other.mac == vif->mac) {
                draft.report.error(
                    element->span,
                    fmt::format("vif: another interface has the MAC address {} too", *vif->mac));
            }
            if (vif->devid && other.devid == vif->devid) {
                draft.report.error(
                    element->span,
                    fmt::format("vif: another interface has devid {} too", *vif->devid));
            }
        }
        draft.config.vif.push_back(*std::move(vif));
    }
}

void disk_key(Draft& draft, const KeySpec& spec, const Setting& setting) {
    for (const Value* element : read_list(setting.value, spec.name, draft.report)) {
        auto disk = read_disk(*element, draft.report);
        if (!disk) continue;
        for (const Disk& other : draft.config.disk) {
            if (vdev_number(other.vdev) != vdev_number(disk->vdev)) continue;
            draft.report.error(element->span,
                               fmt::format("disk: another disk is `{}` too", shown(other.vdev)));
        }
        draft.config.disk.push_back(*std::move(disk));
    }
}

void other_device_key(Draft& draft, const KeySpec& spec, const Setting& setting) {
    for (const Value* element : read_list(setting.value, spec.name, draft.report)) {
        if (spec.name == "channel" && !read_channel(*element, draft.report)) continue;
        if (is_served(spec.name) && !read_served(spec.name, *element, draft.report)) continue;
        if (auto text = other_text(*element, spec.name, draft.report))
            draft.config.other_devices.push_back({std::string{spec.name}, *std::move(text)});
    }
}

}  // namespace zeroth::config
