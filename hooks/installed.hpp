// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "hooks/script_calls.hpp"

/// The scripts of this host: which of them are ours, and what people have added.
namespace zeroth::hooks {

inline constexpr std::string_view kScriptFolder = "/etc/xen/scripts";

/// A script or library as it ships.
struct ShippedFile {
    std::string_view name, contents;
};
std::span<const ShippedFile> shipped_files();

enum class ScriptOrigin {
    kOurs,     // and all that it sources too: the built-in path does the same
    kChanged,  // or added, or it sources something that has been changed: to be run
    kMissing,
};
ScriptOrigin origin_of(const std::string& script);
inline bool is_ours(const std::string& script) { return origin_of(script) == ScriptOrigin::kOurs; }

/// The hooks of vif-post.d, in the order in which they are called.
std::vector<std::string> vif_hooks(const std::string& folder = std::string{kScriptFolder});
/// Calls them all for an interface that has been set up (kUp), or is about to be taken down
/// (kDown).
ScriptCall vif_hooks_call(const BackendPath& backend, Phase phase,
                          const std::string& gatewaydev = {},
                          const std::string& folder = std::string{kScriptFolder});

}  // namespace zeroth::hooks
