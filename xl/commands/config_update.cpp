// SPDX-License-Identifier: Apache-2.0
#include <boost/json/serialize.hpp>

#include "daemon/api/reference_json.hpp"
#include "xl/commands/commands.hpp"
#include "xl/config_file.hpp"
#include "xl/remote.hpp"

namespace zeroth::xl {
namespace {

constexpr Option kOptions[]{
    {'f', "defconfig", "FILE", "read this file"},
    {'d', nullptr, nullptr, "print the configuration as JSON on stderr as well"},
};

Result<int> run(Context& context, const Arguments& arguments) {
    const auto& words = arguments.words();
    const auto domain = words[0];
    const auto sorted = sort_words(std::span{words}.subspan(1), arguments.value('f').value_or(""));
    if (!sorted) {
        print_error(context, sorted.error());
        print_help(context.out, kConfigUpdate);
        return kUsage;
    }
    if (sorted->file.empty() && sorted->settings.empty()) {
        context.err.write("Config file not specified and none in save file\n");
        return kFailure;
    }
    context.err.write(
        "WARNING: xl now has better capability to manage domain configuration, avoid using this "
        "command when possible\n");
    ZEROTH_TRY(const Reply known, call_domain(context, domain, ""));
    if (known.status == 404) return no_such_domain(context, domain);
    ZEROTH_TRY(const api::Domain facts, decoded<api::Domain>(known));
    int status = kSuccess;
    auto config = load_config(context, *sorted, true, status);
    if (!config) return kFailure;
    make_paths_absolute(*config);
    if (context.dry_run || arguments.has('d')) {
        const auto json = api::reference_json(*config, config->uuid.value_or(facts.uuid));
        (context.dry_run ? context.out : context.err).write(api::print_reference(json));
    }
    if (context.dry_run) return kSuccess;
    if (config->name != facts.name || config->uuid.value_or(facts.uuid) != facts.uuid) {
        context.err.write("warning: the domain keeps its name and its UUID\n");
    }
    context.err.print("setting dom{} configuration\n", facts.domid);
    const auto body = boost::json::serialize(api::encode(api::ConfigRequest{*std::move(config)}));
    ZEROTH_TRY(const Reply reply, call_domain(context, domain, "/config",
                                              {.method = "PUT", .target = {}, .body = body}));
    if (!reply.ok()) return fail(problem_of(reply).within("failed to update configuration"));
    return kSuccess;
}

}  // namespace

constinit const Command kConfigUpdate{.name = "config-update",
                                      .usage = "<Domain> <ConfigFile> [options] [key=value, ...]",
                                      .summary = "Set the configuration of a domain's next life",
                                      .can_dry_run = true,
                                      .changes_host = true,
                                      .least_words = 1,
                                      .most_words = kAnyNumber,
                                      .options = kOptions,
                                      .run = run};

}  // namespace zeroth::xl
