// SPDX-License-Identifier: Apache-2.0
#include "libdomain/device/paths.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace zeroth::device {
namespace {

/// Decimal, and written as we would write it.
template <class Number>
std::optional<Number> exact_number(std::string_view text) {
    Number value{};
    const auto* const end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc{} || rest != end || fmt::to_string(value) != text) return std::nullopt;
    return value;
}

}  // namespace

std::string_view frontend_kind(std::string_view backend_kind) {
    if (backend_kind == "vinput") return "vkbd";
    if (backend_kind == "xen_9pfs") return "9pfs";
    return backend_kind;
}

std::string Paths::frontend() const {
    return fmt::format("/local/domain/{}/device/{}/{}", guest.raw(), frontend_kind(kind), id);
}

std::string Paths::backend() const {
    return fmt::format("/local/domain/{}/backend/{}/{}/{}", backend_domain.raw(), kind, guest.raw(),
                       id);
}

std::string Paths::record() const {
    return fmt::format("/libxl/{}/device/{}/{}", guest.raw(), frontend_kind(kind), id);
}

std::string Paths::complaint() const {
    return fmt::format("/local/domain/{}/error/backend/{}/{}/{}", backend_domain.raw(), kind,
                       guest.raw(), id);
}

std::string Paths::title() const { return fmt::format("{} {}", kind, id); }

std::optional<Paths> paths_of(DomainId guest, std::string_view kind, std::string_view id,
                              std::string_view backend) {
    const auto number = exact_number<std::uint32_t>(id);
    if (!number || kind.empty()) return std::nullopt;
    // "", "local", "domain", its number, "backend", the kind, …
    std::array<std::string_view, 6> parts;
    for (auto rest = backend; auto& part : parts) {
        part = rest.substr(0, rest.find('/'));
        rest.remove_prefix(std::min(part.size() + 1, rest.size()));
    }
    const auto domain = exact_number<std::uint16_t>(parts[3]);
    if (!domain || frontend_kind(parts[5]) != kind) return std::nullopt;
    Paths paths{guest, DomainId{*domain}, std::string{parts[5]}, *number};
    if (paths.backend() != backend) return std::nullopt;
    return paths;
}

}  // namespace zeroth::device
