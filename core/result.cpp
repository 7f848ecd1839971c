// SPDX-License-Identifier: Apache-2.0
#include "core/result.hpp"

#include <fmt/format.h>

namespace zeroth {

Error Error::message(int errno_value, std::string what) {
    Error error{errno_value, std::move(what)};
    error.say_code_ = false;
    return error;
}

Error Error::within(std::string_view outer) && {
    what_ = fmt::format("{}: {}", outer, what_);
    return std::move(*this);
}

Error Error::with_hint(std::string hint) && {
    hint_ = std::move(hint);
    return std::move(*this);
}

Error Error::with_details(std::string details) && {
    details_ = std::move(details);
    return std::move(*this);
}

std::string Error::text() const {
    return code_ && say_code_ ? fmt::format("{}: {}", what_, code_.message()) : what_;
}

std::unexpected<Error> errno_error(std::string what) { return fail(Error{errno, std::move(what)}); }

}  // namespace zeroth
