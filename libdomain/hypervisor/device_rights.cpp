// SPDX-License-Identifier: Apache-2.0
#include "libdomain/hypervisor/device_rights.hpp"

#include <algorithm>
#include <charconv>
#include <system_error>

namespace zeroth::hyper {
namespace {

/// Reads a text from its front.
class Scanner {
public:
    explicit Scanner(std::string_view text) : left_{text} {}
    bool at_end() const { return left_.empty(); }
    bool take(std::string_view word) {
        if (!left_.starts_with(word)) return false;
        left_.remove_prefix(word.size());
        return true;
    }
    /// Goes on behind the first of these words, if there is one.
    bool seek(std::string_view word) {
        const auto at = left_.find(word);
        if (at == std::string_view::npos) return false;
        left_.remove_prefix(at + word.size());
        return true;
    }
    template <class Number>
    std::optional<Number> number(int base) {
        Number value = 0;
        const auto [end, error] =
            std::from_chars(left_.data(), left_.data() + left_.size(), value, base);
        if (error != std::errc{}) return std::nullopt;
        left_.remove_prefix(static_cast<std::size_t>(end - left_.data()));
        return value;
    }

private:
    std::string_view left_;
};

/// "{ 34-39, 48 }", or "{ }", to the end of its line.
std::optional<std::vector<NumberRange>> ranges_of(Scanner line, int base) {
    std::vector<NumberRange> ranges;
    if (line.take(" }")) return ranges;
    do {
        if (!line.take(" ")) return std::nullopt;
        const auto first = line.number<std::uint64_t>(base);
        const auto last = first && line.take("-") ? line.number<std::uint64_t>(base) : first;
        if (!first || !last || *last < *first) return std::nullopt;
        ranges.emplace_back(*first, *last);
    } while (line.take(","));
    if (!line.take(" }") || !line.at_end()) return std::nullopt;
    return ranges;
}

std::string_view next_line(std::string_view& text) {
    const auto end = std::min(text.find('\n'), text.size());
    auto line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
}

/// What is known so far of the domain whose lines are being read.
struct Part {
    DomainId domain;
    std::optional<std::vector<NumberRange>> frames, interrupts;
};

}  // namespace

std::vector<DeviceRights> parse_device_rights(std::string_view console) {
    std::vector<DeviceRights> found;
    std::optional<Part> part;
    while (!console.empty()) {
        const auto line = next_line(console);
        if (Scanner head{line}; head.seek("Rangesets belonging to domain ")) {
            const auto id = head.number<std::uint16_t>(10);
            part.reset();
            if (id && head.take(":") && head.at_end()) part = Part{DomainId{*id}, {}, {}};
            continue;
        }
        if (!part) continue;
        if (Scanner set{line}; set.seek("I/O Memory {")) part->frames = ranges_of(set, 16);
        if (Scanner set{line}; set.seek("Interrupts {")) part->interrupts = ranges_of(set, 10);
        if (!part->frames || !part->interrupts) continue;
        found.push_back({part->domain, *std::move(part->frames), *std::move(part->interrupts)});
        part.reset();
    }
    return found;
}

Result<std::vector<DeviceRights>> device_rights(const Hypervisor& xen) {
    ZEROTH_TRY(const auto before, xen.console_since(0));
    ZEROTH_CHECK(xen.debug_keys("q"));
    ZEROTH_TRY(const auto told, xen.console_since(before.next));
    return parse_device_rights(told.text);
}

std::optional<DomainId> interrupt_owner(std::string_view console, std::uint32_t irq) {
    std::optional<DomainId> owner;
    while (!console.empty()) {
        Scanner line{next_line(console)};
        if (!line.seek("IRQ ") || line.number<std::uint32_t>(10) != irq) continue;
        if (!line.take(" is already used by domain ")) continue;
        if (const auto id = line.number<std::uint16_t>(10)) owner = DomainId{*id};
    }
    return owner;
}

}  // namespace zeroth::hyper
