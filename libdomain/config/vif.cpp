// SPDX-License-Identifier: Apache-2.0
#include "libdomain/config/vif.hpp"

#include <algorithm>
#include <array>

#include "libdomain/config/entry.hpp"
#include "libdomain/config/number.hpp"
#include "libdomain/config/utf8.hpp"

namespace zeroth::config {
namespace {

/// IFNAMSIZ of Linux, without its closing zero.
constexpr std::size_t kLongestInterface = 15;
constexpr std::uint32_t kDefaultIntervalUs = 50'000;
constexpr std::uint64_t kUsPerSecond = 1'000'000;

using Apply = void(Entry&, Vif&, const EntryPart&);

template <auto Member>
void text_field(Entry&, Vif& vif, const EntryPart& part) {
    if (!part.value.empty()) vif.*Member = part.value;
}

bool is_hex(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

bool is_mac(std::string_view text) {
    if (text.size() != 17) return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (i % 3 == 2 ? text[i] != ':' : !is_hex(text[i])) return false;
    }
    return true;
}

void mac_field(Entry& entry, Vif& vif, const EntryPart& part) {
    if (!is_mac(part.value)) {
        return entry.error(part.value_span,
                           fmt::format("`{}` is no MAC address", shown(part.value)),
                           "six pairs of hexadecimal digits, as in 00:16:3e:01:02:03");
    }
    std::string mac = part.value;
    for (char& c : mac) c = c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c;
    if (std::string_view{"13579bdf"}.find(mac[1]) != std::string_view::npos) {
        return entry.error(part.value_span,
                           fmt::format("{} is a multicast address: no interface can have it", mac),
                           "the first pair must be even; Xen's own prefix is 00:16:3e");
    }
    vif.mac = std::move(mac);
}

void type_field(Entry& entry, Vif&, const EntryPart& part) {
    if (part.value == "vif") return;
    if (part.value == "ioemu") {
        return entry.error(part.span,
                           "type=ioemu is an emulated interface, which x86 HVM guests have",
                           "leave `type` out");
    }
    entry.report.warning(part.span,
                         fmt::format("vif: `type={}` means nothing: every interface is a "
                                     "paravirtual one",
                                     shown(part.value)),
                         "leave `type` out");
}

void netdev_field(Entry& entry, Vif& vif, const EntryPart& part) {
    entry.report.warning(part.key_span, "vif: `netdev` is deprecated", "write gatewaydev=");
    text_field<&Vif::gatewaydev>(entry, vif, part);
}

void vifname_field(Entry& entry, Vif& vif, const EntryPart& part) {
    if (part.value.size() > kLongestInterface || part.value.find('/') != std::string::npos) {
        return entry.error(
            part.value_span,
            fmt::format("`{}` cannot be an interface's name in Linux", shown(part.value)),
            "at most 15 characters, and no slash");
    }
    text_field<&Vif::vifname>(entry, vif, part);
}

void devid_field(Entry& entry, Vif& vif, const EntryPart& part) {
    if (const auto number = part_number(entry, part, {})) vif.devid = *number;
}

void mtu_field(Entry& entry, Vif& vif, const EntryPart& part) {
    if (const auto number = part_number(entry, part, {.least = 68, .most = 65535}))
        vif.mtu = *number;
}

void trusted_field(Entry& entry, Vif& vif, const EntryPart& part) {
    if (const auto flag = part_flag(entry, part)) vif.trusted = *flag;
}

void untrusted_field(Entry& entry, Vif& vif, const EntryPart& part) {
    if (const auto flag = part_flag(entry, part)) vif.trusted = !*flag;
}

void ignored_field(Entry& entry, Vif&, const EntryPart& part) {
    entry.report.note(part.span, fmt::format("vif: `{}` has no effect", part.key));
}

/// "10Mb/s": bytes a second; 0 for what is none.
std::uint64_t bytes_per_second(std::string_view text) {
    const std::size_t letter = std::min(text.find_first_not_of("0123456789"), text.size());
    const auto number = parse_number(text.substr(0, letter), Base::kDecimal);
    std::string_view unit = text.substr(letter);
    std::uint64_t scale = 1;
    if (unit.starts_with('K')) scale = 1'000;
    if (unit.starts_with('M')) scale = 1'000'000;
    if (unit.starts_with('G')) scale = 1'000'000'000;
    if (scale != 1) unit.remove_prefix(1);
    if (!number || *number > std::numeric_limits<std::uint64_t>::max() / scale) return 0;
    if (unit == "B/s") return *number * scale;
    return unit == "b/s" ? *number * scale / 8 : 0;
}

/// "50ms", "1000us", "2s", or a bare number of seconds; 0 for what is none.
std::uint64_t microseconds(std::string_view text) {
    const std::size_t letter = std::min(text.find_first_not_of("0123456789"), text.size());
    const auto number = parse_number(text.substr(0, letter), Base::kDecimal);
    const std::string_view unit = text.substr(letter);
    if (!number || *number > std::numeric_limits<std::uint32_t>::max()) return 0;
    if (unit == "us" || unit == "u") return *number;
    if (unit == "ms" || unit == "m") return *number * 1'000;
    return unit == "s" || unit.empty() ? *number * kUsPerSecond : 0;
}

void rate_field(Entry& entry, Vif& vif, const EntryPart& part) {
    const std::string_view text = part.value;
    const std::size_t at = text.find('@');
    const std::uint64_t rate = bytes_per_second(text.substr(0, at));
    const std::uint64_t interval =
        at == std::string_view::npos ? kDefaultIntervalUs : microseconds(text.substr(at + 1));
    if (rate == 0) {
        return entry.error(
            part.value_span, fmt::format("invalid rate `{}`", shown(text)),
            "for example 10Mb/s (bits) or 250KB/s (bytes), perhaps with an interval: "
            "10Mb/s@50ms");
    }
    if (interval == 0 || interval > std::numeric_limits<std::uint32_t>::max()) {
        return entry.error(part.value_span,
                           fmt::format("invalid replenishment interval in `{}`", shown(text)),
                           "for example @50ms, @1000us or @2s");
    }
    if (rate > std::numeric_limits<std::uint64_t>::max() / interval)
        return entry.error(part.value_span, fmt::format("rate overflow in `{}`", shown(text)));
    const std::uint64_t bytes = rate * interval / kUsPerSecond;
    if (bytes == 0) {
        return entry.error(part.value_span,
                           fmt::format("`{}` is less than a byte per interval", shown(text)));
    }
    vif.rate = Vif::Rate{bytes, static_cast<std::uint32_t>(interval)};
}

struct FieldSpec {
    std::string_view name;
    Apply* apply;
};
constexpr std::array kFields{
    FieldSpec{"mac", mac_field},
    FieldSpec{"bridge", text_field<&Vif::bridge>},
    FieldSpec{"gatewaydev", text_field<&Vif::gatewaydev>},
    FieldSpec{"netdev", netdev_field},
    FieldSpec{"type", type_field},
    FieldSpec{"model", text_field<&Vif::model>},
    FieldSpec{"vifname", vifname_field},
    FieldSpec{"script", text_field<&Vif::script>},
    FieldSpec{"ip", text_field<&Vif::ip>},
    FieldSpec{"backend", text_field<&Vif::backend>},
    FieldSpec{"devid", devid_field},
    FieldSpec{"mtu", mtu_field},
    FieldSpec{"rate", rate_field},
    FieldSpec{"vlan", text_field<&Vif::vlan>},
    FieldSpec{"trusted", trusted_field},
    FieldSpec{"untrusted", untrusted_field},
    FieldSpec{"accel", ignored_field},
    FieldSpec{"forwarddev", ignored_field},
};

void read_part(Entry& entry, Vif& vif, const EntryPart& part) {
    if (part.key.empty() && !part.has_value) return;  // a comma too many
    if (part.key.starts_with("colo_")) return ignored_field(entry, vif, part);
    const auto* const field =
        std::find_if(kFields.begin(), kFields.end(),
                     [&part](const FieldSpec& spec) { return same_name(spec.name, part.key); });
    if (field == kFields.end()) {
        std::array<std::string_view, kFields.size()> names;
        std::transform(kFields.begin(), kFields.end(), names.begin(),
                       [](const FieldSpec& spec) { return spec.name; });
        return unknown_part(entry, part, names);
    }
    const bool flag = field->apply == trusted_field || field->apply == untrusted_field;
    if (!part.has_value && !flag) {
        return entry.error(part.span, fmt::format("`{}` needs a value", part.key),
                           fmt::format("{}=...", part.key));
    }
    field->apply(entry, vif, part);
}

/// The smallest rate a second that makes this many bytes an interval again.
std::string rate_text(const Vif::Rate& rate) {
    const std::uint64_t scaled =
        rate.bytes > std::numeric_limits<std::uint64_t>::max() / kUsPerSecond
            ? std::numeric_limits<std::uint64_t>::max()
            : rate.bytes * kUsPerSecond;
    const std::uint64_t interval = std::max<std::uint64_t>(rate.interval_us, 1);
    const std::uint64_t per_second = scaled / interval + (scaled % interval != 0 ? 1 : 0);
    if (per_second % 1'000'000 == 0)
        return fmt::format("{}MB/s@{}us", per_second / 1'000'000, interval);
    if (per_second % 1'000 == 0) return fmt::format("{}KB/s@{}us", per_second / 1'000, interval);
    return fmt::format("{}B/s@{}us", per_second, interval);
}

}  // namespace

std::optional<Vif> read_vif(const Value& value, Report& report) {
    auto entry = split_entry(value, "vif", {}, report);
    if (!entry) return std::nullopt;
    Vif vif;
    vif.text = entry_text(*entry);
    for (const EntryPart& part : entry->parts) read_part(*entry, vif, part);
    if (entry->broken) return std::nullopt;
    return vif;
}

std::vector<EntryField> fields_of(const Vif& vif) {
    using Kind = EntryField::Kind;
    std::vector<EntryField> out;
    const auto add = [&out](const char* name, const std::optional<std::string>& value) {
        if (value) out.push_back({name, *value});
    };
    const auto add_number = [&out](const char* name, std::optional<std::uint32_t> value) {
        if (value) out.push_back({name, fmt::format("{}", *value), Kind::kNumber});
    };
    add("mac", vif.mac);
    add("bridge", vif.bridge);
    add("gatewaydev", vif.gatewaydev);
    add("vifname", vif.vifname);
    add("script", vif.script);
    add("ip", vif.ip);
    add("model", vif.model);
    add("backend", vif.backend);
    add_number("devid", vif.devid);
    add_number("mtu", vif.mtu);
    if (vif.rate) out.push_back({"rate", rate_text(*vif.rate)});
    add("vlan", vif.vlan);
    if (!vif.trusted) out.push_back({"trusted", "false", Kind::kFlag, "untrusted"});
    return out;
}

}  // namespace zeroth::config
