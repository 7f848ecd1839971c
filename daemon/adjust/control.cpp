// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "daemon/adjust/adjustments.hpp"

namespace zeroth::daemon {
namespace {

/// nullopt for what is no trigger of Xen's.
std::optional<hyper::Trigger> xens(api::TriggerRequest::Kind kind) {
    using Kind = api::TriggerRequest::Kind;
    switch (kind) {
        case Kind::kNmi:
            return hyper::Trigger::kNmi;
        case Kind::kReset:
            return hyper::Trigger::kReset;
        case Kind::kInit:
            return hyper::Trigger::kInit;
        case Kind::kPower:
            return hyper::Trigger::kPower;
        case Kind::kSleep:
            return hyper::Trigger::kSleep;
        case Kind::kS3resume:
            break;
    }
    return std::nullopt;
}

/// What does on ARM what the trigger does elsewhere.
const char* instead_of(api::TriggerRequest::Kind kind) {
    using Kind = api::TriggerRequest::Kind;
    switch (kind) {
        case Kind::kNmi:
            return "`xl sysrq` asks a Linux guest for a trace of its CPUs (l) or a crash (c)";
        case Kind::kReset:
        case Kind::kInit:
            return "`xl reboot` asks the guest to start anew, `xl destroy` and `xl create` make it";
        case Kind::kPower:
            return "`xl shutdown` asks the guest to power off";
        case Kind::kSleep:
            return "`xl pause` stops the guest";
        case Kind::kS3resume:
            break;
    }
    return "`xl unpause` lets a paused guest go on";
}

}  // namespace

Result<> Adjustments::set_vcpus(DomainId id, const api::VcpusRequest& request) {
    ZEROTH_TRY(const auto lane, service_.enter(id));
    ZEROTH_TRY(auto store, ground_.stores.lease());
    ZEROTH_TRY(const auto info, ground_.xen.domain(id));
    if (request.online == 0) {
        return fail(Error::message(EINVAL, "a domain cannot do without its first vCPU"));
    }
    const auto most = info.max_vcpu_id + 1;
    if (request.online > most) {
        return fail(Error::message(EINVAL, fmt::format("Requested {} VCPUs, however maxcpus is {}!",
                                                       request.online, most))
                        .with_hint("maxvcpus in the domain's config sets it, at creation"));
    }
    std::vector<xs::Change> changes;
    for (std::uint32_t i = 0; i < most; ++i) {
        changes.emplace_back(
            xs::Write{fmt::format("/local/domain/{}/cpu/{}/availability", id.raw(), i),
                      i < request.online ? "online" : "offline"});
    }
    ZEROTH_CHECK(store->apply(changes));
    change_next_life(info.handle, [&](config::DomainConfig& config) {
        config.vcpus = request.online;
        config.maxvcpus = most;
    });
    tell(event::kChanged, info, fmt::format("{} vCPUs are to be online", request.online), "vcpus");
    return {};
}

Result<> Adjustments::set_cpupool(DomainId id, CpupoolId pool, const std::string& name) {
    ZEROTH_TRY(const auto lane, service_.enter(id));
    ZEROTH_TRY(const auto info, ground_.xen.domain(id));
    if (info.cpupool == pool) return {};
    ZEROTH_CHECK(ground_.xen.move_to_cpupool(id, pool));
    change_next_life(info.handle, [&](config::DomainConfig& config) { config.pool = name; });
    tell(event::kChanged, info, fmt::format("it runs in CPU pool {}", name), "cpupool");
    return {};
}

void Adjustments::keep_scheduling(const hyper::DomainInfo& info, const hyper::SchedParams& params) {
    change_next_life(info.handle, [&](config::DomainConfig& config) {
        config.sched.weight = params.weight;
        config.sched.cap = params.cap;
        config.sched.period = params.period;
        config.sched.budget = params.budget;
        config.sched.extratime = params.extratime;
    });
    tell(event::kChanged, info, "its scheduler was told something else of it", "scheduling");
}

Result<> Adjustments::sysrq(DomainId id, const api::SysrqRequest& request) {
    const auto& key = request.key;
    if (key.size() != 1 || key[0] <= ' ' || key[0] > '~') {
        return fail(Error::message(EINVAL, "a sysrq is one letter or digit"));
    }
    ZEROTH_TRY(auto store, ground_.stores.lease());
    ZEROTH_TRY(const auto info, ground_.xen.domain(id));
    const std::vector<xs::Change> changes{
        xs::Write{fmt::format("/local/domain/{}/control/sysrq", id.raw()), key}};
    ZEROTH_CHECK(store->apply(changes));
    tell(event::kChanged, info, fmt::format("sysrq '{}' was sent", key), "sysrq");
    return {};
}

Result<> Adjustments::trigger(DomainId id, const api::TriggerRequest& request) {
    ZEROTH_TRY(const auto info, ground_.xen.domain(id));
    const auto kind = xens(request.trigger);
    if (info.max_vcpu_id == ~0U || request.vcpu > info.max_vcpu_id) {
        return fail(Error::message(EINVAL, fmt::format("there is no vCPU {}", request.vcpu)));
    }
    auto sent = kind ? ground_.xen.send_trigger(id, *kind, VcpuId{request.vcpu})
                     : Result<>{fail(ENOSYS, "s3resume")};
    if (sent) {
        tell(event::kChanged, info, "a trigger was sent", "trigger");
        return {};
    }
    if (!sent.error().is(ENOSYS) && !sent.error().is(EOPNOTSUPP)) return sent;
    return fail(Error::message(EOPNOTSUPP,
                               kind ? fmt::format("Xen on this machine sends no such trigger: {}",
                                                  sent.error().text())
                                    : "guests on ARM have no S3 sleep to be woken from")
                    .with_hint(instead_of(request.trigger)));
}

}  // namespace zeroth::daemon
