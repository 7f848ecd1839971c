// SPDX-License-Identifier: Apache-2.0
#include "libdomain/config/served_device.hpp"

#include <algorithm>
#include <array>
#include <span>

#include "libdomain/config/entry.hpp"
#include "libdomain/config/number.hpp"
#include "libdomain/config/utf8.hpp"
#include "libdomain/config/xl_parser.hpp"

namespace zeroth::config {
namespace {

using By = ServedDevice::By;

/// An entry's fields by name. Of one that is given twice, the first counts.
class Fields {
public:
    Fields(Entry& entry, std::span<const std::string_view> names) : entry_{entry} {
        for (const EntryPart& part : entry.parts) {
            const bool known = std::ranges::any_of(
                names, [&](std::string_view name) { return same_name(name, part.key); });
            if (!known && !(part.key.empty() && !part.has_value)) unknown_part(entry, part, names);
        }
    }

    const EntryPart* find(std::string_view name) const {
        const auto found = std::ranges::find_if(
            entry_.parts, [&](const EntryPart& part) { return same_name(name, part.key); });
        return found == entry_.parts.end() ? nullptr : &*found;
    }
    std::optional<std::string> text(std::string_view name) const {
        const auto* const part = find(name);
        return part == nullptr || part->value.empty() ? std::nullopt : std::optional{part->value};
    }
    std::string needed(std::string_view name, std::string help = {}) const {
        auto value = text(name);
        if (!value) entry_.error(entry_.span, fmt::format("`{}` is needed", name), std::move(help));
        return std::move(value).value_or("");
    }
    std::uint32_t number(std::string_view name, std::uint32_t otherwise) const {
        const auto* const part = find(name);
        return part == nullptr ? otherwise : part_number(entry_, *part, {}).value_or(otherwise);
    }
    bool flag(std::string_view name) const {
        const auto* const part = find(name);
        return part != nullptr && part_flag(entry_, *part).value_or(false);
    }
    Entry& entry() const { return entry_; }

private:
    Entry& entry_;
};

constexpr std::array<std::string_view, 5> kPointerFlags{
    "feature-disable-keyboard", "feature-disable-pointer", "feature-abs-pointer",
    "feature-raw-pointer", "feature-multi-touch"};
constexpr std::array<std::string_view, 5> kPointerNumbers{
    "multi-touch-width", "multi-touch-height", "multi-touch-num-contacts", "width", "height"};
constexpr std::array<std::string_view, 13> kVkbNames{"backend",
                                                     "backend-type",
                                                     "unique-id",
                                                     "feature-disable-keyboard",
                                                     "feature-disable-pointer",
                                                     "feature-abs-pointer",
                                                     "feature-raw-pointer",
                                                     "feature-multi-touch",
                                                     "multi-touch-width",
                                                     "multi-touch-height",
                                                     "multi-touch-num-contacts",
                                                     "width",
                                                     "height"};

ServedDevice vkb(const Fields& fields) {
    ServedDevice out;
    const auto type = fields.needed("backend-type", "linux or qemu");
    if (!type.empty() && type != "linux" && type != "qemu")
        fields.entry().error(fields.find("backend-type")->value_span,
                             fmt::format("`{}` is no backend-type", shown(type)), "linux or qemu");
    out.kind = type == "linux" ? "vinput" : "vkbd";
    out.by = type == "linux" ? By::kAnybody : By::kQemu;
    if (type == "linux") {
        out.back.emplace_back("unique-id", fields.needed("unique-id"));
    } else if (auto id = fields.text("unique-id")) {
        out.back.emplace_back("unique-id", *std::move(id));
    }
    for (const auto name : kPointerFlags)
        if (fields.flag(name)) out.back.emplace_back(name, "1");
    for (const auto name : kPointerNumbers)
        if (fields.find(name) != nullptr)
            out.back.emplace_back(name, fmt::to_string(fields.number(name, 0)));
    return out;
}

constexpr std::array<std::string_view, 9> kP9Names{"type",           "tag",       "path",
                                                   "security_model", "backend",   "max-files",
                                                   "max-open-files", "max-space", "auto-delete"};

ServedDevice p9(const Fields& fields) {
    ServedDevice out;
    const auto type = fields.text("type").value_or("qemu");
    const bool ours = type == "xen_9pfsd";
    if (!ours && type != "qemu")
        fields.entry().error(fields.find("type")->value_span,
                             fmt::format("`{}` is no type", shown(type)), "qemu or xen_9pfsd");
    out.kind = ours ? "xen_9pfs" : "9pfs";
    out.by = ours ? By::k9pfsd : By::kQemu;
    const auto tag = ours ? fields.text("tag").value_or("Xen") : fields.needed("tag");
    out.front.emplace_back("tag", tag);
    // xen-9pfsd has a folder for each guest where none is named.
    const auto path = ours ? fields.text("path").value_or("") : fields.needed("path");
    out.back.emplace_back("path", path);
    out.back.emplace_back("security_model", fields.needed("security_model", "none"));
    for (const char* name : {"max-space", "max-files", "max-open-files", "auto-delete"}) {
        if (ours) {
            out.back.emplace_back(name, fmt::to_string(fields.number(name, 0)));
        } else if (const auto* const part = fields.find(name)) {
            fields.entry().error(part->span, fmt::format("`{}` is for type=xen_9pfsd", name));
        }
    }
    return out;
}

constexpr std::array<std::string_view, 3> kDisplayNames{"backend", "be-alloc", "connectors"};

bool is_resolution(std::string_view text) {
    const auto by = text.find('x');
    if (by == text.npos) return false;
    const auto width = parse_number(text.substr(0, by), Base::kDecimal);
    const auto height = parse_number(text.substr(by + 1), Base::kDecimal);
    return width && height && *width != 0 && *height != 0;
}

ServedDevice vdispl(const Fields& fields) {
    ServedDevice out;
    out.kind = "vdispl";
    out.read_only.emplace_back("be-alloc", fields.flag("be-alloc") ? "1" : "0");
    const auto all = fields.needed("connectors", "connectors=screen1:1920x1080;screen2:800x600");
    std::string_view rest = all;
    for (unsigned index = 0; !rest.empty(); ++index) {
        const auto one = rest.substr(0, rest.find(';'));
        rest.remove_prefix(std::min(one.size() + 1, rest.size()));
        const auto colon = one.rfind(':');
        if (colon == one.npos || colon == 0 || !is_resolution(one.substr(colon + 1))) {
            fields.entry().error(fields.find("connectors")->value_span,
                                 fmt::format("`{}` is no connector", shown(one)),
                                 "its id, a colon, its width and height: screen1:1920x1080");
            break;
        }
        out.read_only.emplace_back(fmt::format("{}/resolution", index), one.substr(colon + 1));
        out.read_only.emplace_back(fmt::format("{}/unique-id", index), one.substr(0, colon));
    }
    return out;
}

struct List {
    std::string_view key;
    std::array<std::string_view, 2> kinds;
    /// Where an entry is fields, and not a list of its own.
    ServedDevice (*make)(const Fields&);
    std::span<const std::string_view> names;
};
constexpr std::array kLists{
    List{"vkb", {"vinput", "vkbd"}, vkb, kVkbNames}, List{"p9", {"9pfs", "xen_9pfs"}, p9, kP9Names},
    List{"vdispl", {"vdispl", ""}, vdispl, kDisplayNames}, List{"vsnd", {"vsnd", ""}, nullptr, {}}};

bool is_list(const OtherDevice& device) { return device.text.starts_with('['); }

}  // namespace

bool is_served(std::string_view key) {
    return std::ranges::find(kLists, key, &List::key) != kLists.end();
}

std::string_view served_list(std::string_view kind) {
    for (const List& list : kLists)
        if (std::ranges::find(list.kinds, kind) != list.kinds.end() && !kind.empty())
            return list.key;
    return {};
}

std::optional<ServedDevice> read_served(std::string_view key, const Value& value, Report& report) {
    const auto* const list = std::ranges::find(kLists, key, &List::key);
    if (list == kLists.end()) return std::nullopt;
    if (list->make == nullptr) return read_sound_card(value, report);
    auto entry = split_entry(value, key, {}, report);
    if (!entry) return std::nullopt;
    const Fields fields{*entry, list->names};
    if (entry->broken) return std::nullopt;
    auto device = list->make(fields);
    if (entry->broken) return std::nullopt;
    device.backend = fields.text("backend");
    return device;
}

std::string entry_source(const OtherDevice& device) {
    return is_list(device) ? fmt::format("{} = {}", device.key, device.text) : device.text;
}

ParsedEntry<ServedDevice> parse_served(const OtherDevice& device) {
    const auto read = [&](const Value& value, Report& report) {
        return read_served(device.key, value, report);
    };
    if (!is_list(device)) return parse_entry<ServedDevice>(device.text, read);
    const auto text = entry_source(device);
    const SourceMap map{text};
    Report report{map};
    const auto settings = parse_xl(text, {0, text.size()}, report);
    if (settings.size() == 1) {
        auto served = read(settings[0].value, report);
        return {std::move(served), std::move(report).take()};
    }
    report.error({0, text.size()}, fmt::format("{}: an entry is one list", device.key));
    return {std::nullopt, std::move(report).take()};
}

}  // namespace zeroth::config
