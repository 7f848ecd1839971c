// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <boost/json/object.hpp>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/ids.hpp"
#include "core/result.hpp"
#include "daemon/api/types.hpp"
#include "daemon/ground.hpp"
#include "daemon/traces.hpp"
#include "libdomain/hypervisor/hypervisor.hpp"
#include "libdomain/plan/build_plan.hpp"
#include "libdomain/plan/host_info.hpp"

/// xld: the API's operations, each a blocking function that any worker may call at any time. Xen
/// and XenStore are asked every time; what is kept here is only what they cannot know.
namespace zeroth::daemon {

class Service {
public:
    explicit Service(const Ground& ground);

    // The host.
    Result<api::Host> host();
    Result<std::string> console_log(hyper::Hypervisor::Clear clear);
    Result<> debug_keys(std::string_view keys);
    Result<std::vector<api::Parameter>> parameters();
    Result<> set_parameter(const api::ParameterRequest& request);

    // Domains.
    enum class With { kBasics, kUptime };
    Result<std::vector<api::Domain>> domains(With with);
    Result<api::Domain> domain(DomainId id, With with);
    Result<std::vector<api::Vcpu>> vcpus(DomainId id);
    Result<std::vector<api::DomainVcpus>> all_vcpus();
    /// All vCPUs where `vcpu` is nullopt.
    Result<> set_affinity(DomainId id, std::optional<VcpuId> vcpu,
                          const api::AffinityRequest& request);
    Result<> pause(DomainId id);
    Result<> unpause(DomainId id);
    Result<> destroy(DomainId id);
    /// For the time of a change to the domain, so that nobody else changes it meanwhile; EBUSY for
    /// one that is dying or between two lives.
    Result<lives::Lanes::Lane> enter(DomainId id);
    /// `type` is "pv", "vuart" or "serial".
    Result<api::Console> console(DomainId id, const std::string& type, std::uint32_t number);
    /// The reference's JSON of the domain's config, with what is true now in it.
    Result<std::string> config_json(DomainId id);
    /// Puts the NUMA nodes in that each domain's memory comes from.
    Result<> add_nodes(std::vector<api::Domain>& domains);
    /// Keeps the name from creates for as long as the result lives; EEXIST while one has it.
    Result<std::shared_ptr<void>> hold_name(const std::string& name);
    /// The domain that the words of a path name: digits are an id, else a name. ESRCH if none.
    Result<DomainId> find(std::string_view id_or_name);

    /// Where the time of the newest creates went.
    const Traces& traces() const { return traces_; }

    // Making.
    /// Who serves the consoles of a domain before it runs.
    using ServeConsoles = std::function<Result<>(DomainId id)>;
    void serve_consoles_by(ServeConsoles serve) { serve_consoles_ = std::move(serve); }
    /// Who is told that a domain is about to end, so that all that it has printed is read.
    using HoldConsoles = std::function<Result<>(DomainId)>;
    void hold_consoles_by(HoldConsoles hold) { hold_consoles_ = std::move(hold); }
    /// Who is told of a domain's new name, so that the logs of its consoles are called so too.
    using RenameConsoles = std::function<Result<>(DomainId id, const std::string& name)>;
    void rename_consoles_by(RenameConsoles rename) { rename_consoles_ = std::move(rename); }
    void rename_consoles(DomainId id, const std::string& name) const;
    /// Who knows which domains have a name or a UUID without asking for all names.
    using FindHolders = std::function<Result<std::vector<plan::KnownDomain>>(
        std::string_view name, const std::optional<Uuid>& uuid)>;
    void find_holders_by(FindHolders find) { find_holders_ = std::move(find); }
    /// Who knows what devices a domain has: "nics", "disks" and "served".
    using FindDevices = std::function<Result<boost::json::object>(DomainId id)>;
    void find_devices_by(FindDevices find) { find_devices_ = std::move(find); }
    Result<boost::json::object> devices(DomainId id) const { return find_devices_(id); }
    Result<plan::BuildPlan> plan(const api::CreateRequest& request);
    using OnEvent = std::function<void(api::CreateEvent)>;
    /// Tells `on_event` of each step; the last event is "done" or "failed".
    void create(const api::CreateRequest& request, const std::atomic<bool>& cancelled,
                const OnEvent& on_event);
    /// Makes the next life of a domain that has none at present, in a lane that the caller holds.
    Result<DomainId> next_life(const lives::Record& record, const std::function<bool()>& cancelled);
    /// Ends every life that the domain has, and removes what they left; its record stays. In a lane
    /// that the caller holds.
    Result<> end_lives(const Uuid& uuid, DomainId last);
    /// Makes every create under way give up; new ones are refused.
    void stop() { stopping_ = true; }
    /// Whether a create is under way.
    bool busy() const { return creating_ > 0; }

private:
    class Claim;  // a name and a UUID that a create under way holds

    class DevicesUnderWay;  // of a create
    void take_devices_down(DomainId id);
    Result<plan::HostInfo> host_info(const config::DomainConfig& config, xs::Store& store);
    enum class Names { kMustBeFree, kMayBeTaken };
    /// Names and UUIDs of domains between two lives are taken, but for `self`.
    Result<plan::BuildPlan> make_plan(const api::CreateRequest& request, xs::Store& store,
                                      Names names, std::optional<Uuid> self = {});
    Result<DomainId> carry_out(const plan::BuildPlan& plan, xs::Store& store,
                               const std::function<bool()>& cancelled, const OnEvent& on_event,
                               Trace& trace);
    void add_given_away(plan::HostInfo& host, std::optional<Uuid> self) const;
    void add_reserved(plan::HostInfo& host, std::optional<Uuid> self) const;
    Result<DomainId> build(const api::CreateRequest& request, const std::atomic<bool>& cancelled,
                           const OnEvent& on_event, Trace& trace);
    static Result<std::vector<api::Domain>> with_nodes(const std::vector<hyper::DomainInfo>& infos,
                                                       With with, xs::Store& store);
    static std::vector<std::string> name_paths(const std::vector<hyper::DomainInfo>& infos);
    Result<std::vector<std::optional<std::string>>> names_of(
        const std::vector<hyper::DomainInfo>& infos, xs::Store& store);
    /// Those that have the name or the UUID, and perhaps others.
    Result<std::vector<plan::KnownDomain>> holders(std::string_view name,
                                                   const std::optional<Uuid>& uuid,
                                                   xs::Store& store);

    const hyper::Hypervisor& xen_;
    hyper::GrantTable& grants_;
    StorePool& stores_;
    EventLog& events_;
    const HostFacts& facts_;
    const Settings& settings_;
    lives::Registry& registry_;
    lives::Lanes& lanes_;
    ServeConsoles serve_consoles_;
    HoldConsoles hold_consoles_;
    RenameConsoles rename_consoles_;
    FindHolders find_holders_;
    FindDevices find_devices_ = [](DomainId) { return boost::json::object{}; };
    Metrics& metrics_;
    devices::Dom0& dom0_;
    Traces traces_;
    std::atomic<bool> stopping_ = false;
    std::atomic<int> creating_ = 0;
    std::mutex claims_mutex_;
    /// Held from the look at what others have been given until this one's record says what it gets.
    std::mutex passthrough_mutex_;
    std::set<std::string> claimed_;
};

}  // namespace zeroth::daemon
