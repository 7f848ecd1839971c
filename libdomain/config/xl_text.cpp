// SPDX-License-Identifier: Apache-2.0
#include "libdomain/config/xl_text.hpp"

#include <fmt/format.h>

namespace zeroth::config {

std::string xl_quoted(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (c == '\n') {
            out += "\\n";
        } else if (c == '\t') {
            out += "\\t";
        } else if (byte < 0x20 || byte == 0x7F) {
            out += fmt::format("\\x{:02x}", byte);
        } else {
            out += c;
        }
    }
    return out + '"';
}

std::string xl_text(const Value& value) {
    switch (value.kind) {
        case Value::Kind::kNumber:
        case Value::Kind::kBool:
            return value.text;
        case Value::Kind::kString:
            return xl_quoted(value.text);
        case Value::Kind::kList:
            break;
        case Value::Kind::kTable:
        case Value::Kind::kBroken:
            return "\"\"";
    }
    std::string out = "[";
    for (const Value& element : value.elements) {
        out += out.size() == 1 ? " " : ", ";
        out += xl_text(element);
    }
    return out + (value.elements.empty() ? "]" : " ]");
}

}  // namespace zeroth::config
