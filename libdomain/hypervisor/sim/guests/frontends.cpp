// SPDX-License-Identifier: Apache-2.0
#include "libdomain/hypervisor/sim/guests/frontends.hpp"

#include <fmt/format.h>

#include <array>
#include <utility>

namespace zeroth::hyper::sim {
namespace {

// enum xenbus_state, as XenStore has it.
constexpr std::string_view kInitWait = "2", kInitialised = "3", kConnected = "4", kClosing = "5",
                           kClosed = "6";

/// What a frontend of the kind tells its backend; the numbers stand for rings that nobody serves.
std::vector<std::pair<std::string_view, std::string_view>> details(std::string_view folder) {
    if (folder.starts_with("device/vif/")) {
        return {{"tx-ring-ref", "8"},
                {"rx-ring-ref", "9"},
                {"event-channel", "9"},
                {"request-rx-copy", "1"}};
    }
    return {{"ring-ref", "8"}, {"event-channel", "9"}, {"protocol", "arm-abi"}};
}

}  // namespace

void Frontends::begin() {
    store_.watch("device", [this](std::string_view path) {
        // Only a device that comes is news; what happens inside it is watched at its backend.
        std::string_view rest = path;
        if (!rest.starts_with("device")) return;
        rest.remove_prefix(std::string_view{"device"}.size());
        if (rest.empty()) {
            store_.list("device", [this](const std::vector<std::string>& kinds) {
                for (const auto& kind : kinds) look(kind);
            });
            return;
        }
        rest.remove_prefix(1);
        look(rest.substr(0, rest.find('/')));
    });
}

void Frontends::look(std::string_view kind) {
    // The console's second half is no device of a driver's.
    if (kind.empty() || kind == "console" || kind == "suspend") return;
    const auto folder = fmt::format("device/{}", kind);
    store_.list(folder, [this, folder](const std::vector<std::string>& numbers) {
        for (const auto& number : numbers) {
            const auto device = fmt::format("{}/{}", folder, number);
            if (devices_.contains(device)) continue;
            store_.read(device + "/backend", [this, device](const Result<std::string>& backend) {
                if (backend && !backend->empty()) found(device, *backend);
            });
        }
    });
}

void Frontends::found(const std::string& folder, const std::string& backend) {
    if (!devices_.emplace(folder, Device{backend, "1"}).second) return;
    store_.watch(backend + "/state", [this, folder](std::string_view path) {
        store_.read(path, [this, folder](const Result<std::string>& state) {
            // A backend that is gone leaves nothing to talk to.
            if (!state) return static_cast<void>(devices_.erase(folder));
            backend_is(folder, *state);
        });
    });
}

void Frontends::backend_is(const std::string& folder, std::string_view state) {
    const auto device = devices_.find(folder);
    if (device == devices_.end()) return;
    const bool block = folder.starts_with("device/vbd/");
    if (state == kInitWait) connect(folder, block ? kInitialised : kConnected);
    if (state == kConnected && device->second.state == kInitialised) become(folder, kConnected);
    if (state == kClosing || state == kClosed) become(folder, kClosed);
}

void Frontends::connect(const std::string& folder, std::string_view state) {
    if (devices_.at(folder).state == state) return;
    for (const auto& [name, value] : details(folder)) {
        store_.write(fmt::format("{}/{}", folder, name), value);
    }
    become(folder, state);
}

void Frontends::become(const std::string& folder, std::string_view state) {
    auto& device = devices_.at(folder);
    if (device.state == state) return;
    device.state = state;
    store_.write(folder + "/state", state);
}

}  // namespace zeroth::hyper::sim
