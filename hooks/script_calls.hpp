// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "core/ids.hpp"
#include "hooks/script.hpp"

/// How hotplug scripts are called: the arguments and the environment that they rely on.
namespace zeroth::hooks {

/// Scripts may take this long.
inline constexpr std::chrono::seconds kScriptLimit{40};

/// Where a script finds the backend's nodes: "backend/vif/3/0", relative to the backend's domain.
struct BackendPath {
    std::string kind;  // "vif", "vbd"
    DomainId frontend;
    std::uint32_t devid = 0;

    std::string text() const;
};

enum class Phase { kUp, kDown };

/// `SCRIPT online|offline type_if=vif`
ScriptCall vif_call(const std::string& script, const BackendPath& backend, Phase phase,
                    const std::string& gatewaydev = {});
/// `SCRIPT add|remove`
ScriptCall block_call(const std::string& script, const BackendPath& backend, Phase phase);

}  // namespace zeroth::hooks
