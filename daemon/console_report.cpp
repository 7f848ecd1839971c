// SPDX-License-Identifier: Apache-2.0
#include "daemon/console_report.hpp"

#include <fmt/format.h>

#include <array>

#include "daemon/events.hpp"
#include "libdomain/console/log_name.hpp"

namespace zeroth::daemon {
namespace {

using Kind = MetricsPage::Kind;
using What = console::Happening::What;

event::Kind kind_of(What what) {
    switch (what) {
        case What::kAttached:
            return event::kConsoleAttached;
        case What::kDetached:
            return event::kConsoleDetached;
        case What::kDropped:
            break;
    }
    return event::kConsoleDropped;
}

std::string which(const console::Key& key) {
    return fmt::format("{} {}", zeroth::console::name_of(key.kind), key.number);
}

struct Family {
    const char* name;
    Kind kind;
    const char* help;
};
/// In the order of `values_of`.
constexpr std::array<Family, 5> kFamilies{{
    {"xld_console_output_bytes_total", Kind::kCounter, "What the guest printed."},
    {"xld_console_input_bytes_total", Kind::kCounter, "What was typed."},
    {"xld_console_held_up_total", Kind::kCounter,
     "How often the guest had to wait, as it printed too much."},
    {"xld_console_missed_bytes_total", Kind::kCounter,
     "What those who watched were not shown, as they read too slowly."},
    {"xld_console_viewers", Kind::kGauge, "Streams that show it; terminals are not counted."},
}};

std::array<double, kFamilies.size()> values_of(const console::Console::Numbers& numbers) {
    return {static_cast<double>(numbers.output), static_cast<double>(numbers.input),
            static_cast<double>(numbers.held_up), static_cast<double>(numbers.missed),
            static_cast<double>(numbers.viewers)};
}

void write_dropped(MetricsPage& page, const console::Dropped& dropped, const Labels& labels) {
    page.family("xld_console_dropped_bytes_total", Kind::kCounter,
                "What the guest printed and its log lacks: rotated away, or never written.");
    const auto sample = [&](const char* reason, std::uint64_t bytes) {
        auto with_reason = labels;
        with_reason.emplace_back("reason", reason);
        page.sample(with_reason, static_cast<double>(bytes));
    };
    sample("rotated", dropped.rotated);
    sample("unwritten", dropped.unwritten);
}

}  // namespace

api::Event to_event(const console::Happening& happening) {
    api::Event event;
    event.kind = kind_of(happening.what);
    event.domid = happening.key.domain.raw();
    event.uuid = happening.owner.uuid.text();
    event.name = happening.owner.name;
    event.code = happening.code.empty() ? which(happening.key) : happening.code;
    event.detail = happening.detail;
    return event;
}

void collect_consoles(MetricsPage& page, console::Service& consoles) {
    const auto served = consoles.list();
    if (!served) return;
    page.family("xld_consoles", Kind::kGauge, "Consoles that are served.");
    page.sample({}, static_cast<double>(served->size()));
    for (const auto& console : *served) {
        const Labels labels{{"domid", fmt::to_string(console.key.domain.raw())},
                            {"name", console.owner.name},
                            {"uuid", console.owner.uuid.text()},
                            {"console", which(console.key)}};
        const auto values = values_of(console.numbers);
        for (std::size_t i = 0; i < kFamilies.size(); ++i) {
            page.family(kFamilies[i].name, kFamilies[i].kind, kFamilies[i].help);
            page.sample(labels, values[i]);
        }
        write_dropped(page, console.numbers.dropped, labels);
    }
}

}  // namespace zeroth::daemon
