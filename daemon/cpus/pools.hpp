// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "core/ids.hpp"
#include "core/result.hpp"
#include "daemon/adjust/adjustments.hpp"
#include "daemon/api/types.hpp"
#include "daemon/ground.hpp"

namespace zeroth::daemon {

/// CPU pools: Xen knows them by number, XenStore has their names (/local/pool/N/name, uuid). A pool
/// is named by either here. Every function is blocking, for any worker.
class CpuPools {
public:
    CpuPools(const Ground& ground, Adjustments& adjust) : ground_{ground}, adjust_{adjust} {}

    Result<std::vector<api::Cpupool>> list();
    /// All of it or nothing.
    Result<api::Cpupool> create(const api::CpupoolRequest& request);
    /// EBUSY while a domain runs in it; its CPUs become free.
    Result<> destroy(std::string_view pool);
    Result<> rename(std::string_view pool, const api::RenameRequest& request);
    Result<> change_cpus(std::string_view pool, const api::PoolCpusRequest& request);
    Result<> set_scheduling(std::string_view pool, const api::PoolSchedulingRequest& request);
    Result<> move(DomainId domain, const api::PoolChoice& choice);
    /// The one pool that there is becomes one for each NUMA node; dom0 keeps the first node's.
    Result<> split_by_node();

private:
    struct Named {
        hyper::Cpupool pool;
        std::string name;
    };
    Result<std::vector<Named>> all();
    Result<Named> find(std::string_view id_or_name);
    Result<> check_name(std::string_view name);
    Result<api::Cpupool> describe(const Named& named);
    /// The CPUs that a list in the config's grammar names on this host.
    Result<std::vector<PcpuId>> cpus_of(const std::string& list);
    Result<> remove_cpu(CpupoolId pool, PcpuId cpu);
    Result<> destroy_empty(CpupoolId id);
    Result<> set_name(CpupoolId pool, const std::string& name);
    Result<> fill(CpupoolId pool, const std::vector<PcpuId>& cpus);

    const Ground& ground_;
    Adjustments& adjust_;
    /// A pool is changed in several steps; they are few, and nothing waits for them.
    std::mutex changing_;
};

}  // namespace zeroth::daemon
