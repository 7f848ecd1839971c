// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "libdomain/config/entry.hpp"
#include "libdomain/config/number.hpp"
#include "libdomain/config/served_device.hpp"
#include "libdomain/config/utf8.hpp"

/// `vsnd`: cards with PCM devices with streams; the nodes are those of
/// xen/include/public/io/sndif.h.
namespace zeroth::config {
namespace {

constexpr std::array<std::string_view, 26> kFormats{"s8",
                                                    "u8",
                                                    "s16_le",
                                                    "s16_be",
                                                    "u16_le",
                                                    "u16_be",
                                                    "s24_le",
                                                    "s24_be",
                                                    "u24_le",
                                                    "u24_be",
                                                    "s32_le",
                                                    "s32_be",
                                                    "u32_le",
                                                    "u32_be",
                                                    "float_le",
                                                    "float_be",
                                                    "float64_le",
                                                    "float64_be",
                                                    "iec958_subframe_le",
                                                    "iec958_subframe_be",
                                                    "mu_law",
                                                    "a_law",
                                                    "ima_adpcm",
                                                    "mpeg",
                                                    "gsm",
                                                    "special"};

/// What may be said of a card, a device or a stream alike, the narrower one winning.
constexpr std::array<std::string_view, 5> kCommon{"sample-rates", "sample-formats", "channels-min",
                                                  "channels-max", "buffer-size"};
struct Item {
    std::string_view name;
    std::array<std::string_view, 3> own;
};
constexpr Item kCard{"card", {"backend", "short-name", "long-name"}};
constexpr Item kPcm{"pcm", {"name", "", ""}};
constexpr Item kStream{"stream", {"unique-id", "type", ""}};

bool is_word(std::string_view text, std::string_view word) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
    return std::ranges::equal(text, word, {}, lower);
}

/// The entries, whether their lists are nested or flat.
void flatten(const Value& value, std::vector<const Value*>& out) {
    if (value.kind != Value::Kind::kList) return out.push_back(&value);
    for (const Value& element : value.elements) flatten(element, out);
}

class Card {
public:
    explicit Card(Report& report) : report_{report} { out_.kind = "vsnd"; }

    /// False where the item was refused.
    bool add(const Value& value);
    bool is_whole(const Value& value);
    ServedDevice take() { return std::move(out_); }

private:
    bool open(Entry& entry, const Item& item);
    void field(Entry& entry, const Item& item, const EntryPart& part);
    void common(Entry& entry, const EntryPart& part);
    void put(std::string_view key, std::string value) {
        out_.front.emplace_back(folder_ + std::string{key}, std::move(value));
    }

    Report& report_;
    ServedDevice out_;
    std::string folder_;
    int devices_ = 0, streams_ = 0;
    bool has_card_ = false;
};

bool Card::open(Entry& entry, const Item& item) {
    if (&item == &kCard) {
        if (has_card_) entry.error(entry.span, "a list is one card");
        has_card_ = true;
    } else if (&item == &kPcm) {
        folder_ = fmt::format("{}/", devices_++);
        streams_ = 0;
    } else if (devices_ == 0) {
        entry.error(entry.span, "a stream follows the pcm that it belongs to");
    } else {
        folder_ = fmt::format("{}/{}/", devices_ - 1, streams_++);
    }
    return !entry.broken;
}

void Card::common(Entry& entry, const EntryPart& part) {
    const bool list = part.key.starts_with("sample");
    std::string value = part.value;
    std::ranges::replace(value, ';', ',');
    std::string_view rest = value;
    while (!rest.empty()) {
        const auto one = rest.substr(0, rest.find(','));
        rest.remove_prefix(std::min(one.size() + 1, rest.size()));
        const bool good = same_name(part.key, "sample-formats")
                              ? std::ranges::find(kFormats, one) != kFormats.end()
                              : parse_number(one, Base::kDecimal).has_value();
        if (!good || (!list && !rest.empty()))
            return entry.error(part.value_span,
                               fmt::format("{}: `{}` is none", part.key, shown(one)));
    }
    put(part.key, std::move(value));
}

void Card::field(Entry& entry, const Item& item, const EntryPart& part) {
    const auto is = [&](std::string_view name) {
        return !name.empty() && same_name(name, part.key);
    };
    if (std::ranges::any_of(kCommon, is)) return common(entry, part);
    if (!std::ranges::any_of(item.own, is)) {
        std::vector<std::string_view> names{kCommon.begin(), kCommon.end()};
        std::ranges::copy_if(item.own, std::back_inserter(names),
                             [](std::string_view name) { return !name.empty(); });
        return unknown_part(entry, part, names);
    }
    if (is("backend")) {
        if (!part.value.empty()) out_.backend = part.value;
        return;
    }
    if (is("type")) {
        if (!is_word(part.value, "p") && !is_word(part.value, "c"))
            return entry.error(part.value_span, fmt::format("`{}` is no type", shown(part.value)),
                               "p (playback) or c (capture)");
        return put("type", is_word(part.value, "p") ? "p" : "c");
    }
    put(part.key, part.value);
}

bool Card::add(const Value& value) {
    auto entry = split_entry(value, "vsnd", {}, report_);
    if (!entry || entry->broken) return false;
    if (entry->parts.empty() || entry->parts.front().has_value) {
        entry->error(entry->span, "an item begins with what it is", "card, pcm or stream");
        return false;
    }
    const auto& first = entry->parts.front();
    const auto items = std::array{&kCard, &kPcm, &kStream};
    const auto found = std::ranges::find_if(
        items, [&](const Item* item) { return is_word(first.key, item->name); });
    if (found == items.end()) {
        entry->error(first.span, fmt::format("`{}` is no item", shown(first.key)),
                     "card, pcm or stream");
        return false;
    }
    if (!open(*entry, **found)) return false;
    for (const EntryPart& part : std::span{entry->parts}.subspan(1)) field(*entry, **found, part);
    const auto has = [&](std::string_view name) {
        return std::ranges::any_of(entry->parts,
                                   [&](const auto& part) { return same_name(name, part.key); });
    };
    if (*found == &kStream && (!has("unique-id") || !has("type")))
        entry->error(entry->span, "a stream needs `unique-id` and `type`");
    return !entry->broken;
}

bool Card::is_whole(const Value& value) {
    if (has_card_ && devices_ > 0) return true;
    report_.error(
        value.span, "vsnd: a card and at least one pcm are needed",
        "[ \"card, short-name=Main\", \"pcm, name=Main\", \"stream, unique-id=0, type=p\" ]");
    return false;
}

}  // namespace

std::optional<ServedDevice> read_sound_card(const Value& value, Report& report) {
    std::vector<const Value*> items;
    flatten(value, items);
    Card card{report};
    bool good = true;
    for (const Value* item : items) good = card.add(*item) && good;
    if (!good || !card.is_whole(value)) return std::nullopt;
    return card.take();
}

}  // namespace zeroth::config
