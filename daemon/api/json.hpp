// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/value.hpp>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "daemon/api/types.hpp"

/// The API's types as JSON and back. Decoding checks everything: a member that is missing, unknown
/// or of another type is an Error that names its path ("config.vif[0].mtu: expected a number").
namespace zeroth::api {

boost::json::value encode(const Domain& domain);
boost::json::value encode(const Vcpu& vcpu);
boost::json::value encode(const DomainVcpus& domain);
boost::json::value encode(const AffinityRequest& request);
boost::json::value encode(const DebugKeysRequest& request);
boost::json::value encode(const std::vector<Parameter>& parameters);
boost::json::value encode(const ParameterRequest& request);
boost::json::value encode(const RenameRequest& request);
boost::json::value encode(const Scheduling& scheduling);
boost::json::value encode(const std::vector<Scheduling>& all);
boost::json::value encode(const SchedulingRequest& request);
boost::json::value encode(const Cpupool& pool);
boost::json::value encode(const std::vector<Cpupool>& pools);
boost::json::value encode(const CpupoolRequest& request);
boost::json::value encode(const PoolCpusRequest& request);
boost::json::value encode(const PoolSchedulingRequest& request);
boost::json::value encode(const PoolChoice& choice);
boost::json::value encode(const MemoryRequest& request);
boost::json::value encode(const VcpusRequest& request);
boost::json::value encode(const SysrqRequest& request);
boost::json::value encode(const TriggerRequest& request);
boost::json::value encode(const CoreRequest& request);
boost::json::value encode(const ConfigRequest& request);
boost::json::value encode(const Host& host);
boost::json::value encode(const CreateRequest& request);
boost::json::value encode(const CreateEvent& event);
boost::json::value encode(const ShutdownEvent& event);
boost::json::value encode(const Event& event);
boost::json::value encode(const EventGap& gap);
boost::json::value encode(const EventReset& reset);
boost::json::value encode(const std::vector<TraceSummary>& traces);
boost::json::value encode(const XenStoreView& view);
boost::json::value encode(const CheckReply& reply);
boost::json::value encode(const PlanReply& reply);
boost::json::value encode(const Console& console);
boost::json::value encode(const Problem& problem);
boost::json::value encode(const config::DomainConfig& config);
boost::json::value encode(const std::vector<Domain>& domains);
boost::json::value encode(const std::vector<Vcpu>& vcpus);
boost::json::value encode(const std::vector<DomainVcpus>& domains);

/// T is one of the types above. Members that have a default may be missing.
template <class T>
Result<T> decode(const boost::json::value& value);

inline constexpr std::size_t kMaxJsonBytes = 16U << 20;
inline constexpr std::size_t kMaxJsonDepth = 32;

/// Text to value, with bounds on depth and size; the Error says where the text stops being JSON.
Result<boost::json::value> parse_json(std::string_view text);

/// An Error as the problem it is to a caller: EINVAL 400, EPERM/EACCES 403, ENOENT/ESRCH 404,
/// EEXIST/EBUSY 409, else 500.
Problem to_problem(const Error& error);

}  // namespace zeroth::api
