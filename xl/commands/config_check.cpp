// SPDX-License-Identifier: Apache-2.0
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "daemon/api/reference_json.hpp"
#include "libdomain/plan/make_plan.hpp"
#include "xl/commands/commands.hpp"
#include "xl/config_file.hpp"

namespace zeroth::xl {
namespace {

namespace json = boost::json;

constexpr Option kOptions[]{kJson};

json::object as_json(const config::Diagnostic& diagnostic) {
    constexpr const char* kSeverities[]{"error", "warning", "note"};
    json::object object{{"severity", kSeverities[static_cast<std::size_t>(diagnostic.severity)]},
                        {"line", diagnostic.where.line},
                        {"column", diagnostic.where.column},
                        {"length", diagnostic.where.length},
                        {"message", json::string(diagnostic.message)}};
    if (!diagnostic.help.empty()) object.emplace("help", json::string(diagnostic.help));
    return object;
}

/// One file's verdict as JSON; `good` tells whether `create` would take it.
json::object check_as_json(const std::string& file, bool& good) {
    json::object verdict{{"file", json::string(file)}};
    const auto text = read_config({.file = file, .settings = {}});
    good = false;
    if (!text) {
        verdict.emplace("ok", false);
        verdict.emplace("error", json::string(text.error().text()));
        return verdict;
    }
    config::Parsed parsed = config::parse(text->source, text->form);
    good = !config::has_errors(parsed.diagnostics);
    if (good) {
        for (auto& sentence : plan::not_yet_honoured(*parsed.config))
            parsed.diagnostics.push_back({.where = {}, .message = std::move(sentence), .help = {}});
        good = !config::has_errors(parsed.diagnostics);
    }
    verdict.emplace("ok", good);
    json::array diagnostics;
    for (const auto& diagnostic : parsed.diagnostics) diagnostics.push_back(as_json(diagnostic));
    verdict.emplace("diagnostics", std::move(diagnostics));
    return verdict;
}

bool check(Context& context, const std::string& file) {
    const auto text = read_config({.file = file, .settings = {}});
    if (!text) {
        context.err.print("Failed to read config file: {}\n", text.error().text());
        return false;
    }
    const auto config = parse_config(context, *text);
    if (!config) return false;
    const auto refused = plan::not_yet_honoured(*config);
    for (const auto& sentence : refused) context.err.print("{}: error: {}\n", file, sentence);
    if (!refused.empty()) return false;
    context.out.print("{}: ok\n", file);
    return true;
}

Result<int> run(Context& context, const Arguments& arguments) {
    bool all_good = true;
    json::array verdicts;
    for (const std::string_view word : arguments.words()) {
        bool good = false;
        if (arguments.has(kJsonKey))
            verdicts.push_back(check_as_json(std::string{word}, good));
        else
            good = check(context, std::string{word});
        all_good = all_good && good;
    }
    if (arguments.has(kJsonKey)) context.out.write(api::print_reference(verdicts));
    return all_good ? kSuccess : kFailure;
}

}  // namespace

constinit const Command kConfigCheck{.name = "config-check",
                                     .usage = "[options] <ConfigFile, ...>",
                                     .summary = "Check configuration files without xld or Xen",
                                     .can_dry_run = false,
                                     .changes_host = false,
                                     .least_words = 1,
                                     .most_words = kAnyNumber,
                                     .options = kOptions,
                                     .run = run};

}  // namespace zeroth::xl
