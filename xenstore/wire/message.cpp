// SPDX-License-Identifier: Apache-2.0
#include "xenstore/wire/message.hpp"

#include <array>
#include <cassert>
#include <cerrno>
#include <cstring>
#include <utility>

namespace zeroth::xs {
namespace {

constexpr std::array<std::pair<std::string_view, int>, 16> kErrors{{
    {"EINVAL", EINVAL},
    {"EACCES", EACCES},
    {"EEXIST", EEXIST},
    {"EISDIR", EISDIR},
    {"ENOENT", ENOENT},
    {"ENOMEM", ENOMEM},
    {"ENOSPC", ENOSPC},
    {"EIO", EIO},
    {"ENOTEMPTY", ENOTEMPTY},
    {"ENOSYS", ENOSYS},
    {"EROFS", EROFS},
    {"EBUSY", EBUSY},
    {"EAGAIN", EAGAIN},
    {"EISCONN", EISCONN},
    {"E2BIG", E2BIG},
    {"EPERM", EPERM},
}};

void append(std::string& out, std::uint32_t value) {
    std::array<char, sizeof value> bytes;
    std::memcpy(bytes.data(), &value, sizeof value);
    out.append(bytes.data(), bytes.size());
}

}  // namespace

void encode(const Message& message, std::string& out) {
    assert(message.payload.size() <= kMaxPayload);
    append(out, std::to_underlying(message.type));
    append(out, message.request_id);
    append(out, message.transaction_id);
    append(out, static_cast<std::uint32_t>(message.payload.size()));
    out += message.payload;
}

int errno_of(std::string_view name) {
    for (const auto& [word, value] : kErrors) {
        if (word == name) return value;
    }
    return EIO;
}

std::string_view error_name(int errno_value) {
    for (const auto& [word, value] : kErrors) {
        if (value == errno_value) return word;
    }
    return "EIO";
}

}  // namespace zeroth::xs
