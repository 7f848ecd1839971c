// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/ids.hpp"

namespace zeroth::device {

/// Where a device's nodes are. Whoever reads one out of XenStore gets it from the toolstack's own
/// record, never from the frontend, and only if it is of the form that we write.
struct Paths {
    DomainId guest, backend_domain;
    /// The backend's; the guest's end and the record are below `frontend_kind` of it.
    std::string kind;
    std::uint32_t id = 0;

    std::string frontend() const;
    std::string backend() const;
    /// Below /libxl.
    std::string record() const;
    /// Where Linux puts what its backend complains of.
    std::string complaint() const;
    /// "vif 0", "vbd 51712".
    std::string title() const;
};

/// What a guest knows a device as: its drivers look for "vkbd", whether a "vkbd" or a "vinput"
/// serves it, and for "9pfs", whether a "9pfs" or a "xen_9pfs".
std::string_view frontend_kind(std::string_view backend_kind);

/// The device of `guest` that a record's folder (`kind`, `id`) and its `backend` node name; nullopt
/// for a backend that is not where a device of this guest has its own.
std::optional<Paths> paths_of(DomainId guest, std::string_view kind, std::string_view id,
                              std::string_view backend);

}  // namespace zeroth::device
