// SPDX-License-Identifier: Apache-2.0
#include "xl/doctor/checks.hpp"
#include "xl/remote.hpp"

namespace zeroth::xl::doctor {
namespace {

constexpr const char* kSubject = "XSM";
constexpr std::chrono::seconds kPatience{5};

bool has(std::string_view log, std::string_view words) { return log.find(words) != log.npos; }

}  // namespace

Finding security_module(std::string_view log) {
    if (has(log, "Initialising XSM SILO mode"))
        return note(kSubject, "SILO, Xen's default on ARM: guests reach domain 0, not each other",
                    "xsm=dummy on Xen's command line, if guests are to serve devices to others");
    if (has(log, "Flask:"))
        return ok(kSubject, "FLASK: its policy says which domains reach others");
    // The first line of all tells that what is not there was not said.
    if (has(log, "XSM Framework") || has(log, "Xen version "))
        return ok(kSubject, "none in force: guests may reach each other");
    return note(kSubject, "unknown: Xen's log does not have its boot any more",
                "in SILO mode, the default on ARM, no guest can serve devices to others");
}

void check_security(Context& context, Findings& findings) {
    Request request{.target = "/v1/host/log", .body = {}};
    request.patience = kPatience;
    const auto reply = call(context, request);
    // Where nobody answers, that has been said.
    if (reply && reply->ok()) findings.push_back(security_module(reply->body));
}

}  // namespace zeroth::xl::doctor
