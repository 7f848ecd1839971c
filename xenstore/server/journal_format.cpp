// SPDX-License-Identifier: Apache-2.0
#include "xenstore/server/journal_format.hpp"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>

#include "core/cursor.hpp"

namespace zeroth::xenstored {
namespace {

constexpr std::string_view kMagic{"zxstore\n"};

void put(std::uint32_t value, std::string& out) {
    for (unsigned shift = 0; shift < 32; shift += 8)
        out.push_back(static_cast<char>(value >> shift));
}

std::uint32_t checksum(std::uint32_t begin, std::span<const std::byte> bytes) {
    const auto* data = reinterpret_cast<const Bytef*>(bytes.data());
    return static_cast<std::uint32_t>(::crc32_z(begin, data, bytes.size()));
}

std::uint32_t record_checksum(std::span<const std::byte> payload) {
    return checksum(static_cast<std::uint32_t>(payload.size()), payload);
}

std::uint32_t header_checksum(std::uint32_t version, std::span<const std::byte> boot) {
    std::string bytes;
    put(version, bytes);
    return checksum(checksum(0, std::as_bytes(std::span{bytes})), boot);
}

}  // namespace

std::string journal_header(const Uuid& boot) {
    std::string out{kMagic};
    put(kJournalVersion, out);
    put(header_checksum(kJournalVersion, std::as_bytes(std::span{boot.bytes})), out);
    out.append(boot.bytes.begin(), boot.bytes.end());
    return out;
}

std::uint32_t record_checksum(std::string_view payload) {
    return record_checksum(std::as_bytes(std::span{payload}));
}

Result<RecordReader> RecordReader::open(std::span<const std::byte> bytes, const Uuid& boot) {
    ByteReader header{bytes};
    const auto magic = header.take(kMagic.size());
    const auto version = header.little<std::uint32_t>();
    const auto checksum = header.little<std::uint32_t>();
    const auto its_boot = header.take(boot.bytes.size());
    if (!header.ok()) return fail("it is too short for a journal");
    if (!std::ranges::equal(magic, std::as_bytes(std::span{kMagic}))) {
        return fail("it is no journal");
    }
    if (checksum != header_checksum(version, its_boot)) return fail("its header is damaged");
    if (version != kJournalVersion) {
        return fail(fmt::format("its version is {}, not {}", version, kJournalVersion));
    }
    if (!std::ranges::equal(its_boot, std::as_bytes(std::span{boot.bytes}))) {
        return fail("it is of another boot");
    }
    return RecordReader{bytes};
}

Result<std::optional<std::span<const std::byte>>> RecordReader::next() {
    ByteReader record{bytes_.subspan(position_)};
    const auto length = record.little<std::uint32_t>();
    const auto checksum = record.little<std::uint32_t>();
    if (!record.ok()) return fail(fmt::format("it is cut short at byte {}", position_));
    if (length == 0) return std::nullopt;
    const auto payload = record.take(length);
    record.skip(static_cast<std::size_t>(record_size(length) - kRecordHeadSize - length));
    if (!record.ok()) return fail(fmt::format("the record at byte {} is cut short", position_));
    if (checksum != record_checksum(payload)) {
        return fail(fmt::format("the record at byte {} has a wrong checksum", position_));
    }
    position_ += record.position();
    return payload;
}

}  // namespace zeroth::xenstored
