// SPDX-License-Identifier: Apache-2.0
#include "tests/sim/kills/checks.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>

#include "daemon/api/json.hpp"

namespace zeroth::testing {
namespace {

using Names = std::set<std::string>;

Names children(World& world, const std::string& path) {
    const auto names = world.store().names(path);
    return names ? Names{names->begin(), names->end()} : Names{};
}

Names files_in(const std::string& folder) {
    Names names;
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator{folder, error}) {
        names.insert(entry.path().filename().string());
    }
    return names;
}

void compare(const Names& found, const Names& expected, std::string_view what,
             std::vector<std::string>& complaints) {
    if (found == expected) return;
    complaints.push_back(fmt::format("{}: {} instead of {}", what, found, expected));
}

/// Whose records there are: those of the lines that are not crossed out.
Names recorded(const std::string& path) {
    constexpr std::string_view kKey = "\"uuid\":\"";
    Names uuids;
    std::ifstream file{path};
    for (std::string line; std::getline(file, line);) {
        const auto key = line.find(kKey);
        if (!line.starts_with(' ') && key != line.npos)
            uuids.insert(line.substr(key + kKey.size(), 36));
    }
    return uuids;
}

/// The files that the reference's tools look for: one for each domain, and no others.
Names userdata_of(const std::vector<api::Domain>& domains) {
    Names names;
    for (const auto& domain : domains) {
        names.insert(fmt::format("userdata-d.{}.{}.libxl-json", domain.domid, domain.uuid.text()));
    }
    return names;
}

}  // namespace

Baseline baseline_of(World& world) {
    return {world.machine().free_pages(), world.machine().live_mappings(),
            world.machine().live_ports()};
}

Result<std::vector<api::Domain>> domains_of(World& world) {
    ZEROTH_TRY(const auto reply, world.ask("GET", "/v1/domains"));
    ZEROTH_TRY(const auto value, api::parse_json(reply.body));
    return api::decode<std::vector<api::Domain>>(value);
}

std::vector<std::string> contradictions(World& world) {
    std::vector<std::string> complaints;
    const auto domains = domains_of(world);
    if (!domains) return {domains.error().text()};
    Names ids, guests, consoles, uuids, machine;
    for (const auto id : world.machine().domains()) machine.insert(std::to_string(id.raw()));
    for (const auto& domain : *domains) {
        const auto id = std::to_string(domain.domid);
        ids.insert(id);
        if (domain.name.empty() && domain.domid != 0) complaints.push_back(id + " has no name");
        if (domain.paused) complaints.push_back(domain.name + " is paused");
        if (domain.dying) complaints.push_back(domain.name + " is dying");
        if (domain.domid == 0) continue;
        guests.insert(id);
        // One that Xen made has none.
        if (!domain.name.starts_with("dom0less-")) consoles.insert(id);
        uuids.insert(domain.uuid.text());
    }
    compare(ids, machine, "xl list, against the machine", complaints);
    auto homes = children(world, "/local/domain");
    homes.erase("0");
    compare(homes, guests, "/local/domain", complaints);
    compare(children(world, "/vm"), uuids, "/vm", complaints);
    compare(children(world, "/libxl"), guests, "/libxl", complaints);
    compare(children(world, "/local/domain/0/backend/console"), consoles, "backend/console",
            complaints);
    for (const auto* kind : {"vif", "vbd"}) {
        for (const auto& id : children(world, fmt::format("/local/domain/0/backend/{}", kind))) {
            if (!guests.contains(id))
                complaints.push_back(fmt::format("backend/{}/{} is nobody's", kind, id));
        }
    }
    compare(files_in(world.path("userdata")), userdata_of(*domains), "userdata", complaints);
    compare(recorded(world.path("state/records")), uuids, "records", complaints);
    return complaints;
}

std::vector<std::string> leftovers(World& world, const Baseline& before) {
    std::vector<std::string> complaints;
    const auto same = [&] {
        const auto now = baseline_of(world);
        return now.free_pages == before.free_pages && now.mappings == before.mappings &&
               now.ports == before.ports;
    };
    if (soon(same, 5)) return complaints;
    const auto now = baseline_of(world);
    const auto tell = [&](std::string_view what, std::uint64_t found, std::uint64_t expected) {
        if (found != expected) {
            complaints.push_back(fmt::format("{}: {} instead of {}", what, found, expected));
        }
    };
    tell("free pages", now.free_pages, before.free_pages);
    tell("mappings", now.mappings, before.mappings);
    tell("ports of dom0", now.ports, before.ports);
    return complaints;
}

}  // namespace zeroth::testing
