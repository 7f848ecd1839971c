// SPDX-License-Identifier: Apache-2.0
#include "xenstore/client/store.hpp"

#include <fmt/format.h>

#include <charconv>

namespace zeroth::xs {

std::string Permission::text() const { return fmt::format("{}{}", letter, domain.raw()); }

std::optional<Permission> Permission::parse(std::string_view text) {
    if (text.size() < 2 || std::string_view{"nrwb"}.find(text.front()) == std::string_view::npos) {
        return std::nullopt;
    }
    DomainId::Raw domain = 0;
    const auto [end, error] = std::from_chars(text.data() + 1, text.data() + text.size(), domain);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return Permission{text.front(), DomainId{domain}};
}

Result<std::optional<std::string>> Store::read_one(std::string path) {
    ZEROTH_TRY(auto values, read({&path, 1}));
    return std::move(values.front());
}

}  // namespace zeroth::xs
