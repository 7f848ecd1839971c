// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "daemon/api/reference_json.hpp"
#include "xl/commands/commands.hpp"
#include "xl/doctor/checks.hpp"

namespace zeroth::xl {
namespace {

namespace json = boost::json;
using doctor::Finding;
using doctor::Findings;

constexpr int kRootKey = 257;
constexpr Option kOptions[]{
    {kRootKey, "root", "DIR", "look at a copy of a host's file system"},
    kJson,
};
constexpr std::array<const char*, 4> kVerdicts{"ok", "warning", "missing", "note"};

const char* word(const Finding& finding) {
    return kVerdicts[static_cast<std::size_t>(finding.verdict)];
}

Findings examine(const doctor::Root& root, Context& context) {
    Findings findings;
    doctor::check_hypervisor(root, findings);
    // What else such a machine lacks would be no news.
    if (doctor::find_place(root) != doctor::Place::kDomain0) return findings;
    doctor::check_kernel(root, findings);
    doctor::check_daemons(root, context, findings);
    doctor::check_security(context, findings);
    doctor::check_files(root, findings);
    return findings;
}

std::string as_json(const Findings& findings) {
    json::array out;
    for (const Finding& finding : findings) {
        json::object object{{"subject", json::string(finding.subject)},
                            {"verdict", word(finding)},
                            {"found", json::string(finding.found)}};
        if (!finding.advice.empty()) object.emplace("advice", json::string(finding.advice));
        out.push_back(std::move(object));
    }
    return api::print_reference(out);
}

void print(Output& out, const Findings& findings) {
    for (const Finding& finding : findings) {
        out.print("{:<10} {:<8} {}\n", finding.subject, word(finding), finding.found);
        if (!finding.advice.empty()) out.print("{:<19} -> {}\n", "", finding.advice);
    }
}

Result<int> run(Context& context, const Arguments& arguments) {
    const doctor::Root root{std::string{arguments.value(kRootKey).value_or("")}};
    const Findings findings = examine(root, context);
    if (arguments.has(kJsonKey))
        context.out.write(as_json(findings));
    else
        print(context.out, findings);
    const bool well = std::ranges::none_of(findings, [](const Finding& finding) {
        return finding.verdict == Finding::Verdict::kMissing;
    });
    return well ? kSuccess : kFailure;
}

}  // namespace

constinit const Command kDoctor{.name = "doctor",
                                .usage = "[options]",
                                .summary = "Tell what this host lacks for running guests",
                                .can_dry_run = false,
                                .changes_host = false,
                                .least_words = 0,
                                .most_words = 0,
                                .options = kOptions,
                                .run = run,
                                .reads_conf = false};

}  // namespace zeroth::xl
