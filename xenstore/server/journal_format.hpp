// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/result.hpp"
#include "core/uuid.hpp"

/// A journal's bytes: a header (magic, version, CRC-32 of the rest of it, boot id), then records. A
/// record is its payload's length, a CRC-32 of the payload that begins with its length instead of
/// 0, the payload, and zeros up to a multiple of 8; it is there once its length is. A length of
/// zero is the end, whatever follows.
namespace zeroth::xenstored {

inline constexpr std::uint32_t kJournalVersion = 1;
inline constexpr std::size_t kJournalHeaderSize = 32;
inline constexpr std::size_t kRecordHeadSize = 8;

std::string journal_header(const Uuid& boot);

constexpr std::uint64_t record_size(std::size_t payload) {
    return kRecordHeadSize + ((std::uint64_t{payload} + 7) & ~std::uint64_t{7});
}
std::uint32_t record_checksum(std::string_view payload);

/// Takes records out of bytes that need not be a journal's.
class RecordReader {
public:
    /// An Error: this is no journal of this version and boot.
    static Result<RecordReader> open(std::span<const std::byte> bytes, const Uuid& boot);

    /// The next record's payload; nullopt: the end. An Error: from here on there is damage.
    Result<std::optional<std::span<const std::byte>>> next();
    /// Where the records end that were given; the header's end at first.
    std::size_t position() const { return position_; }

private:
    explicit RecordReader(std::span<const std::byte> bytes) : bytes_{bytes} {}

    std::span<const std::byte> bytes_;
    std::size_t position_ = kJournalHeaderSize;
};

}  // namespace zeroth::xenstored
