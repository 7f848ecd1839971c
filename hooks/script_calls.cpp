// SPDX-License-Identifier: Apache-2.0
#include "hooks/script_calls.hpp"

#include <fmt/format.h>

namespace zeroth::hooks {
namespace {

ScriptCall call_of(const std::string& script, const BackendPath& backend) {
    return {.path = script,
            .arguments = {},
            .environment = {{"script", script},
                            {"XENBUS_TYPE", backend.kind},
                            {"XENBUS_PATH", backend.text()},
                            {"XENBUS_BASE_PATH", "backend"}},
            .time_limit = kScriptLimit};
}

}  // namespace

std::string BackendPath::text() const {
    return fmt::format("backend/{}/{}/{}", kind, frontend.raw(), devid);
}

ScriptCall vif_call(const std::string& script, const BackendPath& backend, Phase phase,
                    const std::string& gatewaydev) {
    ScriptCall call = call_of(script, backend);
    call.arguments = {phase == Phase::kUp ? "online" : "offline", "type_if=vif"};
    call.environment["vif"] = fmt::format("vif{}.{}", backend.frontend.raw(), backend.devid);
    call.environment["netdev"] = gatewaydev;
    return call;
}

ScriptCall block_call(const std::string& script, const BackendPath& backend, Phase phase) {
    ScriptCall call = call_of(script, backend);
    call.arguments = {phase == Phase::kUp ? "add" : "remove"};
    return call;
}

}  // namespace zeroth::hooks
