// SPDX-License-Identifier: Apache-2.0
#include "xenstore/tree/path.hpp"

#include <array>

namespace zeroth::xenstored {
namespace {

constexpr auto kAllowed = [] {
    std::array<bool, 256> allowed{};
    for (const char c : std::string_view{"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrst"
                                         "uvwxyz0123456789-/_@"}) {
        allowed[static_cast<unsigned char>(c)] = true;
    }
    return allowed;
}();

}  // namespace

bool valid_path(std::string_view path) {
    if (path.empty() || path.size() > kMaxPath) return false;
    if (path == "/") return true;
    char last = '\0';
    for (const char c : path) {
        if (!kAllowed[static_cast<unsigned char>(c)] || (c == '/' && last == '/')) return false;
        last = c;
    }
    return last != '/';
}

std::string_view parent_of(std::string_view path) {
    const auto slash = path.rfind('/');
    return slash == 0 || slash == path.npos ? path.substr(0, 1) : path.substr(0, slash);
}

bool within(std::string_view path, std::string_view ancestor) {
    if (ancestor == "/") return true;
    return path.starts_with(ancestor) &&
           (path.size() == ancestor.size() || path[ancestor.size()] == '/');
}

bool Components::next(std::string_view& name) {
    if (rest_.size() <= 1) return false;
    rest_.remove_prefix(1);
    const auto end = rest_.find('/');
    name = rest_.substr(0, end);
    rest_ = end == rest_.npos ? std::string_view{} : rest_.substr(end);
    return true;
}

}  // namespace zeroth::xenstored
