// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <signal.h>

#include <algorithm>
#include <boost/json/serialize.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "daemon/api/json.hpp"
#include "libdomain/config/parse.hpp"
#include "tests/sim/kills/matrix.hpp"

namespace zeroth::testing {
namespace {

constexpr std::string_view kVictim = "victim";

std::string create_request(std::string_view name, std::string_view kernel,
                           std::string_view more = {}) {
    config::Source source;
    source.name = "test";
    source.text =
        fmt::format("name=\"{}\"\nkernel=\"{}\"\nmemory=8\nvcpus=1\n{}", name, kernel, more);
    api::CreateRequest request;
    request.config = *config::parse(source, config::Form::kXl).config;
    return boost::json::serialize(api::encode(request));
}

Result<std::optional<api::Domain>> find(World& world, std::string_view name) {
    ZEROTH_TRY(const auto domains, domains_of(world));
    const auto found = std::ranges::find(domains, name, &api::Domain::name);
    return found == domains.end() ? std::nullopt : std::optional{*found};
}

/// The guest says so itself.
bool is_up(World& world, std::uint32_t domid) {
    const auto value =
        world.store().value(fmt::format("/local/domain/{}/control/feature-poweroff", domid));
    return value && *value == "1";
}

/// Two, so that one may be up when the other is not.
constexpr std::string_view kDevices = "vif=['bridge=br0', 'bridge=virbr0']\n";

Result<> make(World& world, std::string_view name, std::string_view kernel,
              std::string_view more = {}) {
    ZEROTH_TRY(const auto reply,
               world.ask("POST", "/v1/domains", create_request(name, kernel, more)));
    if (reply.body.find("\"done\"") == std::string::npos) {
        return fail(fmt::format("create {}: {}", name, reply.body));
    }
    ZEROTH_TRY(const auto domain, find(world, name));
    if (!domain) return fail(fmt::format("{} is not listed", name));
    if (!soon([&] { return is_up(world, domain->domid); })) {
        return fail(fmt::format("{} does not come up", name));
    }
    return {};
}
Result<> make_victim(World& world) { return make(world, kVictim, "sim:linux"); }
Result<> make_connected_victim(World& world) { return make(world, kVictim, "sim:linux", kDevices); }

void destroy(World& world, std::string_view name, std::vector<std::string>& complaints) {
    const auto reply = world.ask("DELETE", fmt::format("/v1/domains/{}", name));
    if (!reply) complaints.push_back(reply.error().text());
    if (reply && !reply->ok()) complaints.push_back(reply->body);
}

/// The victim is not there, or it runs; and then it is destroyed.
std::vector<std::string> whole_or_gone(World& world) {
    const auto domain = find(world, kVictim);
    if (!domain) return {domain.error().text()};
    if (!*domain) return {};
    std::vector<std::string> complaints;
    if (!soon([&] { return is_up(world, (*domain)->domid); }, 5)) {
        complaints.emplace_back("the victim is there, and is not up");
    }
    destroy(world, kVictim, complaints);
    return complaints;
}

/// Its present life is another than the one that `before` had, and is up.
bool lives_again(World& world, std::uint32_t before) {
    const auto domain = find(world, kVictim);
    return domain && *domain && (*domain)->domid != before && is_up(world, (*domain)->domid);
}

Result<> nothing(World&) { return {}; }

void create_victim(World& world) {
    static_cast<void>(world.ask("POST", "/v1/domains", create_request(kVictim, "sim:linux")));
}

void create_connected_victim(World& world) {
    static_cast<void>(
        world.ask("POST", "/v1/domains", create_request(kVictim, "sim:linux", kDevices)));
}

void destroy_victim(World& world) {
    std::vector<std::string> complaints;
    destroy(world, kVictim, complaints);
}

Result<> make_victim_again(World& world) {
    ZEROTH_CHECK(make_victim(world));
    ZEROTH_TRY(const auto domain, find(world, kVictim));
    world.remember(domain->domid);
    return {};
}

/// As `xl reboot` has it; whoever sees to the next life may be killed at it.
void reboot_victim(World& world) {
    const auto path = fmt::format("/local/domain/{}/control/shutdown", world.remembered());
    static_cast<void>(world.store().write(path, "reboot"));
    soon([&] { return !world.xld_runs() || lives_again(world, world.remembered()); });
}

std::vector<std::string> has_rebooted(World& world) {
    std::vector<std::string> complaints;
    if (!soon([&] { return lives_again(world, world.remembered()); })) {
        complaints.emplace_back("the victim has no next life");
    }
    destroy(world, kVictim, complaints);
    return complaints;
}

/// xld is away when the guest ends.
void end_while_away(World& world, std::string_view how) {
    ::kill(world.xld_pid(), SIGKILL);
    static_cast<void>(world.wait_for_end_of_xld());
    static_cast<void>(world.tell_machine(fmt::format("end {} {}", world.remembered(), how)));
}
void crash_while_away(World& world) { end_while_away(world, "crash"); }
void reboot_while_away(World& world) { end_while_away(world, "reboot"); }

std::vector<std::string> is_gone(World& world) {
    const auto gone = soon([&] {
        const auto domain = find(world, kVictim);
        return domain && !*domain;
    });
    return gone ? std::vector<std::string>{}
                : std::vector<std::string>{"the victim is still there"};
}

/// Another guest's end has xld look at what there is, and find one that Xen has made.
constexpr std::string_view kDecoy = "decoy";

Result<> make_decoy(World& world) {
    ZEROTH_CHECK(make(world, kDecoy, "sim:linux"));
    ZEROTH_TRY(const auto domain, find(world, kDecoy));
    world.remember(domain->domid);
    return {};
}

Result<std::optional<api::Domain>> find_adopted(World& world) {
    ZEROTH_TRY(const auto domains, domains_of(world));
    const auto found = std::ranges::find_if(
        domains, [](const auto& domain) { return domain.name.starts_with("dom0less-"); });
    return found == domains.end() ? std::nullopt : std::optional{*found};
}

bool is_adopted(World& world) {
    const auto domain = find_adopted(world);
    return domain && *domain && is_up(world, (*domain)->domid);
}

void adopt_one(World& world) {
    static_cast<void>(world.tell_machine("dom0less linux enhanced"));
    static_cast<void>(world.tell_machine(fmt::format("end {} poweroff", world.remembered())));
    soon([&] { return !world.xld_runs() || is_adopted(world); });
}

std::vector<std::string> has_adopted_one(World& world) {
    std::vector<std::string> complaints;
    if (!soon([&] { return is_adopted(world); })) {
        return {"the domain that Xen made is not adopted, or has no XenStore"};
    }
    const auto gone = [&] {
        const auto decoy = find(world, kDecoy);
        return decoy && !*decoy;
    };
    if (!soon(gone)) complaints.emplace_back("the decoy is still there");
    if (const auto domain = find_adopted(world)) destroy(world, (*domain)->name, complaints);
    return complaints;
}

/// Prints so many lines a second, each with its number.
constexpr std::string_view kTalker = "talker", kTalkerKernel = "sim:chatter,rate=200";

/// The numbers of the lines in the talker's log, in their order; what is no such line is passed
/// over, and so is the last, of which a part may be missing.
std::vector<std::uint64_t> talk(World& world) {
    constexpr std::string_view kLine = "line ";
    std::vector<std::uint64_t> numbers;
    std::ifstream file{world.path(fmt::format("consoles/guest-{}.log", kTalker))};
    std::string line;
    while (std::getline(file, line) && !file.eof()) {
        if (!line.starts_with(kLine)) continue;
        numbers.push_back(std::strtoull(line.c_str() + kLine.size(), nullptr, 10));
    }
    return numbers;
}

bool talks_on(World& world, std::size_t lines) {
    const auto before = talk(world).size();
    return soon([&] { return !world.xld_runs() || talk(world).size() >= before + lines; });
}

Result<> make_talker(World& world) {
    std::filesystem::remove(world.path(fmt::format("consoles/guest-{}.log", kTalker)));
    return make(world, kTalker, kTalkerKernel);
}

void listen_to_talker(World& world) { talks_on(world, 40); }

std::vector<std::string> lost_no_line(World& world) {
    std::vector<std::string> complaints;
    if (!talks_on(world, 40)) complaints.emplace_back("the talker's log does not go on");
    const auto numbers = talk(world);
    for (std::size_t i = 0; i < numbers.size(); ++i) {
        if (numbers[i] == i) continue;
        complaints.push_back(fmt::format("line {} is where line {} should be", numbers[i], i));
        break;
    }
    destroy(world, kTalker, complaints);
    return complaints;
}

}  // namespace

const std::vector<Operation>& operations() {
    static const std::vector<Operation> all{
        {"create", &nothing, &create_victim, &whole_or_gone},
        {"destroy", &make_victim, &destroy_victim, &whole_or_gone},
        {"create-connected", &nothing, &create_connected_victim, &whole_or_gone},
        {"destroy-connected", &make_connected_victim, &destroy_victim, &whole_or_gone},
        {"reboot", &make_victim_again, &reboot_victim, &has_rebooted},
        {"adopt", &make_decoy, &adopt_one, &has_adopted_one},
        {"console", &make_talker, &listen_to_talker, &lost_no_line},
        {"crash-while-away", &make_victim_again, &crash_while_away, &is_gone,
         Operation::Killer::kOperation},
        {"reboot-while-away", &make_victim_again, &reboot_while_away, &has_rebooted,
         Operation::Killer::kOperation},
    };
    return all;
}

}  // namespace zeroth::testing
