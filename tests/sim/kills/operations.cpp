// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <boost/json/serialize.hpp>

#include "daemon/api/json.hpp"
#include "libdomain/config/parse.hpp"
#include "tests/sim/kills/matrix.hpp"

namespace zeroth::testing {
namespace {

constexpr std::string_view kVictim = "victim";

std::string create_request(std::string_view name, std::string_view kernel) {
    config::Source source;
    source.name = "test";
    source.text = fmt::format("name=\"{}\"\nkernel=\"{}\"\nmemory=8\nvcpus=1\n", name, kernel);
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

Result<> make(World& world, std::string_view name) {
    ZEROTH_TRY(const auto reply,
               world.ask("POST", "/v1/domains", create_request(name, "sim:linux")));
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

/// The victim is not there, or it runs; and then it is destroyed.
std::vector<std::string> whole_or_gone(World& world) {
    const auto domain = find(world, kVictim);
    if (!domain) return {domain.error().text()};
    if (!*domain) return {};
    std::vector<std::string> complaints;
    if (!soon([&] { return is_up(world, (*domain)->domid); }, 5)) {
        complaints.emplace_back("the victim is there, and is not up");
    }
    const auto reply = world.ask("DELETE", fmt::format("/v1/domains/{}", kVictim));
    if (!reply) complaints.push_back(reply.error().text());
    if (reply && !reply->ok()) complaints.push_back(reply->body);
    return complaints;
}

Result<> nothing(World&) { return {}; }

}  // namespace

const std::vector<Operation>& operations() {
    static const std::vector<Operation> all{
        {"create", &nothing,
         [](World& world) {
             static_cast<void>(
                 world.ask("POST", "/v1/domains", create_request(kVictim, "sim:linux")));
         },
         &whole_or_gone},
        {"destroy", [](World& world) { return make(world, kVictim); },
         [](World& world) {
             static_cast<void>(world.ask("DELETE", fmt::format("/v1/domains/{}", kVictim)));
         },
         &whole_or_gone},
    };
    return all;
}

}  // namespace zeroth::testing
