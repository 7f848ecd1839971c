// SPDX-License-Identifier: Apache-2.0
#include "xenstore/wire/message.hpp"

#include <array>
#include <cerrno>
#include <utility>

#include "xenstore/wire/frame.hpp"

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

}  // namespace

void encode(const Message& message, std::string& out) {
    encode(Frame{message.type, message.request_id, message.transaction_id, message.payload}, out);
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
