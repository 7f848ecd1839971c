// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "libdomain/hypervisor/sim/guests/store_session.hpp"

namespace zeroth::hyper::sim {

/// The drivers of a simulated dom0: the backends' half of the handshake that Frontends have with
/// them, and no device behind it. A bridge's name says what is to go wrong: "sim-no-backend",
/// "sim-refused".
class Backends {
public:
    Backends() : store_{"/local/domain/0"} {}

    void begin();
    StoreSession& store() { return store_; }

private:
    struct Device {
        std::string frontend;
        std::string state;
        bool frontend_ready = false;
    };

    void look_everywhere();
    void changed(std::string_view path);
    void found(const std::string& folder);
    void probe(const std::string& folder, const std::string& frontend, const std::string& bridge);
    void frontend_is(const std::string& folder, std::string_view state);
    void status_is(const std::string& folder, std::string_view status);
    void become(const std::string& folder, std::string_view state);
    void forget(const std::string& folder);

    StoreSession store_;
    /// By folder, as "backend/vif/3/0".
    std::map<std::string, Device, std::less<>> devices_;
};

}  // namespace zeroth::hyper::sim
