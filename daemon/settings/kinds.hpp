// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/format.h>

#include <array>
#include <string>
#include <utility>

#include "daemon/settings/table.hpp"
#include "libdomain/config/xl_text.hpp"

/// The kinds of settings, for the rows of the table. `Path` leads to the member:
/// `number<&Settings::console, &Console::rate>(…)`.
namespace zeroth::daemon {

template <auto... Path, class Holder>
constexpr auto& member_of(Holder& settings) {
    return (settings.*....*Path);
}

template <auto... Path>
void copy_member(Settings& to, const Settings& from) {
    member_of<Path...>(to) = member_of<Path...>(from);
}

template <auto... Path>
void take_text(Settings& settings, const SettingRow& row, const Given& given) {
    if (auto text = config::read_text(given.value, row.name, given.report))
        member_of<Path...>(settings) = *std::move(text);
}

template <auto... Path>
void take_path(Settings& settings, const SettingRow& row, const Given& given) {
    auto text = config::read_text(given.value, row.name, given.report);
    if (!text) return;
    // Of a service nobody knows in which folder it starts; of a command line somebody does.
    if (text->empty() || (given.by == Given::By::kFile && text->front() != '/')) {
        given.report.error(given.value.span, fmt::format("{} takes a path from the root", row.name),
                           "it begins with a slash");
        return;
    }
    member_of<Path...>(settings) = *std::move(text);
}

template <auto... Path>
void take_number(Settings& settings, const SettingRow& row, const Given& given) {
    using Number = std::remove_reference_t<decltype(member_of<Path...>(settings))>;
    // The rows' bounds never exceed their members.
    if (auto number = config::read_number(given.value, row.name, row.bounds, given.report))
        member_of<Path...>(settings) = static_cast<Number>(*number);
}

template <auto... Path>
void take_flag(Settings& settings, const SettingRow& row, const Given& given) {
    config::Value value = given.value;
    if (given.by == Given::By::kCommandLine && (value.text == "true" || value.text == "false")) {
        value.text = value.text == "true" ? "1" : "0";
    }
    if (auto flag = config::read_bool(value, row.name, given.report))
        member_of<Path...>(settings) = *flag;
}

template <class T, std::size_t Count>
using Words = std::array<std::pair<std::string_view, T>, Count>;

template <const auto& Table, auto... Path>
void take_word(Settings& settings, const SettingRow& row, const Given& given) {
    const auto text = config::read_text(given.value, row.name, given.report);
    if (!text) return;
    std::string all;
    for (const auto& [word, value] : Table) {
        if (*text == word) {
            member_of<Path...>(settings) = value;
            return;
        }
        all += fmt::format("{}{}", all.empty() ? "" : ", ", word);
    }
    given.report.error(given.value.span, fmt::format("{} is none of its words", row.name),
                       fmt::format("one of {}", all));
}

template <auto... Path>
std::string show_text(const Settings& settings) {
    return config::xl_quoted(member_of<Path...>(settings));
}
template <auto... Path>
std::string show_plain(const Settings& settings) {
    return fmt::format("{}", member_of<Path...>(settings));
}
template <const auto& Table, auto... Path>
std::string show_word(const Settings& settings) {
    for (const auto& [word, value] : Table)
        if (member_of<Path...>(settings) == value) return config::xl_quoted(word);
    return {};
}

using When = SettingRow::When;
using Name = std::string_view;

template <auto... Path>
constexpr SettingRow text(Name name, Name value, When when, Name doc) {
    return {name, value, doc, when, take_text<Path...>, show_text<Path...>, copy_member<Path...>};
}
template <auto... Path>
constexpr SettingRow path(Name name, When when, Name doc) {
    return {name, "PATH", doc, when, take_path<Path...>, show_text<Path...>, copy_member<Path...>};
}
template <auto... Path>
constexpr SettingRow number(Name name, When when, config::Bounds bounds, Name doc) {
    return {name,  "N", doc, when, take_number<Path...>, show_plain<Path...>, copy_member<Path...>,
            bounds};
}
template <auto... Path>
constexpr SettingRow flag(Name name, When when, Name doc) {
    return {name,
            "true|false",
            doc,
            when,
            take_flag<Path...>,
            show_plain<Path...>,
            copy_member<Path...>};
}
template <const auto& Table, auto... Path>
constexpr SettingRow word(Name name, Name value, When when, Name doc) {
    return {name,
            value,
            doc,
            when,
            take_word<Table, Path...>,
            show_word<Table, Path...>,
            copy_member<Path...>};
}

}  // namespace zeroth::daemon
