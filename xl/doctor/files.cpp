// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "daemon/settings/load.hpp"
#include "xl/config_file.hpp"
#include "xl/doctor/checks.hpp"
#include "xl/xl_conf.hpp"

namespace zeroth::xl::doctor {
namespace {

using Read = std::vector<config::Diagnostic> (*)(const config::Source&);

std::vector<config::Diagnostic> read_xl_conf(const config::Source& source) {
    return parse_xl_conf(source).diagnostics;
}
std::vector<config::Diagnostic> read_xld_toml(const config::Source& source) {
    daemon::Settings settings;
    return daemon::read_settings(source, settings);
}

/// A file of settings: what is wrong with it first, errors before warnings.
Finding settings(const Root& root, const std::string& path, const char* subject, Read read) {
    auto text = read_file(root.path(path));
    if (!text && text.error().is(ENOENT)) return ok(subject, "not there: the defaults hold");
    if (!text) return missing(subject, text.error().text(), "settings have to be readable");
    const auto found = read(config::Source{path, *std::move(text)});
    if (found.empty()) return ok(subject, path);
    const auto first = std::ranges::min_element(found, {}, &config::Diagnostic::severity);
    auto told =
        fmt::format("{}:{}:{}: {}", path, first->where.line, first->where.column, first->message);
    if (found.size() > 1) told += fmt::format(" (and {} more)", found.size() - 1);
    return config::has_errors(found) ? missing(subject, std::move(told), first->help)
                                     : warning(subject, std::move(told), first->help);
}

bool has_name(const std::vector<std::string>& names, std::string_view end) {
    return std::ranges::any_of(names, [&](const std::string& name) {
        return name.starts_with('S') && name.ends_with(end);
    });
}

/// Whether the daemons come up with the host.
Finding services(const Root& root) {
    constexpr std::array kUnits{"/lib/systemd/system/xld.service",
                                "/usr/lib/systemd/system/xld.service",
                                "/etc/systemd/system/xld.service"};
    const bool unit =
        std::ranges::any_of(kUnits, [&](const char* path) { return root.exists(path); });
    const bool script = root.exists("/etc/init.d/xencommons");
    if (root.exists("/run/systemd/system")) {
        if (!unit) return warning("services", "no units for systemd", "install zeroth's package");
        if (root.exists("/etc/systemd/system/multi-user.target.wants/xld.service"))
            return ok("services", "enabled in systemd");
        return warning("services", "not enabled: they do not start with the host",
                       "systemctl enable xencommons xenstored xld");
    }
    if (!script)
        return warning("services", "no /etc/init.d/xencommons", "install zeroth's package");
    if (!root.exists("/etc/rc2.d") || has_name(root.names("/etc/rc2.d"), "xencommons"))
        return ok("services", "/etc/init.d/xencommons");
    return warning("services", "not enabled: they do not start with the host",
                   "update-rc.d xencommons defaults");
}

}  // namespace

void check_files(const Root& root, Findings& findings) {
    findings.push_back(settings(root, "/etc/xen/xl.conf", "xl.conf", read_xl_conf));
    findings.push_back(settings(root, daemon::kSettingsFile, "xld.toml", read_xld_toml));
    findings.push_back(services(root));
}

}  // namespace zeroth::xl::doctor
