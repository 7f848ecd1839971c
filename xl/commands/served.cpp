// SPDX-License-Identifier: Apache-2.0
// Keyboards, displays and sound cards, which programs serve.
#include <algorithm>
#include <boost/json/object.hpp>
#include <cstdlib>
#include <ranges>

#include "daemon/api/device_json.hpp"
#include "daemon/api/reference_json.hpp"
#include "libdomain/config/served_device.hpp"
#include "libdomain/config/utf8.hpp"
#include "libdomain/config/xl_text.hpp"
#include "xl/commands/commands.hpp"
#include "xl/device_commands.hpp"

namespace zeroth::xl {
namespace {

namespace json = boost::json;
using Words = std::vector<std::string_view>;

/// One end of a device, as XenStore has it.
class Nodes {
public:
    Nodes(const json::object& device, const char* end) {
        const auto* const found = device.if_contains(end);
        if (found != nullptr) nodes_ = found->if_object();
    }
    bool has(const std::string& path) const { return find(path) != nullptr; }
    /// Fit to be printed: a guest may have written it.
    std::string text(const std::string& path) const {
        const auto* const value = find(path);
        return value == nullptr ? "" : config::shown(std::string{*value});
    }
    /// -1 for what is none, as the reference prints it.
    long number(const std::string& path) const {
        const auto text = this->text(path);
        char* end = nullptr;
        const auto value = std::strtol(text.c_str(), &end, 10);
        return text.empty() || *end != '\0' ? -1 : value;
    }

private:
    const json::string* find(const std::string& path) const {
        const auto* const value = nodes_ == nullptr ? nullptr : nodes_->if_contains(path);
        return value == nullptr ? nullptr : value->if_string();
    }

    const json::object* nodes_ = nullptr;
};

std::int64_t state_of(const Nodes& front) {
    const auto state = front.number("state");
    return state >= 1 && state <= 8 ? state : -1;
}

void print_keyboard(Output& out, std::size_t, const json::object& device) {
    const Nodes front{device, "frontend_nodes"}, back{device, "backend_nodes"};
    out.print("{:<3} {:<2} {:>6} {:>5} {:>6} {:>6} {:<10} {:<10} {:<30}\n",
              number_of(device, "devid"), number_of(device, "backend_domid"),
              number_of(device, "devid"), state_of(front), front.number("event-channel"),
              front.number("page-gref"), back.text("unique-id"),
              text_of(device, "kind") == "vinput" ? "linux" : "qemu", text_of(device, "backend"));
}

/// "/local/domain/3/device/vdispl/0"
std::string guest_of(const json::object& device) {
    constexpr std::string_view kAbove = "/local/domain/";
    const auto path = text_of(device, "frontend");
    return path.substr(std::min(kAbove.size(), path.size()),
                       path.find('/', kAbove.size()) - kAbove.size());
}

void print_display(Output& out, std::size_t, const json::object& device) {
    const Nodes front{device, "frontend_nodes"};
    out.print("DevId: {}, BE: {}, handle: {}, state: {}, be-alloc: {}, BE-path: {}, FE-path: {}\n",
              number_of(device, "devid"), number_of(device, "backend_domid"), guest_of(device),
              state_of(front), front.text("be-alloc"), text_of(device, "backend"),
              text_of(device, "frontend"));
    for (unsigned index = 0; front.has(fmt::format("{}/unique-id", index)); ++index) {
        const auto at = [index](const char* key) { return fmt::format("{}/{}", index, key); };
        const auto size = front.text(at("resolution"));
        const auto by = std::min(size.find('x'), size.size());
        out.print(
            "\tConnector: {}, id: {}, width: {}, height: {}, req-rref: {}, req-evtch: {}, "
            "evt-rref: {}, evt-evtch: {}\n",
            index, front.text(at("unique-id")), size.substr(0, by),
            size.substr(std::min(by + 1, size.size())), front.number(at("req-ring-ref")),
            front.number(at("req-event-channel")), front.number(at("evt-ring-ref")),
            front.number(at("evt-event-channel")));
    }
}

/// What a card, one of its devices or a stream has of the settings that each may have.
std::string sound_settings(const Nodes& front, const std::string& folder) {
    std::string out;
    for (const char* key :
         {"channels-min", "channels-max", "buffer-size", "sample-rates", "sample-formats"}) {
        auto value = front.text(folder + key);
        std::ranges::replace(value, ',', ';');
        if (!value.empty()) out += fmt::format(", {}: {}", key, value);
    }
    return out;
}

void print_streams(Output& out, const Nodes& front, const std::string& pcm) {
    for (unsigned index = 0;; ++index) {
        const auto folder = fmt::format("{}{}/", pcm, index);
        if (!front.has(folder + "unique-id")) return;
        out.print("\t\tstream: {}, unique-id: \"{}\", type: {}{}\n", index,
                  front.text(folder + "unique-id"), front.text(folder + "type"),
                  sound_settings(front, folder));
        out.print("\t\t\tevent-channel: {}, ring-ref: {}\n", front.number(folder + "event-channel"),
                  front.number(folder + "ring-ref"));
    }
}

void print_sound_card(Output& out, std::size_t, const json::object& device) {
    const Nodes front{device, "frontend_nodes"};
    out.print("\ndevid: {}, be-domid: {}, handle: {}, state: {}, be-path: {}, fe-path: {}\n",
              number_of(device, "devid"), number_of(device, "backend_domid"), guest_of(device),
              state_of(front), text_of(device, "backend"), text_of(device, "frontend"));
    out.print("short-name: \"{}\", long-name: \"{}\"{}\n", front.text("short-name"),
              front.text("long-name"), sound_settings(front, ""));
    for (unsigned index = 0;; ++index) {
        const auto folder = fmt::format("{}/", index);
        if (!front.has(folder + "name") && !front.has(folder + "0/unique-id")) return;
        out.print("\tpcm: {}, name: \"{}\"{}\n", index, front.text(folder + "name"),
                  sound_settings(front, folder));
        print_streams(out, front, folder);
    }
}

/// The words after the domain's are parts of one entry.
std::string one_entry(const Words& words) { return entry_of(words); }

/// Each word after the domain's is an item of a list: a card, a device, a stream.
std::string list_of_items(const Words& words) {
    config::Value list;
    list.kind = config::Value::Kind::kList;
    for (const auto word : words | std::views::drop(1)) {
        auto& item = list.elements.emplace_back();
        item.kind = config::Value::Kind::kString;
        item.text = word;
    }
    return config::xl_text(list);
}

/// What the three families differ in. Their lists are called as their commands are.
struct Family {
    const char* list;
    std::string (*entry)(const Words& words);
    const char* header;
    PrintRow print;
    const char *not_added, *not_removed;
};
constexpr Family kKeyboards{
    "vkb",
    one_entry,
    "Idx BE handle state evt-ch    ref ID         BE-type    BE-path                       \n",
    print_keyboard,
    "libxl_device_vkb_add failed.",
    "libxl_device_vkb_remove failed."};
constexpr Family kDisplays{"vdispl",
                           one_entry,
                           "",
                           print_display,
                           "libxl_device_vdispl_add failed.",
                           "libxl_device_vdispl_remove failed."};
constexpr Family kSoundCards{"vsnd",
                             list_of_items,
                             "",
                             print_sound_card,
                             "libxl_device_vsnd_add failed.",
                             "libxl_device_vsnd_remove failed."};

template <const Family& kFamily>
Result<int> attach(Context& context, const Arguments& arguments) {
    const config::OtherDevice entry{kFamily.list, kFamily.entry(arguments.words())};
    const auto parsed = config::parse_served(entry);
    if (!accept_entry(context, config::entry_source(entry), parsed.diagnostics) || !parsed.device)
        return kFailure;
    if (context.dry_run) {
        context.out.print("{}: {}\n", kFamily.list,
                          api::print_reference(api::reference_served(entry, std::nullopt)));
        return kSuccess;
    }
    return attach_device(context, arguments.words()[0], "served", api::encode(entry),
                         kFamily.not_added);
}

template <const Family& kFamily>
Result<int> list(Context& context, const Arguments& arguments) {
    return list_devices(context, arguments, fmt::format("served?key={}", kFamily.list),
                        kFamily.header, kFamily.print);
}

template <const Family& kFamily>
Result<int> detach(Context& context, const Arguments& arguments) {
    const auto& words = arguments.words();
    return detach_device(
        context, words[0], fmt::format("served/{}", kFamily.list), words[1], arguments.has('f'),
        fmt::format("Error: Device {} not connected.", words[1]), kFamily.not_removed);
}

}  // namespace

constinit const Command kVkbAttach =
    attach_command({"vkb-attach", "<Domain> <vkb entry, or its parts>",
                    "Give a domain one more keyboard or pointer"},
                   2, attach<kKeyboards>);
constinit const Command kVkbList = list_command(
    {"vkb-list", "[options] <Domain(s)>", "List the keyboards and pointers of domains"},
    list<kKeyboards>);
constinit const Command kVkbDetach = detach_command(
    {"vkb-detach", "[options] <Domain> <DevId>", "Take a keyboard or pointer away from a domain"},
    detach<kKeyboards>);

constinit const Command kVdisplAttach = attach_command(
    {"vdispl-attach", "<Domain> <vdispl entry, or its parts>", "Give a domain one more display"}, 2,
    attach<kDisplays>);
constinit const Command kVdisplList = list_command(
    {"vdispl-list", "[options] <Domain(s)>", "List the displays of domains"}, list<kDisplays>);
constinit const Command kVdisplDetach = detach_command(
    {"vdispl-detach", "[options] <Domain> <DevId>", "Take a display away from a domain"},
    detach<kDisplays>);

constinit const Command kVsndAttach = attach_command(
    {"vsnd-attach", "<Domain> <card> <pcm> <stream> ...", "Give a domain one more sound card"}, 2,
    attach<kSoundCards>);
constinit const Command kVsndList = list_command(
    {"vsnd-list", "[options] <Domain(s)>", "List the sound cards of domains"}, list<kSoundCards>);
constinit const Command kVsndDetach = detach_command(
    {"vsnd-detach", "[options] <Domain> <DevId>", "Take a sound card away from a domain"},
    detach<kSoundCards>);

}  // namespace zeroth::xl
