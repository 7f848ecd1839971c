// SPDX-License-Identifier: Apache-2.0
#include "libdomain/config/cpu_set.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "libdomain/config/number.hpp"
#include "libdomain/config/utf8.hpp"

namespace zeroth::config {
namespace {

constexpr std::string_view kBlanks = " \t";
constexpr std::size_t kMostParts = 4096;

std::string_view trim(std::string_view text) {
    const std::size_t first = text.find_first_not_of(kBlanks);
    if (first == std::string_view::npos) return text.substr(text.size());
    return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

bool skip_prefix(std::string_view& text, std::string_view prefix) {
    if (!text.starts_with(prefix)) return false;
    text.remove_prefix(prefix.size());
    return true;
}

std::optional<std::uint32_t> cpu_number(std::string_view text) {
    const auto number = parse_number(text, Base::kDecimal);
    if (!number || *number > std::numeric_limits<std::uint32_t>::max()) return std::nullopt;
    return static_cast<std::uint32_t>(*number);
}

std::expected<CpuPart, std::string> parse_part(std::string_view text) {
    CpuPart part;
    part.exclude = skip_prefix(text, "^");
    if (text == "all") {
        if (part.exclude) return std::unexpected{std::string{"Can't combine \"^\" and \"all\"."}};
        return part;
    }
    part.kind = CpuPart::Kind::kCpus;
    if (skip_prefix(text, "nodes:") || skip_prefix(text, "node:"))
        part.kind = CpuPart::Kind::kNodes;
    // "nodes:^1" says the same as "^nodes:1".
    if (part.kind == CpuPart::Kind::kNodes && skip_prefix(text, "^")) part.exclude = true;
    const std::size_t dash = text.find('-');
    const auto first = cpu_number(text.substr(0, dash));
    const auto last = dash == std::string_view::npos ? first : cpu_number(text.substr(dash + 1));
    if (!first || !last) return std::unexpected{std::string{}};
    if (*last < *first) return std::unexpected{fmt::format("the range ends before it begins")};
    part.first = *first;
    part.last = *last;
    return part;
}

std::unexpected<CpuFault> fault(std::string_view whole, std::string_view part, std::string reason) {
    const auto begin = static_cast<std::size_t>(part.data() - whole.data());
    std::string message = fmt::format("Invalid pcpu range: {}.", shown(part));
    if (!reason.empty()) message += fmt::format(" ({})", reason);
    return std::unexpected{
        CpuFault{begin, begin + std::max<std::size_t>(part.size(), 1), std::move(message),
                 "CPUs are written as \"2\", \"0-3,^2\", \"all\" or \"node:0\""}};
}

/// Marks what a part names; false where some of it is not there.
bool mark(const CpuPart& part, const std::vector<std::uint32_t>& node_of, std::vector<bool>& map) {
    const bool value = !part.exclude;
    if (part.kind == CpuPart::Kind::kAll) {
        map.assign(map.size(), value);
        return true;
    }
    if (part.kind == CpuPart::Kind::kCpus) {
        if (part.last >= map.size()) return false;
        for (std::size_t cpu = part.first; cpu <= part.last; ++cpu) map[cpu] = value;
        return true;
    }
    const std::uint32_t most =
        node_of.empty() ? 0 : *std::max_element(node_of.begin(), node_of.end());
    if (part.last > most) return false;
    for (std::size_t cpu = 0; cpu < node_of.size(); ++cpu) {
        if (node_of[cpu] >= part.first && node_of[cpu] <= part.last) map[cpu] = value;
    }
    return true;
}

std::string text_of(const CpuPart& part) {
    const std::string_view hat = part.exclude ? "^" : "";
    if (part.kind == CpuPart::Kind::kAll) return "all";
    const std::string_view prefix = part.kind == CpuPart::Kind::kNodes ? "nodes:" : "";
    if (part.first == part.last) return fmt::format("{}{}{}", hat, prefix, part.first);
    return fmt::format("{}{}{}-{}", hat, prefix, part.first, part.last);
}

}  // namespace

std::expected<CpuSelection, CpuFault> CpuSelection::scan(std::string_view text) {
    CpuSelection selection;
    for (std::size_t begin = 0; begin <= text.size();) {
        const std::size_t end = std::min(text.find(',', begin), text.size());
        const std::string_view written = trim(text.substr(begin, end - begin));
        // Commas too many are nobody's harm, but a list must name something.
        if (!written.empty()) {
            auto part = parse_part(written);
            if (!part) return fault(text, written, std::move(part).error());
            if (selection.parts.size() == kMostParts) return fault(text, written, "too many parts");
            selection.parts.push_back(*part);
        }
        begin = end + 1;
    }
    if (selection.parts.empty())
        return std::unexpected{
            CpuFault{0, text.size(), "a list of CPUs must name one at least", {}}};
    return selection;
}

Result<CpuSelection> CpuSelection::parse(std::string_view text) {
    auto selection = scan(text);
    if (selection) return *std::move(selection);
    CpuFault& fault = selection.error();
    return fail(Error::message(EINVAL, std::move(fault.message)).with_hint(std::move(fault.help)));
}

std::string CpuSelection::text() const {
    std::string out;
    for (const CpuPart& part : parts) out += (out.empty() ? "" : ",") + text_of(part);
    return out;
}

Result<std::vector<bool>> expand(const CpuSelection& selection,
                                 const std::vector<std::uint32_t>& node_of) {
    std::vector<bool> map(node_of.size());
    for (const CpuPart& part : selection.parts) {
        if (mark(part, node_of, map)) continue;
        const bool nodes = part.kind == CpuPart::Kind::kNodes;
        const std::uint32_t most =
            node_of.empty() ? 0 : *std::max_element(node_of.begin(), node_of.end());
        return fail(Error::message(
            EINVAL,
            fmt::format("\"{}\" names a {} that this host does not have: it has {} 0 to {}",
                        text_of(part), nodes ? "node" : "CPU", nodes ? "nodes" : "CPUs",
                        nodes ? std::size_t{most} : std::max<std::size_t>(map.size(), 1) - 1)));
    }
    if (std::find(map.begin(), map.end(), true) == map.end()) {
        return fail(Error::message(
            EINVAL, fmt::format("\"{}\" leaves no CPU to run on", selection.text())));
    }
    return map;
}

std::string print_cpu_map(const std::vector<bool>& map) {
    const auto set = static_cast<std::size_t>(std::count(map.begin(), map.end(), true));
    if (set == 0) return "none";
    if (set == map.size()) return "all";
    std::string out;
    for (std::size_t cpu = 0; cpu < map.size(); ++cpu) {
        if (!map[cpu]) continue;
        const std::size_t first = cpu;
        while (cpu + 1 < map.size() && map[cpu + 1]) ++cpu;
        if (!out.empty()) out += ',';
        out += first == cpu ? fmt::format("{}", first) : fmt::format("{}-{}", first, cpu);
    }
    return out;
}

}  // namespace zeroth::config
