// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "libdomain/config/handlers.hpp"
#include "libdomain/config/number.hpp"

namespace zeroth::config {
namespace {

/// No ARM machine has more than 52 bits of physical address.
constexpr std::uint64_t kFrames = std::uint64_t{1} << (52 - kPageShift);

void read_cpus(Draft& draft, const KeySpec& spec, const Setting& setting,
               std::vector<CpuSelection>& out, bool& is_list) {
    const auto read_one = [&](const Value& value) {
        const auto text = read_text(value, spec.name, draft.report);
        if (!text) return;
        auto selection = CpuSelection::scan(*text);
        if (selection) {
            out.push_back(*std::move(selection));
            return;
        }
        const CpuFault& fault = selection.error();
        draft.report.error(value.part(fault.begin, fault.end), fault.message, fault.help);
    };
    is_list = setting.value.kind == Value::Kind::kList;
    if (!is_list) return read_one(setting.value);
    for (const Value* element : read_list(setting.value, spec.name, draft.report))
        read_one(*element);
}

/// A piece of an iomem entry as a hexadecimal number.
std::optional<std::uint64_t> read_frame(const Value& entry, std::string_view piece,
                                        Report& report) {
    const auto number = parse_number(piece, Base::kHex);
    if (number && *number < kFrames) return *number;
    const auto begin = static_cast<std::size_t>(piece.data() - entry.text.data());
    report.error(entry.part(begin, begin + piece.size()),
                 fmt::format("Invalid argument parsing iomem: {}: {}", shown(entry.text),
                             number ? "beyond any machine's memory" : number.error().message),
                 "start,count[@guest start], in hexadecimal, each counting frames of 4 KiB");
    return std::nullopt;
}

std::optional<IomemRange> read_iomem(const Value& entry, Report& report) {
    const std::string_view text = entry.text;
    const std::size_t comma = text.find(',');
    if (comma == std::string_view::npos) {
        report.error(
            entry.span,
            fmt::format("Invalid argument parsing iomem: {}: expected `,` and how many frames",
                        shown(text)),
            "for example iomem = [ \"1c20,2\" ]: two frames of 4 KiB from 0x1c20000 on");
        return std::nullopt;
    }
    const std::size_t at = text.find('@', comma);
    const auto first = read_frame(entry, text.substr(0, comma), report);
    const auto count = read_frame(
        entry, text.substr(comma + 1, at == std::string_view::npos ? at : at - comma - 1), report);
    const auto guest =
        at == std::string_view::npos ? first : read_frame(entry, text.substr(at + 1), report);
    if (!first || !count || !guest) return std::nullopt;
    if (*count == 0 || *first + *count > kFrames || *guest + *count > kFrames) {
        report.error(entry.span, *count == 0 ? "iomem: the range has no frames"
                                             : "iomem: the range ends beyond any machine's memory");
        return std::nullopt;
    }
    return IomemRange{MachineFrame{*first}, *count, GuestFrame{*guest}};
}

/// "3" or "2-5".
std::optional<std::pair<std::uint64_t, std::uint64_t>> read_colors(const Value& entry,
                                                                   const Bounds& bounds,
                                                                   Report& report) {
    const std::string_view text = entry.text;
    const std::size_t dash = text.find('-');
    const auto first = parse_number(text.substr(0, dash));
    const auto last = dash == std::string_view::npos ? first : parse_number(text.substr(dash + 1));
    if (!first || !last || *last > bounds.most) {
        report.error(
            entry.span, fmt::format("Invalid LLC color range: {}", shown(text)),
            fmt::format("a number up to {}, or two with a dash between them", bounds.most));
        return std::nullopt;
    }
    if (*first > *last) {
        report.error(entry.span,
                     fmt::format("Start LLC color is greater than end: {}", shown(text)));
        return std::nullopt;
    }
    return std::pair{*first, *last};
}

}  // namespace

void cpus_key(Draft& draft, const KeySpec& spec, const Setting& setting) {
    read_cpus(draft, spec, setting, draft.config.cpus, draft.config.cpus_is_list);
}

void cpus_soft_key(Draft& draft, const KeySpec& spec, const Setting& setting) {
    read_cpus(draft, spec, setting, draft.config.cpus_soft, draft.config.cpus_soft_is_list);
}

void iomem_key(Draft& draft, const KeySpec& spec, const Setting& setting) {
    for (const Value* element : read_list(setting.value, spec.name, draft.report)) {
        if (!read_text(*element, spec.name, draft.report)) continue;
        if (const auto range = read_iomem(*element, draft.report))
            draft.config.iomem.push_back(*range);
    }
}

void irqs_key(Draft& draft, const KeySpec& spec, const Setting& setting) {
    for (const Value* element : read_list(setting.value, spec.name, draft.report)) {
        const auto text = read_text(*element, spec.name, draft.report);
        if (!text) continue;
        const auto number = parse_number(*text, Base::kDecimal);
        if (!number) {
            draft.report.error(element->span,
                               fmt::format("Invalid argument parsing irq: {}", shown(*text)),
                               "a decimal number, the interrupt's id at the GIC");
            continue;
        }
        // GIC architecture: 0-31 are a CPU's own; 1020-1023 are reserved; 4096-5119 extended SPIs.
        const bool shared =
            (*number >= 32 && *number < 1020) || (*number >= 4096 && *number < 5120);
        if (!shared) {
            draft.report.error(
                element->span,
                fmt::format("irqs: {} is not a shared interrupt's id: those are 32 to "
                            "1019, and 4096 to 5119 on a GICv3.1",
                            *number),
                *number < 32 ? "a device tree counts them from 0: add 32" : "");
            continue;
        }
        draft.config.irqs.push_back(static_cast<std::uint32_t>(*number));
    }
}

void dtdev_key(Draft& draft, const KeySpec& spec, const Setting& setting) {
    for (const Value* element : read_list(setting.value, spec.name, draft.report)) {
        auto text = read_text(*element, spec.name, draft.report);
        if (!text) continue;
        if (text->starts_with('/')) {
            draft.config.dtdev.push_back(*std::move(text));
        } else {
            draft.report.error(
                element->span,
                fmt::format("`{}` is no path in the host's device tree", shown(*text)),
                "it begins with a slash, as in \"/soc/ethernet@1c50000\"");
        }
    }
}

void llc_colors_key(Draft& draft, const KeySpec& spec, const Setting& setting) {
    std::vector<std::uint32_t>& out = draft.config.llc_colors;
    for (const Value* element : read_list(setting.value, spec.name, draft.report)) {
        if (!read_text(*element, spec.name, draft.report)) continue;
        const auto range = read_colors(*element, spec.bounds, draft.report);
        if (!range) continue;
        if (!out.empty() && range->first <= out.back()) {
            draft.report.error(element->span, fmt::format("llc_colors must rise: {} comes after {}",
                                                          range->first, out.back()));
            continue;
        }
        for (std::uint64_t color = range->first; color <= range->second; ++color)
            out.push_back(static_cast<std::uint32_t>(color));
    }
}

void sve_key(Draft& draft, const KeySpec& spec, const Setting& setting) {
    const auto text = read_text(setting.value, spec.name, draft.report);
    if (!text) return;
    if (*text == "hw") {
        draft.config.sve_bits = 0;
    } else if (*text != "disabled") {
        const auto bits = parse_number(*text);
        if (!bits || *bits < 128 || *bits > spec.bounds.most || *bits % 128 != 0) {
            draft.report.error(setting.value.span,
                               fmt::format("Invalid sve \"{}\" specified", shown(*text)),
                               "\"hw\", \"disabled\", or a multiple of 128 from 128 to 2048");
            return;
        }
        draft.config.sve_bits = static_cast<std::uint32_t>(*bits);
    }
}

void arm_sci_key(Draft& draft, const KeySpec& spec, const Setting& setting) {
    const auto text = read_text(setting.value, spec.name, draft.report);
    if (!text) return;
    if (*text == "type=scmi_smc") {
        draft.config.arm_sci = "scmi_smc";
    } else if (*text != "type=none") {
        draft.report.error(setting.value.span,
                           fmt::format("Unknown arm_sci \"{}\" specified", shown(*text)),
                           "\"type=none\" or \"type=scmi_smc\"");
    }
}

}  // namespace zeroth::config
