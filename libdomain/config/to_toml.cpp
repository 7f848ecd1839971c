// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "libdomain/config/disk.hpp"
#include "libdomain/config/parse.hpp"
#include "libdomain/config/vif.hpp"
#include "libdomain/config/written.hpp"

namespace zeroth::config {
namespace {

std::string quoted(std::string_view text) {
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
            out += fmt::format("\\u{:04X}", byte);
        } else {
            out += c;
        }
    }
    return out + '"';
}

std::string text_of(const Value& value) {
    switch (value.kind) {
        case Value::Kind::kNumber:
            return value.text;
        case Value::Kind::kBool:
            return value.text == "1" ? "true" : "false";
        case Value::Kind::kString:
            return quoted(value.text);
        case Value::Kind::kList:
            break;
        case Value::Kind::kTable:
        case Value::Kind::kBroken:
            return "\"\"";
    }
    std::string out = "[";
    for (const Value& element : value.elements) {
        if (out.size() > 1) out += ", ";
        out += text_of(element);
    }
    return out + "]";
}

template <class Devices>
void put_devices(std::string& out, std::string_view key, const Devices& devices) {
    for (const auto& device : devices) {
        out += fmt::format("\n[[{}]]\n", key);
        for (const EntryField& field : fields_of(device)) {
            const bool text = field.kind == EntryField::Kind::kText;
            out += fmt::format("{} = {}\n", field.name, text ? quoted(field.value) : field.value);
        }
    }
}

}  // namespace

std::string to_toml(const DomainConfig& config) {
    std::string out;
    for (const Setting& setting : settings_of(config))
        out += fmt::format("{} = {}\n", setting.key, text_of(setting.value));
    put_devices(out, "vif", config.vif);
    put_devices(out, "disk", config.disk);
    return out;
}

}  // namespace zeroth::config
