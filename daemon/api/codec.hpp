// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <concepts>
#include <limits>
#include <map>
#include <type_traits>
#include <utility>

#include "core/append.hpp"
#include "daemon/api/config_members.hpp"
#include "daemon/api/members.hpp"

/// Values to JSON and back, driven by the members' tables. Private to json.cpp.
namespace zeroth::api::codec {

namespace json = boost::json;

template <class E>
concept Worded = std::is_enum_v<E> &&(kWords<E>.size() > 0);
template <class T>
concept Integer = std::integral<T> && !std::same_as<T, bool>;

/// Where in the document a value stands; links live on the decoder's stack.
struct Path {
    const Path* parent = nullptr;
    std::string_view name;
    std::size_t index = 0;

    void print(std::string& out) const {
        if (parent == nullptr) return;
        parent->print(out);
        if (name.empty()) {
            append(out, "[{}]", index);
        } else {
            if (!out.empty()) out += '.';
            out += name;
        }
    }
};

inline std::unexpected<Error> expected(const Path& path, std::string_view what) {
    std::string where;
    path.print(where);
    return fail(Error::message(
        EINVAL, fmt::format("{}{}expected {}", where, where.empty() ? "" : ": ", what)));
}

// ---- values to JSON -----------------------------------------------------------------------------

inline json::value to_json(bool value) { return value; }
inline json::value to_json(double value) { return value; }
inline json::value to_json(const std::string& value) { return json::value(json::string(value)); }
inline json::value to_json(const Uuid& value) { return to_json(value.text()); }
inline json::value to_json(const config::CpuSelection& value) { return to_json(value.text()); }
template <Integer T>
json::value to_json(T value) {
    if constexpr (std::is_signed_v<T>) return static_cast<std::int64_t>(value);
    return static_cast<std::uint64_t>(value);
}
template <class Tag, class Raw>
json::value to_json(Strong<Tag, Raw> value) {
    return to_json(value.raw());
}
template <Worded E>
json::value to_json(E value) {
    return json::value(json::string(kWords<E>[static_cast<std::size_t>(value)]));
}
template <class T>
json::value to_json(const std::vector<T>& values);
template <class T>
json::value to_json(const std::map<std::string, T>& values);
template <Described T>
json::value to_json(const T& object);

template <class T>
json::value to_json(const std::optional<T>& value) {
    return to_json(*value);
}

template <class T>
json::value to_json(const std::vector<T>& values) {
    json::array array;
    array.reserve(values.size());
    for (const T& value : values) array.push_back(to_json(value));
    return array;
}

template <class T>
json::value to_json(const std::map<std::string, T>& values) {
    json::object object;
    for (const auto& [name, value] : values) object.emplace(name, to_json(value));
    return object;
}

template <class T>
bool is_default(const T& value, const T& usual) {
    return value == usual;
}
template <class T>
bool is_default(const std::optional<T>& value, const std::optional<T>&) {
    return !value;
}
template <class T>
bool is_default(const std::vector<T>& value, const std::vector<T>&) {
    return value.empty();
}
template <Described T>
bool is_default(const T& value, const T& usual) {
    return std::apply(
        [&](const auto&... member) {
            return (... && is_default(value.*member.pointer, usual.*member.pointer));
        },
        kMembers<T>);
}

template <Described T>
json::value to_json(const T& value) {
    static const T kUsual{};
    json::object object;
    const auto add = [&](const auto& member) {
        const auto& field = value.*member.pointer;
        if (member.presence == Presence::kDefaulted && is_default(field, kUsual.*member.pointer))
            return;
        object.emplace(member.name, to_json(field));
    };
    std::apply([&](const auto&... member) { (add(member), ...); }, kMembers<T>);
    return object;
}

// ---- JSON to values -----------------------------------------------------------------------------

inline Result<> from_json(const json::value& value, bool& out, const Path& path) {
    if (!value.is_bool()) return expected(path, "true or false");
    out = value.get_bool();
    return {};
}

inline Result<> from_json(const json::value& value, double& out, const Path& path) {
    if (!value.is_number()) return expected(path, "a number");
    out = value.to_number<double>();
    return {};
}

inline Result<> from_json(const json::value& value, std::string& out, const Path& path) {
    if (!value.is_string()) return expected(path, "a string");
    out.assign(value.get_string().data(), value.get_string().size());
    return {};
}

inline Result<> from_json(const json::value& value, Uuid& out, const Path& path) {
    const auto parsed = value.is_string() ? Uuid::parse(value.get_string()) : std::nullopt;
    if (!parsed) return expected(path, "a UUID (8-4-4-4-12 hexadecimal digits)");
    out = *parsed;
    return {};
}

inline Result<> from_json(const json::value& value, config::CpuSelection& out, const Path& path) {
    if (!value.is_string()) return expected(path, "a list of CPUs in a string, such as \"0-3,^2\"");
    auto parsed = config::CpuSelection::parse(value.get_string());
    if (!parsed) return expected(path, "a list of CPUs: " + parsed.error().text());
    out = *std::move(parsed);
    return {};
}

template <Integer T>
Result<> from_json(const json::value& value, T& out, const Path& path) {
    const bool in_range = (value.is_int64() && std::in_range<T>(value.get_int64())) ||
                          (value.is_uint64() && std::in_range<T>(value.get_uint64()));
    if (!in_range)
        return expected(path,
                        fmt::format("a whole number from {} to {}", std::numeric_limits<T>::min(),
                                    std::numeric_limits<T>::max()));
    out = value.is_int64() ? static_cast<T>(value.get_int64()) : static_cast<T>(value.get_uint64());
    return {};
}

template <class Tag, class Raw>
Result<> from_json(const json::value& value, Strong<Tag, Raw>& out, const Path& path) {
    Raw raw{};
    ZEROTH_CHECK(from_json(value, raw, path));
    out = Strong<Tag, Raw>{raw};
    return {};
}

template <Worded E>
Result<> from_json(const json::value& value, E& out, const Path& path) {
    std::string words;
    for (std::size_t i = 0; i < kWords<E>.size(); ++i) {
        if (value.is_string() && std::string_view{value.get_string()} == kWords<E>[i]) {
            out = static_cast<E>(i);
            return {};
        }
        append(words, "{}\"{}\"", i == 0 ? "" : ", ", kWords<E>[i]);
    }
    return expected(path, "one of " + words);
}

template <class T>
Result<> from_json(const json::value& value, std::vector<T>& out, const Path& path);
template <class T>
Result<> from_json(const json::value& value, std::map<std::string, T>& out, const Path& path);
template <Described T>
Result<> from_json(const json::value& value, T& out, const Path& path);

template <class T>
Result<> from_json(const json::value& value, std::optional<T>& out, const Path& path) {
    // Not out.emplace(): Clang holds a nested type with defaults for not constructible in there.
    T inner{};
    ZEROTH_CHECK(from_json(value, inner, path));
    out = std::move(inner);
    return {};
}

template <class T>
Result<> from_json(const json::value& value, std::vector<T>& out, const Path& path) {
    if (!value.is_array()) return expected(path, "an array");
    out.clear();
    out.reserve(value.get_array().size());
    for (const json::value& element : value.get_array()) {
        const Path here{.parent = &path, .name = {}, .index = out.size()};
        ZEROTH_CHECK(from_json(element, out.emplace_back(), here));
    }
    return {};
}

template <class T>
Result<> from_json(const json::value& value, std::map<std::string, T>& out, const Path& path) {
    if (!value.is_object()) return expected(path, "an object");
    out.clear();
    for (const auto& member : value.get_object()) {
        const Path here{.parent = &path, .name = member.key(), .index = 0};
        ZEROTH_CHECK(from_json(member.value(), out[std::string{member.key()}], here));
    }
    return {};
}

template <Described T>
Result<> check_known(const json::object& object, const Path& path) {
    for (const auto& found : object) {
        const std::string_view key = found.key();
        const bool known = std::apply(
            [&](const auto&... member) { return (... || (key == member.name)); }, kMembers<T>);
        if (known) continue;
        std::string where;
        const Path here{.parent = &path, .name = key, .index = 0};
        here.print(where);
        return fail(Error::message(EINVAL, where + ": there is no such member"));
    }
    return {};
}

template <Described T>
Result<> from_json(const json::value& value, T& out, const Path& path) {
    if (!value.is_object()) return expected(path, "an object");
    const json::object& object = value.get_object();
    Result<> result = check_known<T>(object, path);
    const auto read = [&](const auto& member) {
        if (!result) return;
        const Path here{.parent = &path, .name = member.name, .index = 0};
        if (const json::value* field = object.if_contains(member.name)) {
            result = from_json(*field, out.*member.pointer, here);
        } else if (member.presence == Presence::kRequired) {
            std::string where;
            here.print(where);
            result = fail(Error::message(EINVAL, where + ": missing"));
        }
    };
    std::apply([&](const auto&... member) { (read(member), ...); }, kMembers<T>);
    return result;
}

}  // namespace zeroth::api::codec
