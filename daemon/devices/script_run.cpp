// SPDX-License-Identifier: Apache-2.0
#include "daemon/devices/script_run.hpp"

#include <fmt/format.h>

namespace zeroth::daemon::devices {

hooks::ScriptCall ScriptRun::call_of(const std::string& path, const device::Paths& device,
                                     hooks::Phase phase, const std::string& gatewaydev) {
    const hooks::BackendPath backend{device.kind, device.guest, device.id};
    return device.kind == "vif" ? hooks::vif_call(path, backend, phase, gatewaydev)
                                : hooks::block_call(path, backend, phase);
}

Result<ScriptRun> ScriptRun::start(const hooks::ScriptCall& call) {
    ZEROTH_TRY(auto script, hooks::Script::start(call));
    return ScriptRun{call.path, std::move(script)};
}

void ScriptRun::add_fds(std::vector<pollfd>& fds) const {
    if (over_) return;
    for (const int fd : {script_.process_fd(), script_.output_fd()})
        if (fd >= 0) fds.push_back({fd, POLLIN, 0});
}

std::optional<std::string> ScriptRun::step() {
    auto end = script_.step();
    if (!end) return std::nullopt;
    over_ = true;
    output_ = end->said();
    return end->ok() ? std::string{} : fmt::format("{} {}", path_, end->words());
}

std::string ScriptRun::said() const {
    const auto& output = over_ ? output_ : script_.output();
    return output.empty() ? std::string{} : fmt::format("{} printed:\n{}", path_, output);
}

}  // namespace zeroth::daemon::devices
