// SPDX-License-Identifier: Apache-2.0
#include "daemon/api/json.hpp"

#include <fmt/format.h>

#include <boost/json/parser.hpp>

#include "daemon/api/codec.hpp"

namespace zeroth::api {

namespace json = boost::json;

json::value encode(const Domain& domain) { return codec::to_json(domain); }
json::value encode(const Vcpu& vcpu) { return codec::to_json(vcpu); }
json::value encode(const DomainVcpus& domain) { return codec::to_json(domain); }
json::value encode(const AffinityRequest& request) { return codec::to_json(request); }
json::value encode(const DebugKeysRequest& request) { return codec::to_json(request); }
json::value encode(const std::vector<Parameter>& parameters) { return codec::to_json(parameters); }
json::value encode(const ParameterRequest& request) { return codec::to_json(request); }
json::value encode(const RenameRequest& request) { return codec::to_json(request); }
json::value encode(const Scheduling& scheduling) { return codec::to_json(scheduling); }
json::value encode(const SchedulingRequest& request) { return codec::to_json(request); }
json::value encode(const Cpupool& pool) { return codec::to_json(pool); }
json::value encode(const CpupoolRequest& request) { return codec::to_json(request); }
json::value encode(const PoolCpusRequest& request) { return codec::to_json(request); }
json::value encode(const PoolSchedulingRequest& request) { return codec::to_json(request); }
json::value encode(const PoolChoice& choice) { return codec::to_json(choice); }
json::value encode(const std::vector<Scheduling>& all) { return codec::to_json(all); }
json::value encode(const std::vector<Cpupool>& pools) { return codec::to_json(pools); }
json::value encode(const MemoryRequest& request) { return codec::to_json(request); }
json::value encode(const VcpusRequest& request) { return codec::to_json(request); }
json::value encode(const SysrqRequest& request) { return codec::to_json(request); }
json::value encode(const TriggerRequest& request) { return codec::to_json(request); }
json::value encode(const CoreRequest& request) { return codec::to_json(request); }
json::value encode(const ConfigRequest& request) { return codec::to_json(request); }
json::value encode(const Host& host) { return codec::to_json(host); }
json::value encode(const CreateRequest& request) { return codec::to_json(request); }
json::value encode(const CreateEvent& event) { return codec::to_json(event); }
json::value encode(const ShutdownEvent& event) { return codec::to_json(event); }
json::value encode(const Event& event) { return codec::to_json(event); }
json::value encode(const EventGap& gap) { return codec::to_json(gap); }
json::value encode(const EventReset& reset) { return codec::to_json(reset); }
json::value encode(const std::vector<TraceSummary>& traces) { return codec::to_json(traces); }
json::value encode(const XenStoreView& view) { return codec::to_json(view); }
json::value encode(const CheckReply& reply) { return codec::to_json(reply); }
json::value encode(const PlanReply& reply) { return codec::to_json(reply); }
json::value encode(const Console& console) { return codec::to_json(console); }
json::value encode(const Problem& problem) { return codec::to_json(problem); }
json::value encode(const config::DomainConfig& config) { return codec::to_json(config); }
json::value encode(const std::vector<Domain>& domains) { return codec::to_json(domains); }
json::value encode(const std::vector<Vcpu>& vcpus) { return codec::to_json(vcpus); }
json::value encode(const std::vector<DomainVcpus>& domains) { return codec::to_json(domains); }

template <class T>
Result<T> decode(const json::value& value) {
    T out{};
    ZEROTH_CHECK(codec::from_json(value, out, codec::Path{}));
    return out;
}

template Result<Domain> decode<Domain>(const json::value&);
template Result<Vcpu> decode<Vcpu>(const json::value&);
template Result<DomainVcpus> decode<DomainVcpus>(const json::value&);
template Result<AffinityRequest> decode<AffinityRequest>(const json::value&);
template Result<DebugKeysRequest> decode<DebugKeysRequest>(const json::value&);
template Result<ParameterRequest> decode<ParameterRequest>(const json::value&);
template Result<RenameRequest> decode<RenameRequest>(const json::value&);
template Result<Scheduling> decode<Scheduling>(const json::value&);
template Result<SchedulingRequest> decode<SchedulingRequest>(const json::value&);
template Result<Cpupool> decode<Cpupool>(const json::value&);
template Result<CpupoolRequest> decode<CpupoolRequest>(const json::value&);
template Result<PoolCpusRequest> decode<PoolCpusRequest>(const json::value&);
template Result<PoolSchedulingRequest> decode<PoolSchedulingRequest>(const json::value&);
template Result<PoolChoice> decode<PoolChoice>(const json::value&);
template Result<std::vector<Scheduling>> decode<std::vector<Scheduling>>(const json::value&);
template Result<std::vector<Cpupool>> decode<std::vector<Cpupool>>(const json::value&);
template Result<MemoryRequest> decode<MemoryRequest>(const json::value&);
template Result<VcpusRequest> decode<VcpusRequest>(const json::value&);
template Result<SysrqRequest> decode<SysrqRequest>(const json::value&);
template Result<TriggerRequest> decode<TriggerRequest>(const json::value&);
template Result<CoreRequest> decode<CoreRequest>(const json::value&);
template Result<ConfigRequest> decode<ConfigRequest>(const json::value&);
template Result<Host> decode<Host>(const json::value&);
template Result<CreateRequest> decode<CreateRequest>(const json::value&);
template Result<CreateEvent> decode<CreateEvent>(const json::value&);
template Result<ShutdownEvent> decode<ShutdownEvent>(const json::value&);
template Result<Event> decode<Event>(const json::value&);
template Result<EventGap> decode<EventGap>(const json::value&);
template Result<EventReset> decode<EventReset>(const json::value&);
template Result<std::vector<TraceSummary>> decode<std::vector<TraceSummary>>(const json::value&);
template Result<XenStoreView> decode<XenStoreView>(const json::value&);
template Result<CheckReply> decode<CheckReply>(const json::value&);
template Result<PlanReply> decode<PlanReply>(const json::value&);
template Result<Console> decode<Console>(const json::value&);
template Result<Problem> decode<Problem>(const json::value&);
template Result<config::DomainConfig> decode<config::DomainConfig>(const json::value&);
template Result<std::vector<Domain>> decode<std::vector<Domain>>(const json::value&);
template Result<std::vector<Vcpu>> decode<std::vector<Vcpu>>(const json::value&);
template Result<std::vector<DomainVcpus>> decode<std::vector<DomainVcpus>>(const json::value&);

Result<json::value> parse_json(std::string_view text) {
    if (text.size() > kMaxJsonBytes)
        return fail(
            Error::message(EINVAL, fmt::format("{} bytes of JSON, more than the {} that are taken",
                                               text.size(), kMaxJsonBytes)));
    json::parse_options options;
    options.max_depth = kMaxJsonDepth;
    // Names and command lines are bytes: a guest's Latin-1 command line must arrive as it was.
    options.allow_invalid_utf8 = true;
    json::parser parser{json::storage_ptr{}, options};
    boost::system::error_code failure;
    const std::size_t taken = parser.write(text.data(), text.size(), failure);
    if (failure)
        return fail(Error::message(
            EINVAL, fmt::format("not JSON: {} at byte {}", failure.message(), taken)));
    return parser.release();
}

namespace {

struct Status {
    int errno_value;
    std::uint32_t status;
};
constexpr std::array kStatuses{
    Status{EINVAL, 400}, Status{EPERM, 403},      Status{EACCES, 403},
    Status{ENOENT, 404}, Status{ESRCH, 404},      Status{EEXIST, 409},
    Status{EBUSY, 409},  Status{EOPNOTSUPP, 501}, Status{ENOSYS, 501},
};

const char* title_of(std::uint32_t status) {
    switch (status) {
        case 400:
            return "the request is wrong";
        case 403:
            return "not allowed";
        case 404:
            return "not found";
        case 409:
            return "in conflict with what is there";
        case 501:
            return "not possible here";
        default:
            return "failed";
    }
}

}  // namespace

Problem to_problem(const Error& error) {
    Problem problem;
    problem.detail = error.text();
    problem.hint = error.hint();
    problem.more = error.details();
    if (error.code().category() == std::generic_category() ||
        error.code().category() == std::system_category())
        problem.errno_value = error.code().value();
    for (const Status& known : kStatuses)
        if (problem.errno_value == known.errno_value) problem.status = known.status;
    problem.title = title_of(problem.status);
    return problem;
}

}  // namespace zeroth::api
