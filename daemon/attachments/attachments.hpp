// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <functional>
#include <string>
#include <vector>

#include "core/ids.hpp"
#include "core/result.hpp"
#include "daemon/ground.hpp"
#include "daemon/service.hpp"
#include "libdomain/config/domain_config.hpp"
#include "libdomain/device/detach.hpp"
#include "libdomain/device/paths.hpp"

namespace zeroth::daemon {

/// Those of a domain's devices that are of this kind ("vif"), by number.
std::vector<device::Paths> of_kind(std::vector<device::Paths> devices, std::string_view kind);
/// What programs serve, of this list (`vkb`) or, where that is empty, of all; by list and number.
std::vector<device::Paths> of_list(std::vector<device::Paths> devices, std::string_view list);

/// Devices of domains that are there: what they are, and more or fewer of them. Each function is
/// blocking, for any worker.
class Attachments {
public:
    Attachments(const Ground& ground, Service& service) : ground_{ground}, service_{service} {}

    /// An object for each, with what the reference's `network-list` and `block-list` print of it.
    Result<boost::json::array> nics(DomainId id);
    Result<boost::json::array> disks(DomainId id);

    /// What programs serve, of one list of a config (`vkb`) or, where that is empty, of all, with
    /// what stands below both ends.
    Result<boost::json::array> served(DomainId id, std::string_view list);

    /// All: "nics", "disks" and "served".
    Result<boost::json::object> all(DomainId id);

    /// As if the domain's config had had it too, from now on and in its next lives. The new device.
    Result<boost::json::object> attach_nic(DomainId id, config::Vif vif);
    Result<boost::json::object> attach_disk(DomainId id, config::Disk disk);
    Result<boost::json::object> attach_served(DomainId id, config::OtherDevice entry);

    /// `which` is a number or a MAC; a virtual device's name or its number; a number. ENOENT if
    /// there is none.
    Result<> detach_nic(DomainId id, const std::string& which, device::Detach::Manner manner);
    Result<> detach_disk(DomainId id, const std::string& which, device::Detach::Manner manner);
    Result<> detach_served(DomainId id, std::string_view list, const std::string& which,
                           device::Detach::Manner manner);

private:
    Result<boost::json::object> attach(DomainId id, config::DomainConfig one);
    Result<> detach(DomainId id, const device::Paths& paths, device::Detach::Manner manner);
    using Devices = std::vector<device::Paths>;
    Result<Devices> devices_of(DomainId id);
    Result<boost::json::array> describe_nics(DomainId id, const Devices& nics);
    Result<boost::json::array> describe_disks(DomainId id, const Devices& disks);
    Result<boost::json::array> describe_served(const Devices& served);
    void remember(const hyper::DomainInfo& info,
                  const std::function<void(config::DomainConfig&)>& change);
    void tell(const hyper::DomainInfo& info, std::string detail, std::string code);

    const Ground& ground_;
    Service& service_;
};

}  // namespace zeroth::daemon
