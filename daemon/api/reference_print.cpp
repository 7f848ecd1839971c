// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "core/append.hpp"
#include "daemon/api/json.hpp"
#include "daemon/api/reference_json.hpp"

namespace zeroth::api {
namespace {

namespace json = boost::json;

void print_text(std::string& out, std::string_view text) {
    out += '"';
    for (const char c : text) {
        switch (c) {
            case '"':
                out += "\\\"";
                break;
            case '\\':
                out += "\\\\";
                break;
            case '\n':
                out += "\\n";
                break;
            case '\r':
                out += "\\r";
                break;
            case '\t':
                out += "\\t";
                break;
            case '\b':
                out += "\\b";
                break;
            case '\f':
                out += "\\f";
                break;
            default:
                if (static_cast<unsigned char>(c) < 0x20)
                    append(out, "\\u{:04X}", static_cast<unsigned>(c));
                else
                    out += c;
        }
    }
    out += '"';
}

void print_scalar(std::string& out, const json::value& value) {
    switch (value.kind()) {
        case json::kind::string:
            return print_text(out, value.get_string());
        case json::kind::bool_:
            out += value.get_bool() ? "true" : "false";
            return;
        case json::kind::int64:
            out += fmt::to_string(value.get_int64());
            return;
        case json::kind::uint64:
            out += fmt::to_string(value.get_uint64());
            return;
        case json::kind::double_:
            out += fmt::to_string(value.get_double());
            return;
        default:
            out += "null";
    }
}

void new_line(std::string& out, std::size_t depth) {
    out += '\n';
    out.append(depth * 4, ' ');
}

/// Our values are as deep as our types or as parse_json allows, never deeper.
void print(std::string& out, const json::value& value, std::size_t depth) {
    if (!value.is_structured()) return print_scalar(out, value);
    const bool is_object = value.is_object();
    bool first = true;
    const auto separate = [&] {
        if (!first) out += ',';
        first = false;
        new_line(out, depth + 1);
    };
    out += is_object ? '{' : '[';
    if (is_object) {
        for (const auto& member : value.get_object()) {
            separate();
            print_text(out, member.key());
            out += ": ";
            print(out, member.value(), depth + 1);
        }
    } else {
        for (const json::value& element : value.get_array()) {
            separate();
            print(out, element, depth + 1);
        }
    }
    if (first) out += '\n';
    new_line(out, depth);
    out += is_object ? '}' : ']';
}

}  // namespace

std::string print_reference(const json::value& value) {
    std::string out;
    print(out, value, 0);
    out += '\n';
    return out;
}

std::string userdata_path(std::uint32_t domid, const Uuid& uuid) {
    return fmt::format("/var/lib/xen/userdata-d.{}.{}.libxl-json", domid, uuid.text());
}

std::string userdata_text(const json::value& config) {
    std::string text = print_reference(config);
    text += '\0';
    return text;
}

Result<json::value> parse_userdata(std::string_view text) {
    while (text.ends_with('\0')) text.remove_suffix(1);
    return parse_json(text);
}

}  // namespace zeroth::api
