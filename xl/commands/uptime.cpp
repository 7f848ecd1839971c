// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <ctime>

#include "daemon/api/reference_json.hpp"
#include "xl/commands/commands.hpp"
#include "xl/remote.hpp"

namespace zeroth::xl {
namespace {

constexpr Option kOptions[]{
    {'s', "short", nullptr, "one line as uptime(1) has it, with the time of day"},
    kJson,
};

enum class Seconds { kNo, kYes };

std::string duration(std::uint64_t seconds, Seconds with_seconds) {
    const std::uint64_t days = seconds / 86400;
    std::string text;
    if (days > 0) text = fmt::format("{} day{}, ", days, days > 1 ? "s" : "");
    text += fmt::format("{:>2}:{:02}", seconds / 3600 % 24, seconds / 60 % 60);
    if (with_seconds == Seconds::kYes) text += fmt::format(":{:02}", seconds % 60);
    return text;
}

std::string time_of_day() {
    const std::time_t now = std::time(nullptr);
    std::tm broken_down{};
    std::array<char, 16> text{};
    if (::localtime_r(&now, &broken_down) != nullptr)
        std::strftime(text.data(), text.size(), "%H:%M:%S", &broken_down);
    return text.data();
}

void print_domains(Output& out, const std::vector<api::Domain>& domains, bool brief) {
    const std::string now = brief ? time_of_day() : "";
    if (!brief) out.print("{:<33} {:>4} {}\n", "Name", "ID", "Uptime");
    for (const api::Domain& domain : domains) {
        const auto up = [&](Seconds with_seconds) {
            return domain.uptime_seconds ? duration(*domain.uptime_seconds, with_seconds)
                                         : std::string{"-"};
        };
        if (brief)
            out.print(" {} up {}, {} ({})\n", now, up(Seconds::kNo), domain.name, domain.domid);
        else
            out.print("{:<33} {:>4} {}\n", domain.name, domain.domid, up(Seconds::kYes));
    }
}

Result<int> run(Context& context, const Arguments& arguments) {
    std::vector<api::Domain> domains;
    int status = kSuccess;
    if (arguments.words().empty()) {
        ZEROTH_TRY(const Reply reply,
                   call(context, {.target = "/v1/domains?uptime=true", .body = {}}));
        ZEROTH_TRY(domains, decoded<std::vector<api::Domain>>(reply));
    }
    for (const std::string_view word : arguments.words()) {
        ZEROTH_TRY(const Reply reply, call_domain(context, word, "?uptime=true"));
        if (reply.status == 404) {
            status = no_such_domain(context, word);
            continue;
        }
        ZEROTH_TRY(api::Domain domain, decoded<api::Domain>(reply));
        domains.push_back(std::move(domain));
    }
    if (status != kSuccess && domains.empty()) return status;
    if (arguments.has(kJsonKey))
        context.out.write(api::print_reference(api::encode(domains)));
    else
        print_domains(context.out, domains, arguments.has('s'));
    return status;
}

}  // namespace

constinit const Command kUptime{.name = "uptime",
                                .usage = "[options] [Domain, ...]",
                                .summary = "Print for how long all or some domains have been up",
                                .can_dry_run = false,
                                .changes_host = false,
                                .least_words = 0,
                                .most_words = kAnyNumber,
                                .options = kOptions,
                                .run = run};

}  // namespace zeroth::xl
