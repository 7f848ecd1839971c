// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

/// The XenStore protocol's bytes (xen/include/public/io/xs_wire.h); no I/O.
namespace zeroth::xs {

/// xsd_sockmsg_type.
enum class MessageType : std::uint32_t {
    kControl = 0,
    kDirectory = 1,
    kRead = 2,
    kGetPerms = 3,
    kWatch = 4,
    kUnwatch = 5,
    kTransactionStart = 6,
    kTransactionEnd = 7,
    kIntroduce = 8,
    kRelease = 9,
    kGetDomainPath = 10,
    kWrite = 11,
    kMkdir = 12,
    kRm = 13,
    kSetPerms = 14,
    kWatchEvent = 15,
    kError = 16,
    kIsDomainIntroduced = 17,
    kResume = 18,
    kSetTarget = 19,
    kResetWatches = 21,
    kDirectoryPart = 22,
    kGetFeature = 23,
    kSetFeature = 24,
    kGetQuota = 25,
    kSetQuota = 26,
};

inline constexpr std::size_t kHeaderSize = 16;
inline constexpr std::size_t kMaxPayload = 4096;

struct Message {
    MessageType type = MessageType::kError;
    std::uint32_t request_id = 0;
    std::uint32_t transaction_id = 0;
    std::string payload;

    friend bool operator==(const Message&, const Message&) = default;
};

/// Appends header and payload to `out`; the payload is at most kMaxPayload bytes.
void encode(const Message& message, std::string& out);

/// The errno that an ERROR's payload names ("ENOENT"); EIO for a name not of the protocol.
int errno_of(std::string_view name);
/// The other way; "EIO" for an errno that the protocol has no name for.
std::string_view error_name(int errno_value);

}  // namespace zeroth::xs
