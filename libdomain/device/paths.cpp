// SPDX-License-Identifier: Apache-2.0
#include "libdomain/device/paths.hpp"

#include <fmt/format.h>

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

std::string Paths::frontend() const {
    return fmt::format("/local/domain/{}/device/{}/{}", guest.raw(), kind, id);
}

std::string Paths::backend() const {
    return fmt::format("/local/domain/{}/backend/{}/{}/{}", backend_domain.raw(), kind, guest.raw(),
                       id);
}

std::string Paths::record() const {
    return fmt::format("/libxl/{}/device/{}/{}", guest.raw(), kind, id);
}

std::string Paths::complaint() const {
    return fmt::format("/local/domain/{}/error/backend/{}/{}/{}", backend_domain.raw(), kind,
                       guest.raw(), id);
}

std::string Paths::title() const { return fmt::format("{} {}", kind, id); }

std::optional<Paths> paths_of(DomainId guest, std::string_view kind, std::string_view id,
                              std::string_view backend) {
    constexpr std::string_view kRoot = "/local/domain/";
    const auto number = exact_number<std::uint32_t>(id);
    if (!number || kind.empty() || !backend.starts_with(kRoot)) return std::nullopt;
    const auto rest = backend.substr(kRoot.size());
    const auto domain = exact_number<std::uint16_t>(rest.substr(0, rest.find('/')));
    if (!domain) return std::nullopt;
    Paths paths{guest, DomainId{*domain}, std::string{kind}, *number};
    if (paths.backend() != backend) return std::nullopt;
    return paths;
}

}  // namespace zeroth::device
