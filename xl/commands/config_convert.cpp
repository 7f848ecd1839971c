// SPDX-License-Identifier: Apache-2.0
#include "xl/commands/commands.hpp"
#include "xl/config_file.hpp"

namespace zeroth::xl {
namespace {

constexpr int kToKey = 257;
constexpr Option kOptions[]{
    {kToKey, "to", "FORM", "xl or toml; without it, the form that the file has not"},
};

Result<int> run(Context& context, const Arguments& arguments) {
    const auto words = sort_words(arguments.words(), "");
    if (!words) {
        print_error(context, words.error());
        return kUsage;
    }
    const std::string_view to = arguments.value(kToKey).value_or("");
    if (!to.empty() && to != "xl" && to != "toml") {
        context.err.print("xl: `{}' is no form of a config: it is xl or toml\n", to);
        return kUsage;
    }
    const auto text = read_config(*words);
    if (!text) {
        context.err.print("Failed to read config file: {}\n", text.error().text());
        return kCreateFailed;
    }
    const auto config = parse_config(context, *text);
    if (!config) return kFailure;
    const bool to_toml = to.empty() ? text->form == config::Form::kXl : to == "toml";
    context.out.write(to_toml ? config::to_toml(*config) : config::to_xl(*config));
    return kSuccess;
}

}  // namespace

constinit const Command kConfigConvert{
    .name = "config-convert",
    .usage = "[options] <ConfigFile> [key=value, ...]",
    .summary = "Print a configuration in its other form, xl.cfg or TOML",
    .can_dry_run = false,
    .changes_host = false,
    .least_words = 1,
    .most_words = kAnyNumber,
    .options = kOptions,
    .run = run};

}  // namespace zeroth::xl
