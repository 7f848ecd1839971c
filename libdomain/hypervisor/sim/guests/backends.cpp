// SPDX-License-Identifier: Apache-2.0
#include "libdomain/hypervisor/sim/guests/backends.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace zeroth::hyper::sim {
namespace {

// enum xenbus_state, as XenStore has it.
constexpr std::string_view kInitWait = "2", kInitialised = "3", kConnected = "4", kClosing = "5",
                           kClosed = "6";

/// "backend/vif/3/0" of a path in it; empty for one that is in no device.
std::string folder_of(std::string_view path) {
    std::size_t end = 0;
    for (int parts = 0; parts < 4; ++parts) {
        if (end >= path.size()) return {};
        end = std::min(path.find('/', end + 1), path.size());
    }
    const auto folder = path.substr(0, end);
    const bool known = folder.starts_with("backend/vif/") || folder.starts_with("backend/vbd/");
    return known ? std::string{folder} : std::string{};
}

}  // namespace

void Backends::begin() {
    store_.watch("backend", [this](std::string_view path) {
        if (path == "backend") return look_everywhere();
        changed(path);
    });
}

/// At first, and after xenstored was away.
void Backends::look_everywhere() {
    for (const char* kind : {"backend/vif", "backend/vbd"}) {
        store_.list(kind, [this, kind](const std::vector<std::string>& guests) {
            for (const auto& guest : guests) {
                const auto folder = fmt::format("{}/{}", kind, guest);
                store_.list(folder, [this, folder](const std::vector<std::string>& ids) {
                    for (const auto& id : ids) found(fmt::format("{}/{}", folder, id));
                });
            }
        });
    }
}

void Backends::changed(std::string_view path) {
    const auto folder = folder_of(path);
    if (folder.empty()) return;
    if (path == folder) {
        // It came, or it went.
        store_.read(folder, [this, folder](const Result<std::string>& there) {
            if (there) return found(folder);
            forget(folder);
        });
        return;
    }
    if (!devices_.contains(folder)) return found(folder);
    if (!path.ends_with("/hotplug-status")) return;
    store_.read(path, [this, folder](const Result<std::string>& status) {
        if (status) status_is(folder, *status);
    });
}

void Backends::found(const std::string& folder) {
    if (!devices_.emplace(folder, Device{}).second) return;
    store_.read(folder + "/frontend", [this, folder](const Result<std::string>& frontend) {
        if (!frontend) return static_cast<void>(devices_.erase(folder));
        store_.read(folder + "/bridge",
                    [this, folder, path = *frontend](const Result<std::string>& bridge) {
                        probe(folder, path, bridge.value_or(""));
                    });
    });
}

void Backends::probe(const std::string& folder, const std::string& frontend,
                     const std::string& bridge) {
    const auto device = devices_.find(folder);
    if (device == devices_.end() || bridge == "sim-no-backend") return;
    device->second.frontend = frontend;
    if (bridge == "sim-refused") {
        store_.write(fmt::format("error/{}/error", folder), "22 the simulation refuses it");
        return become(folder, kClosing);
    }
    store_.write(folder + "/feature-sg", "1");
    become(folder, kInitWait);
    store_.watch(frontend + "/state", [this, folder](std::string_view path) {
        store_.read(path, [this, folder](const Result<std::string>& state) {
            frontend_is(folder, state ? std::string_view{*state} : kClosed);
        });
    });
}

void Backends::frontend_is(const std::string& folder, std::string_view state) {
    const auto device = devices_.find(folder);
    if (device == devices_.end()) return;
    if (state == kInitialised || state == kConnected) {
        device->second.frontend_ready = true;
        store_.read(folder + "/hotplug-status", [this, folder](const Result<std::string>& status) {
            if (status) status_is(folder, *status);
        });
    }
    if (state == kClosing) become(folder, kClosing);
    if (state == kClosed) become(folder, kClosed);
}

/// A backend is connected when its frontend is ready and its hotplug done.
void Backends::status_is(const std::string& folder, std::string_view status) {
    const auto device = devices_.find(folder);
    if (device == devices_.end() || status != "connected") return;
    if (device->second.frontend_ready && device->second.state == kInitWait)
        become(folder, kConnected);
}

void Backends::become(const std::string& folder, std::string_view state) {
    auto& device = devices_.at(folder);
    if (device.state == state) return;
    device.state = state;
    store_.write(folder + "/state", state);
}

void Backends::forget(const std::string& folder) {
    const auto device = devices_.find(folder);
    if (device == devices_.end()) return;
    if (!device->second.frontend.empty()) store_.unwatch(device->second.frontend + "/state");
    devices_.erase(device);
}

}  // namespace zeroth::hyper::sim
