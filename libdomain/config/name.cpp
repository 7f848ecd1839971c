// SPDX-License-Identifier: Apache-2.0
#include "libdomain/config/name.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "libdomain/config/utf8.hpp"

namespace zeroth::config {
namespace {

/// The longest file that is called after a guest is its console's log, `guest-NAME-vuart0.log`, and
/// a file's name has at most 255 bytes.
constexpr std::size_t kLongestName =
    255 - std::string_view{"guest-"}.size() - std::string_view{"-vuart0.log"}.size();

bool all_digits(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

std::string fault_of_name(std::string_view name) {
    if (name.empty()) return "Domain name must be specified. This one is empty";
    if (all_digits(name))
        return fmt::format("the name `{}` has digits only: xl would take it for a domain's id",
                           shown(name));
    if (name.find('/') != std::string_view::npos)
        return "a name cannot have a slash: the guest's log files are called after it";
    if (name == "." || name == "..") return fmt::format("`{}` is no name", name);
    if (std::any_of(name.begin(), name.end(), [](char c) { return is_control(c) || c == '\x7F'; }))
        return "a name cannot have control characters";
    if (name.size() > kLongestName) {
        return fmt::format("the name has {} bytes: at most {}, as log files are called after it",
                           name.size(), kLongestName);
    }
    return {};
}

}  // namespace zeroth::config
