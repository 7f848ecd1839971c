// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "libdomain/config/handlers.hpp"
#include "libdomain/config/name.hpp"
#include "libdomain/config/number.hpp"
#include "libdomain/config/utf8.hpp"

namespace zeroth::config {

void name_key(Draft& draft, const KeySpec& spec, const Setting& setting) {
    auto text = read_text(setting.value, spec.name, draft.report);
    if (!text) return;
    const std::string fault = fault_of_name(*text);
    if (!fault.empty()) {
        const std::size_t slash = text->find('/');
        const Span where =
            slash == std::string::npos ? setting.value.span : setting.value.part(slash, slash + 1);
        draft.report.error(where, fault);
    }
    draft.config.name = *std::move(text);
}

void type_key(Draft& draft, const KeySpec& spec, const Setting& setting) {
    const auto text = read_text(setting.value, spec.name, draft.report);
    if (!text) return;
    draft.type = *text;
    if (*text == "pvh") return;
    if (*text == "pv") {
        draft.config.said_pv = true;
        draft.report.warning(setting.value.span,
                             "guests on ARM are PVH, not PV: it is made as a PVH guest",
                             "write type = \"pvh\", or leave it out");
    } else if (*text == "hvm") {
        draft.report.error(setting.value.span,
                           "Unsupported Arm guest type hvm: guests on ARM are PVH",
                           "write type = \"pvh\", or leave it out");
    } else {
        draft.report.error(setting.value.span, fmt::format("Invalid domain type {}.", shown(*text)),
                           "write type = \"pvh\", or leave it out");
    }
}

void builder_key(Draft& draft, const KeySpec& spec, const Setting& setting) {
    const auto text = read_text(setting.value, spec.name, draft.report);
    if (!text) return;
    if (*text == "hvm") {
        draft.builder = "hvm";
        draft.report.error(setting.value.span,
                           "Unsupported Arm guest type hvm: guests on ARM are PVH",
                           "leave `builder` out");
    } else if (*text == "generic" || *text == "linux") {
        draft.builder = "pv";
        draft.config.said_pv = true;
        draft.report.warning(setting.value.span,
                             "`builder` is deprecated, and guests on ARM are all built alike",
                             "leave it out");
    } else {
        draft.report.error(setting.value.span, fmt::format("Invalid builder {}.", shown(*text)),
                           "leave it out");
    }
}

void uuid_key(Draft& draft, const KeySpec& spec, const Setting& setting) {
    const auto text = read_text(setting.value, spec.name, draft.report);
    if (!text) return;
    draft.config.uuid = Uuid::parse(*text);
    if (!draft.config.uuid) {
        draft.report.error(setting.value.span,
                           fmt::format("Failed to parse UUID: {}", shown(*text)),
                           "32 hexadecimal digits, in groups of 8-4-4-4-12; without the key one is "
                           "made up");
    }
}

void bootloader_args_key(Draft& draft, const KeySpec& spec, const Setting& setting) {
    std::vector<std::string>& out = draft.config.bootloader_args;
    if (setting.value.kind == Value::Kind::kList) {
        for (const Value* element : read_list(setting.value, spec.name, draft.report)) {
            if (auto text = read_text(*element, spec.name, draft.report))
                out.push_back(*std::move(text));
        }
        return;
    }
    const auto text = read_text(setting.value, spec.name, draft.report);
    if (!text) return;
    for (std::size_t at = text->find_first_not_of(" \t\n"); at != std::string::npos;) {
        const std::size_t end = std::min(text->find_first_of(" \t\n", at), text->size());
        out.push_back(text->substr(at, end - at));
        at = text->find_first_not_of(" \t\n", end);
    }
}

void passthrough_key(Draft& draft, const KeySpec& spec, const Setting& setting) {
    constexpr std::array<std::pair<std::string_view, Passthrough>, 4> kWords{{
        {"default", Passthrough::kDefault},
        {"disabled", Passthrough::kDisabled},
        {"enabled", Passthrough::kEnabled},
        {"share_pt", Passthrough::kSharePt},
    }};
    // 0 and 1 stand for the words in the reference, too.
    const auto text = read_text(setting.value, spec.name, draft.report);
    if (!text) return;
    const std::string given = *text == "0" ? "disabled" : *text == "1" ? "enabled" : *text;
    for (const auto& [word, value] : kWords) {
        if (given != word) continue;
        draft.config.passthrough = value;
        return;
    }
    draft.report.error(
        setting.value.span,
        given == "sync_pt"
            ? "passthrough=\"sync_pt\" is not supported on ARM"
            : fmt::format("Unknown passthrough option \"{}\" specified", shown(given)),
        fmt::format("one of {}", list_words(kWords)));
}

void xenstore_quota_key(Draft& draft, const KeySpec& spec, const Setting& setting) {
    for (const Value* element : read_list(setting.value, spec.name, draft.report)) {
        const auto text = read_text(*element, spec.name, draft.report);
        if (!text) continue;
        const std::size_t equals = text->find('=');
        const auto value =
            parse_number(equals == std::string::npos ? std::string_view{}
                                                     : std::string_view{*text}.substr(equals + 1));
        if (equals == 0 || !value || *value > spec.bounds.most) {
            draft.report.error(element->span,
                               fmt::format("expected `name=value`, not `{}`", shown(*text)),
                               "for example xenstore_quota = [ \"nodes=2000\" ]");
            continue;
        }
        draft.config.xenstore_quota[text->substr(0, equals)] = static_cast<std::uint32_t>(*value);
    }
}

void x86_key(Draft& draft, const KeySpec& spec, const Setting& setting) {
    draft.report.note(setting.key_span,
                      fmt::format("`{}` is for x86 guests: it has no effect on ARM", spec.name));
}

void unused_key(Draft& draft, const KeySpec& spec, const Setting& setting) {
    draft.report.note(setting.key_span,
                      fmt::format("`{}` has no effect here: {}", spec.name, spec.doc));
}

void checked_unused_bool_key(Draft& draft, const KeySpec& spec, const Setting& setting) {
    if (read_bool(setting.value, spec.name, draft.report)) unused_key(draft, spec, setting);
}

void superseded_key(Draft& draft, const KeySpec& spec, const Setting& setting) {
    draft.report.warning(setting.key_span, fmt::format("`{}` is deprecated and ignored", spec.name),
                         "write vif");
}

}  // namespace zeroth::config
