// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "libdomain/hypervisor/sim/guests/store_session.hpp"

namespace zeroth::hyper::sim {

/// A guest's drivers: the part of xenbus' handshake that XenStore sees (xen/include/public/io/
/// xenbus.h), for whatever lies under device/ and has a backend.
class Frontends {
public:
    explicit Frontends(StoreSession& store) : store_{store} {}

    void begin();

private:
    struct Device {
        std::string backend;
        std::string state;
    };

    void look(std::string_view kind);
    void found(const std::string& folder, const std::string& backend);
    void backend_is(const std::string& folder, std::string_view state);
    void connect(const std::string& folder, std::string_view state);
    void become(const std::string& folder, std::string_view state);

    StoreSession& store_;
    /// By folder, as "device/vif/0".
    std::map<std::string, Device, std::less<>> devices_;
};

}  // namespace zeroth::hyper::sim
