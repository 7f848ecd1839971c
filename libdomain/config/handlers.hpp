// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/format.h>

#include <string_view>
#include <type_traits>
#include <utility>

#include "libdomain/config/keys.hpp"
#include "libdomain/config/utf8.hpp"

/// What the key table's rows do with their values.
namespace zeroth::config {

template <auto Member>
void text_key(Draft& draft, const KeySpec& spec, const Setting& setting) {
    if (auto text = read_text(setting.value, spec.name, draft.report); text && !text->empty())
        draft.config.*Member = *std::move(text);
}

/// The same for what is not a member of the config but of the draft.
template <auto Member>
void draft_text_key(Draft& draft, const KeySpec& spec, const Setting& setting) {
    if (auto text = read_text(setting.value, spec.name, draft.report))
        draft.*Member = *std::move(text);
}

template <auto Member>
void number_key(Draft& draft, const KeySpec& spec, const Setting& setting) {
    // The rows' bounds never exceed 32 bits.
    if (auto number = read_number(setting.value, spec.name, spec.bounds, draft.report))
        draft.config.*Member = static_cast<std::uint32_t>(*number);
}

template <auto Member>
void sched_key(Draft& draft, const KeySpec& spec, const Setting& setting) {
    if (auto number = read_number(setting.value, spec.name, spec.bounds, draft.report))
        draft.config.sched.*Member = static_cast<std::uint32_t>(*number);
}

template <auto Member, std::uint64_t (*ToKib)(std::uint64_t)>
void size_key(Draft& draft, const KeySpec& spec, const Setting& setting) {
    if (auto number = read_number(setting.value, spec.name, spec.bounds, draft.report))
        draft.config.*Member = KiB{ToKib(*number)};
}

template <auto Member>
void bool_key(Draft& draft, const KeySpec& spec, const Setting& setting) {
    if (auto flag = read_bool(setting.value, spec.name, draft.report)) draft.config.*Member = *flag;
}

/// "destroy, restart, preserve": the words of a table, for help texts.
template <class Words>
std::string list_words(const Words& words) {
    std::string out;
    for (const auto& [word, value] : words)
        out += fmt::format("{}{}", out.empty() ? "" : ", ", word);
    return out;
}

/// One of a table of words and what they stand for. `kind` completes "Unknown on_crash action".
template <auto Member, const auto& Words, const auto& What>
void word_key(Draft& draft, const KeySpec& spec, const Setting& setting) {
    const auto text = read_text(setting.value, spec.name, draft.report);
    if (!text) return;
    for (const auto& [word, value] : Words) {
        if (*text == word) {
            draft.config.*Member = value;
            return;
        }
    }
    draft.report.error(setting.value.span,
                       fmt::format("Unknown {}{} \"{}\" specified", spec.name, What, shown(*text)),
                       fmt::format("one of {}", list_words(Words)));
}

using Handler = void(Draft&, const KeySpec&, const Setting&);

// handlers_general.cpp
Handler name_key, type_key, builder_key, uuid_key, bootloader_args_key, passthrough_key,
    xenstore_quota_key;
/// Notes that the key belongs to x86; that nothing uses it; and a warning for `vif2`.
Handler x86_key, unused_key, checked_unused_bool_key, superseded_key;

// handlers_host.cpp
Handler cpus_key, cpus_soft_key, iomem_key, irqs_key, dtdev_key, llc_colors_key, sve_key,
    arm_sci_key;

// handlers_device.cpp
Handler vif_key, disk_key, other_device_key;

}  // namespace zeroth::config
