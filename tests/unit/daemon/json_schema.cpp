// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/daemon/json_schema.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <regex>
#include <set>

namespace zeroth::testing {
namespace {

namespace json = boost::json;

bool is_of_type(const json::value& value, std::string_view type) {
    if (type == "object") return value.is_object();
    if (type == "array") return value.is_array();
    if (type == "string") return value.is_string();
    if (type == "boolean") return value.is_bool();
    if (type == "number") return value.is_number();
    if (type == "integer") return value.is_int64() || value.is_uint64();
    return false;
}

}  // namespace

std::vector<std::string> SchemaChecker::check(const json::value& value,
                                              const json::value& schema) const {
    Faults faults;
    check(value, schema.as_object(), "", faults);
    return faults;
}

const json::object& SchemaChecker::follow(const json::object& schema) const {
    const auto* reference = schema.if_contains("$ref");
    if (reference == nullptr) return schema;
    const std::string_view pointer = reference->as_string();
    return document_.at_pointer(pointer.substr(1)).as_object();
}

void SchemaChecker::check(const json::value& value, const json::object& unfollowed,
                          const std::string& where, Faults& faults) const {
    static const std::set<std::string_view> kKnown{
        "anyOf",      "type",  "enum",       "pattern",  "minimum",
        "maximum",    "items", "properties", "required", "additionalProperties",
        "description"};
    const json::object& schema = follow(unfollowed);
    for (const auto& member : schema) {
        if (!kKnown.contains(std::string_view{member.key()})) {
            faults.push_back(fmt::format("{}: the schema has '{}', which is not checked", where,
                                         std::string_view{member.key()}));
        }
    }
    if (const auto* any = schema.if_contains("anyOf")) {
        const bool fits = std::ranges::any_of(any->as_array(), [&](const json::value& one) {
            Faults own;
            check(value, one.as_object(), where, own);
            return own.empty();
        });
        if (!fits) faults.push_back(where + ": fits none of its schemas");
        return;
    }
    if (const auto* type = schema.if_contains("type")) {
        if (!is_of_type(value, std::string_view{type->as_string()})) {
            faults.push_back(fmt::format("{}: {} is no {}", where, json::serialize(value),
                                         std::string_view{type->as_string()}));
            return;
        }
    }
    check_scalar(value, schema, where, faults);
    if (value.is_object()) check_object(value.as_object(), schema, where, faults);
    if (!value.is_array() || !schema.contains("items")) return;
    for (std::size_t i = 0; i < value.as_array().size(); ++i) {
        check(value.as_array()[i], schema.at("items").as_object(), fmt::format("{}[{}]", where, i),
              faults);
    }
}

void SchemaChecker::check_scalar(const json::value& value, const json::object& schema,
                                 const std::string& where, Faults& faults) const {
    const auto fault = [&](std::string_view why) {
        faults.push_back(fmt::format("{}: {} {}", where, json::serialize(value), why));
    };
    if (const auto* words = schema.if_contains("enum")) {
        if (std::ranges::find(words->as_array(), value) == words->as_array().end()) {
            fault("is none of its words");
        }
    }
    if (const auto* pattern = schema.if_contains("pattern")) {
        const std::regex expression{std::string{pattern->as_string()}};
        if (!std::regex_search(std::string{value.as_string()}, expression)) {
            fault("does not match its pattern");
        }
    }
    if (!value.is_number()) return;
    const auto number = value.to_number<double>();
    const auto *least = schema.if_contains("minimum"), *most = schema.if_contains("maximum");
    if (least != nullptr && number < least->to_number<double>()) fault("is too small");
    if (most != nullptr && number > most->to_number<double>()) fault("is too large");
}

void SchemaChecker::check_object(const json::object& value, const json::object& schema,
                                 const std::string& where, Faults& faults) const {
    if (const auto* required = schema.if_contains("required")) {
        for (const auto& name : required->as_array()) {
            if (!value.contains(name.as_string())) {
                faults.push_back(
                    fmt::format("{}: '{}' is missing", where, std::string_view{name.as_string()}));
            }
        }
    }
    const auto* properties = schema.if_contains("properties");
    const auto* others = schema.if_contains("additionalProperties");
    for (const auto& member : value) {
        const auto here = fmt::format("{}.{}", where, std::string_view{member.key()});
        const auto* own =
            properties == nullptr ? nullptr : properties->as_object().if_contains(member.key());
        if (own != nullptr) {
            check(member.value(), own->as_object(), here, faults);
        } else if (others != nullptr && others->is_object()) {
            check(member.value(), others->as_object(), here, faults);
        } else if (others != nullptr && !others->as_bool()) {
            faults.push_back(here + ": is not described");
        }
    }
}

}  // namespace zeroth::testing
