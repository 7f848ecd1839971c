// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/cursor.hpp"
#include "core/result.hpp"
#include "xenstore/server/change.hpp"

namespace zeroth::xenstored {

/// Appends the change's bytes to `out`: its kind, then its fields, little-endian.
void encode(const Change& change, std::string& out);

/// Takes changes out of bytes that need not be what `encode` wrote. Texts are views into the bytes,
/// permissions are kept here until the next one is read.
class ChangeReader {
public:
    explicit ChangeReader(std::span<const std::byte> bytes) : bytes_{bytes} {}

    /// nullopt: no more. After an Error there is nothing to be had.
    Result<std::optional<Change>> next();

private:
    ByteReader bytes_;
    std::vector<Permission> permissions_;
};

}  // namespace zeroth::xenstored
