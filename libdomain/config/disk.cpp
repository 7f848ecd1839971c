// SPDX-License-Identifier: Apache-2.0
#include "libdomain/config/disk.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "libdomain/config/utf8.hpp"
#include "libdomain/config/vdev.hpp"

namespace zeroth::config {
namespace {

constexpr std::array<std::pair<std::string_view, DiskFormat>, 7> kFormats{{
    {"", DiskFormat::kRaw},
    {"raw", DiskFormat::kRaw},
    {"qcow", DiskFormat::kQcow},
    {"qcow2", DiskFormat::kQcow2},
    {"vhd", DiskFormat::kVhd},
    {"qed", DiskFormat::kQed},
    {"empty", DiskFormat::kEmpty},
}};
constexpr std::array<std::pair<std::string_view, DiskBackend>, 4> kBackends{{
    {"phy", DiskBackend::kPhy},
    {"tap", DiskBackend::kTap},
    {"qdisk", DiskBackend::kQdisk},
    {"standalone", DiskBackend::kStandalone},
}};
/// `w!`: to be written to though others use it as well, as the hook script of old took it.
enum class Access { kRead, kWrite, kShared };
constexpr std::array<std::pair<std::string_view, Access>, 6> kAccess{{
    {"rw", Access::kWrite},
    {"w", Access::kWrite},
    {"", Access::kWrite},
    {"r", Access::kRead},
    {"ro", Access::kRead},
    {"w!", Access::kShared},
}};

/// A disk while its parts are read: what was given already may not be given again.
struct DiskDraft {
    Disk disk;
    std::optional<DiskFormat> format;
    std::optional<Access> access;
    std::optional<DiskBackend> backendtype;
    bool has_target = false, has_vdev = false, had_prefix = false;
};

using Apply = void(Entry&, DiskDraft&, const EntryPart&);

/// Sets a member once; the same again is no harm.
template <class T>
void set_once(Entry& entry, std::optional<T>& member, T value, Span where, std::string_view name) {
    if (member && *member != value) return entry.error(where, fmt::format("{} respecified", name));
    member = value;
}

template <class Table, class T>
void set_word(Entry& entry, std::optional<T>& member, const Table& words, std::string_view text,
              Span where, std::string_view name) {
    std::string known;
    for (const auto& [word, value] : words) {
        if (word == text) return set_once(entry, member, T{value}, where, name);
        if (!word.empty()) known += fmt::format("{}{}", known.empty() ? "" : ", ", word);
    }
    entry.error(where, fmt::format("unknown value for {}: `{}`", name, shown(text)),
                fmt::format("one of {}", known));
}

void set_target(Entry& entry, DiskDraft& draft, std::string_view text, Span where) {
    if (draft.has_target && !draft.disk.target.empty())
        return entry.error(where, "target respecified");
    draft.disk.target = text;
    draft.has_target = true;
}

void set_vdev(Entry& entry, DiskDraft& draft, std::string_view text, Span where) {
    if (draft.has_vdev && !draft.disk.vdev.empty()) return entry.error(where, "vdev respecified");
    draft.disk.vdev = text;
    draft.has_vdev = true;
    if (text.empty() || vdev_number(text)) return;
    entry.error(where, fmt::format("`{}` is no virtual device", shown(text)),
                "for example xvda, xvdb1, hda, sda or d0p0");
}

void set_devtype(Entry& entry, DiskDraft& draft, std::string_view text, Span where) {
    if (text == "cdrom" || text == "disk") {
        draft.disk.cdrom = text == "cdrom";
    } else {
        entry.error(where, fmt::format("unknown value for devtype: `{}`", shown(text)),
                    "cdrom or disk");
    }
}

// Fields by name.
void target_field(Entry& entry, DiskDraft& draft, const EntryPart& part) {
    set_target(entry, draft, part.value, part.value_span);
}
void format_field(Entry& entry, DiskDraft& draft, const EntryPart& part) {
    set_word(entry, draft.format, kFormats, part.value, part.value_span, "format");
}
void vdev_field(Entry& entry, DiskDraft& draft, const EntryPart& part) {
    set_vdev(entry, draft, part.value, part.value_span);
}
void access_field(Entry& entry, DiskDraft& draft, const EntryPart& part) {
    set_word(entry, draft.access, kAccess, part.value, part.value_span, "access");
}
void devtype_field(Entry& entry, DiskDraft& draft, const EntryPart& part) {
    set_devtype(entry, draft, part.value, part.value_span);
}
void backendtype_field(Entry& entry, DiskDraft& draft, const EntryPart& part) {
    set_word(entry, draft.backendtype, kBackends, part.value, part.value_span, "backendtype");
}
void script_field(Entry&, DiskDraft& draft, const EntryPart& part) {
    if (!part.value.empty()) draft.disk.script = part.value;
}
void backend_field(Entry&, DiskDraft& draft, const EntryPart& part) {
    if (!part.value.empty()) draft.disk.backend = part.value;
}
void specification_field(Entry& entry, DiskDraft& draft, const EntryPart& part) {
    if (part.value == "xen" || part.value == "virtio") {
        draft.disk.virtio = part.value == "virtio";
    } else {
        entry.error(part.value_span,
                    fmt::format("unknown value for specification: `{}`", shown(part.value)),
                    "xen or virtio");
    }
}
void transport_field(Entry& entry, DiskDraft&, const EntryPart& part) {
    if (part.value == "mmio") return;
    entry.error(part.value_span,
                fmt::format("unknown value for transport: `{}`", shown(part.value)),
                "mmio, the only one there is");
}
void grant_usage_field(Entry& entry, DiskDraft& draft, const EntryPart& part) {
    draft.disk.grant_usage = part_flag(entry, part);
}
template <bool Disk::*Member>
void flag_field(Entry& entry, DiskDraft& draft, const EntryPart& part) {
    if (const auto flag = part_flag(entry, part)) draft.disk.*Member = *flag;
}
template <bool Disk::*Member>
void no_flag_field(Entry& entry, DiskDraft& draft, const EntryPart& part) {
    if (const auto flag = part_flag(entry, part)) draft.disk.*Member = !*flag;
}
void colo_field(Entry& entry, DiskDraft&, const EntryPart& part) {
    entry.report.note(part.span, fmt::format("disk: `{}` has no effect on ARM", part.key));
}

struct FieldSpec {
    std::string_view name;
    Apply* apply;
    bool is_flag = false;
};
constexpr std::array kFields{
    FieldSpec{"target", target_field},
    FieldSpec{"format", format_field},
    FieldSpec{"vdev", vdev_field},
    FieldSpec{"access", access_field},
    FieldSpec{"devtype", devtype_field},
    FieldSpec{"backendtype", backendtype_field},
    FieldSpec{"script", script_field},
    FieldSpec{"backend", backend_field},
    FieldSpec{"specification", specification_field},
    FieldSpec{"transport", transport_field},
    FieldSpec{"grant_usage", grant_usage_field},
    FieldSpec{"cdrom", flag_field<&Disk::cdrom>, true},
    FieldSpec{"removable", flag_field<&Disk::removable>, true},
    FieldSpec{"direct-io-safe", flag_field<&Disk::direct_io_safe>, true},
    FieldSpec{"discard", flag_field<&Disk::discard>, true},
    FieldSpec{"no-discard", no_flag_field<&Disk::discard>, true},
    FieldSpec{"trusted", flag_field<&Disk::trusted>, true},
    FieldSpec{"untrusted", no_flag_field<&Disk::trusted>, true},
    FieldSpec{"colo", colo_field, true},
    FieldSpec{"no-colo", colo_field, true},
    FieldSpec{"colo-host", colo_field},
    FieldSpec{"colo-port", colo_field},
    FieldSpec{"colo-export", colo_field},
    FieldSpec{"active-disk", colo_field},
    FieldSpec{"hidden-disk", colo_field},
};

/// "phy:/dev/loop0": takes off the prefixes of old, which say more or less what they always did.
/// False where the prefix is none that ever was.
bool take_prefixes(Entry& entry, DiskDraft& draft, const EntryPart& part, std::string_view& text) {
    constexpr std::string_view kWordLetters = "abcdefghijklmnopqrstuvwxyz0123456789";
    constexpr std::array<std::string_view, 4> kAsFormat{"raw", "qcow", "qcow2", "vhd"};
    constexpr std::array<std::string_view, 4> kAsScript{"iscsi", "nbd", "enbd", "drbd"};
    constexpr std::array<std::string_view, 7> kEmpty{"tapdisk", "tap",  "tap2", "aio",
                                                     "ioemu",   "file", "phy"};
    const auto has = [](const auto& names, std::string_view name) {
        return std::find(names.begin(), names.end(), name) != names.end();
    };
    for (;;) {
        const std::size_t colon = text.find(':');
        const std::string_view word = text.substr(0, colon);
        const bool prefix = colon != std::string_view::npos && !word.empty() && word[0] >= 'a' &&
                            word[0] <= 'z' &&
                            word.find_first_not_of(kWordLetters) == std::string_view::npos;
        if (!prefix) return true;
        if (has(kAsFormat, word)) {
            set_word(entry, draft.format, kFormats, word, part.span, "format");
        } else if (has(kAsScript, word)) {
            draft.disk.script = fmt::format("block-{}", word);
        } else if (!has(kEmpty, word)) {
            // "host:path" is a target like any other; "nfs:/path" looks like a prefix.
            const std::string_view rest = text.substr(colon + 1);
            const bool plain =
                !rest.empty() && kWordLetters.find(rest[0]) != std::string_view::npos;
            if (plain) return true;
            entry.error(part.span, fmt::format("unknown deprecated disk prefix `{}:`", shown(word)),
                        "a target with a colon in it is written target=..., as the last part");
            return false;
        }
        draft.had_prefix = true;
        text.remove_prefix(colon + 1);
    }
}

/// "hdc:cdrom": a device and its type. False where the text has no colon.
bool set_vdev_and_type(Entry& entry, DiskDraft& draft, std::string_view text, Span where) {
    const std::size_t colon = text.rfind(':');
    if (colon == std::string_view::npos) return false;
    set_vdev(entry, draft, text.substr(0, colon), where);
    set_devtype(entry, draft, text.substr(colon + 1), where);
    return true;
}

/// Parts without a name, in the order target, format, vdev, access; what a name already gave is
/// left out of the order, and after a prefix the format is.
void positional(Entry& entry, DiskDraft& draft, const EntryPart& part) {
    if (entry.broken) return;  // an earlier error may have shifted the order
    std::string_view text = part.key;
    if (!draft.has_target) {
        if (take_prefixes(entry, draft, part, text)) set_target(entry, draft, text, part.span);
    } else if (!draft.had_prefix && !draft.format) {
        if (draft.disk.target.empty() && set_vdev_and_type(entry, draft, text, part.span)) {
            draft.format = DiskFormat::kEmpty;
        } else {
            set_word(entry, draft.format, kFormats, text, part.span, "format");
        }
    } else if (!draft.has_vdev) {
        if (!set_vdev_and_type(entry, draft, text, part.span))
            set_vdev(entry, draft, text, part.span);
    } else if (!draft.access) {
        set_word(entry, draft.access, kAccess, text, part.span, "access");
    } else {
        entry.error(part.span, "too many positional parameters",
                    "in order they are target, format, vdev, access");
    }
}

void read_part(Entry& entry, DiskDraft& draft, const EntryPart& part) {
    const auto* const field =
        std::find_if(kFields.begin(), kFields.end(), [&part](const FieldSpec& spec) {
            return same_name(spec.name, part.key) && (part.has_value || spec.is_flag);
        });
    if (field != kFields.end()) return field->apply(entry, draft, part);
    if (!part.has_value) return positional(entry, draft, part);
    std::array<std::string_view, kFields.size()> names;
    std::transform(kFields.begin(), kFields.end(), names.begin(),
                   [](const FieldSpec& spec) { return spec.name; });
    unknown_part(entry, part, names);
}

/// What the parts amount to together.
void finish_disk(Entry& entry, DiskDraft& draft) {
    Disk& disk = draft.disk;
    disk.format = draft.format.value_or(DiskFormat::kRaw);
    disk.backendtype = draft.backendtype.value_or(DiskBackend::kDefault);
    const auto access = draft.access.value_or(Access::kWrite);
    disk.writable = access != Access::kRead;
    disk.shared = access == Access::kShared;
    if (disk.cdrom) {
        disk.removable = true;
        disk.writable = disk.shared = false;
        if (disk.target.empty()) disk.format = DiskFormat::kEmpty;
    }
    if (entry.broken) return;
    const std::string help =
        "for example \"/dev/vg/guest,raw,xvda,rw\", or "
        "\"format=raw, vdev=xvda, access=rw, target=/dev/vg/guest\"";
    if (disk.vdev.empty()) {
        entry.error(entry.span, "no vdev specified", help);
    } else if (disk.target.empty() && !disk.removable) {
        entry.error(entry.span, "no target specified (and device not removable)", help);
    }
}

}  // namespace

const char* word(DiskFormat format) {
    for (const auto& [name, value] : kFormats) {
        if (value == format && !name.empty()) return name.data();
    }
    return "raw";
}

std::optional<Disk> read_disk(const Value& value, Report& report) {
    auto entry = split_entry(value, "disk", "target", report);
    if (!entry) return std::nullopt;
    DiskDraft draft;
    draft.disk.text = entry_text(*entry);
    for (const EntryPart& part : entry->parts) read_part(*entry, draft, part);
    finish_disk(*entry, draft);
    if (entry->broken) return std::nullopt;
    return std::move(draft.disk);
}

std::vector<EntryField> fields_of(const Disk& disk) {
    using Kind = EntryField::Kind;
    std::vector<EntryField> out;
    const auto add = [&out](const char* name, const std::optional<std::string>& value) {
        if (value) out.push_back({name, *value});
    };
    const auto add_flag = [&out](const char* name, bool value, const char* flag) {
        out.push_back({name, value ? "true" : "false", Kind::kFlag, flag});
    };
    out.push_back({"format", word(disk.format)});
    out.push_back({"vdev", disk.vdev});
    out.push_back({"access", disk.shared ? "w!" : disk.writable ? "rw" : "ro"});
    for (const auto& [name, value] : kBackends) {
        if (value == disk.backendtype) out.push_back({"backendtype", std::string{name}});
    }
    if (disk.cdrom) add_flag("cdrom", true, "cdrom");
    if (disk.removable && !disk.cdrom) add_flag("removable", true, "removable");
    if (disk.direct_io_safe) add_flag("direct-io-safe", true, "direct-io-safe");
    if (!disk.discard) add_flag("discard", false, "no-discard");
    if (!disk.trusted) add_flag("trusted", false, "untrusted");
    if (disk.virtio) out.push_back({"specification", "virtio"});
    if (disk.grant_usage)
        out.push_back({"grant_usage", *disk.grant_usage ? "1" : "0", Kind::kNumber});
    add("script", disk.script);
    add("backend", disk.backend);
    if (!disk.target.empty()) out.push_back({"target", disk.target});
    return out;
}

}  // namespace zeroth::config
