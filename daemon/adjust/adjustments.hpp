// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <vector>

#include "core/ids.hpp"
#include "core/result.hpp"
#include "daemon/adjust/memory_rules.hpp"
#include "daemon/api/types.hpp"
#include "daemon/ground.hpp"
#include "daemon/service.hpp"

namespace zeroth::daemon {

/// What changes a domain that is there. Each function is blocking, for any worker, and tells the
/// event log what it did.
class Adjustments {
public:
    Adjustments(const Ground& ground, Service& service);

    Result<> rename(DomainId id, const api::RenameRequest& request);
    Result<> set_config(DomainId id, const api::ConfigRequest& request);
    /// Does not wait for the guest: how far its balloon gets is the guest's affair.
    Result<> set_memory(DomainId id, const api::MemoryRequest& request);
    Result<> set_vcpus(DomainId id, const api::VcpusRequest& request);
    /// `name` is the pool's, for the next life.
    Result<> set_cpupool(DomainId id, CpupoolId pool, const std::string& name);
    /// Notes for the next life what the scheduler has been told, and tells that it was.
    void keep_scheduling(const hyper::DomainInfo& info, const hyper::SchedParams& params);
    Result<> sysrq(DomainId id, const api::SysrqRequest& request);
    Result<> trigger(DomainId id, const api::TriggerRequest& request);
    Result<> dump_core(DomainId id, const api::CoreRequest& request);

    /// Lets those domains run again that a former xld had paused for a core dump when it was
    /// killed; what was done, a sentence each.
    std::vector<std::string> recover();
    /// Makes dumps under way give up.
    void stop() { stopping_ = true; }

private:
    class Stillness;  // a domain that is paused for the time of a dump

    Result<adjust::MemoryState> memory_state(const hyper::DomainInfo& info, xs::Store& store);
    /// What the domain is made from when it starts again; nothing where somebody else makes it.
    void change_next_life(const Uuid& uuid,
                          const std::function<void(config::DomainConfig&)>& change);
    void tell(const char* kind, const hyper::DomainInfo& info, std::string detail,
              std::string code = {});

    const Ground& ground_;
    Service& service_;
    std::atomic<bool> stopping_ = false;
};

}  // namespace zeroth::daemon
