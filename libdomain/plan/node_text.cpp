// SPDX-License-Identifier: Apache-2.0
#include "libdomain/plan/node_text.hpp"

#include <cassert>

#include "libdomain/plan/node.hpp"

namespace zeroth::plan {
namespace {

std::string value_of(std::string_view word, const NodeValues& values) {
    if (word == "domid") return std::to_string(values.domain.raw());
    if (word == "store_port") return std::to_string(values.store_port.raw());
    if (word == "console_port") return std::to_string(values.console_port.raw());
    if (word == "vuart_port") return std::to_string(values.vuart_port.raw());
    assert(word == "start_time");
    return values.start_time;
}

}  // namespace

std::string text(const Permission& permission) {
    const auto who =
        permission.who == Who::kGuest ? "{domid}" : std::to_string(permission.host.raw());
    return permission.letter + who;
}

std::string literal(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '{') out += '{';
        out += c;
    }
    return out;
}

std::string fill_in(std::string_view text, const NodeValues& values) {
    std::string out;
    while (!text.empty()) {
        const auto brace = text.find('{');
        out += text.substr(0, brace);
        if (brace == text.npos) break;
        text.remove_prefix(brace + 1);
        if (text.starts_with('{')) {
            out += '{';
            text.remove_prefix(1);
            continue;
        }
        const auto end = text.find('}');
        assert(end != text.npos);
        out += value_of(text.substr(0, end), values);
        text.remove_prefix(end + 1);
    }
    return out;
}

}  // namespace zeroth::plan
