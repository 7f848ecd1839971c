// SPDX-License-Identifier: Apache-2.0
#include "xenstore/client/store.hpp"

#include <fmt/format.h>

namespace zeroth::xs {

std::string Permission::text() const { return fmt::format("{}{}", letter, domain.raw()); }

Result<std::optional<std::string>> Store::read_one(std::string path) {
    ZEROTH_TRY(auto values, read({&path, 1}));
    return std::move(values.front());
}

}  // namespace zeroth::xs
