// SPDX-License-Identifier: Apache-2.0
#include "daemon/command_line.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <map>

#include "daemon/settings/table.hpp"

namespace zeroth::daemon {
namespace {

/// An option for every setting; what is given goes to `given` under the setting's name.
void add_settings(CLI::App& app, std::map<std::string, std::string>& given) {
    static const Settings kDefaults;
    for (const SettingRow& row : setting_rows()) {
        const std::string name{row.name};
        app.add_option_function<std::string>(
               option_of(row), [&given, name](const std::string& value) { given[name] = value; },
               fmt::format("{} [{}]", row.doc, row.show(kDefaults)))
            ->type_name(std::string{row.value})
            ->group("Settings (each can stand in xld.toml as well)");
    }
}

}  // namespace

std::variant<CommandLine, int> parse_command_line(int argc, char** argv) {
    CommandLine out;
    CLI::App app{"xld: makes and keeps Xen's domains; `xl` and other clients talk to it"};
    app.set_version_flag("--version", ZEROTH_VERSION);
    auto* const file = app.add_option("--config", out.settings.file, "the file of settings")
                           ->capture_default_str()
                           ->type_name("FILE");
    bool check = false, background = false, verbose = false;
    app.add_flag("--check-config", check, "say what is wrong with the settings, and end");
    app.add_flag("--background", background, "return once it serves, and go on in the background");
    app.add_option("--pid-file", out.pid_file, "write the process's id there")->type_name("FILE");
    app.add_option("--log-file", out.log_file, "where --background writes its log")
        ->capture_default_str()
        ->type_name("FILE");
    app.add_flag("-v,--verbose", verbose, "short for --log-level=debug");
    std::map<std::string, std::string> given;
    add_settings(app, given);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error);
    }
    if (file->count() > 0) out.settings.presence = SettingSources::File::kMustBe;
    if (check) out.act = CommandLine::Act::kCheckConfig;
    if (background) out.place = CommandLine::Place::kBackground;
    if (verbose) given["log_level"] = "debug";
    out.settings.words.assign(given.begin(), given.end());
    return out;
}

}  // namespace zeroth::daemon
