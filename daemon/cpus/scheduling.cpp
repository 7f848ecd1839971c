// SPDX-License-Identifier: Apache-2.0
#include "daemon/cpus/scheduling.hpp"

#include <fmt/format.h>

#include "daemon/cpus/scheduler.hpp"

namespace zeroth::daemon {
namespace {

std::unexpected<Error> refuse(std::string what) {
    return fail(Error::message(EINVAL, std::move(what)));
}

Result<> check_share(const api::SchedulingRequest& request, std::uint32_t vcpus) {
    if (request.weight && (*request.weight < 1 || *request.weight > 65535)) {
        return refuse("Cpu weight out of range, valid values are within range from 1 to 65535");
    }
    if (request.cap && *request.cap > vcpus * 100) {
        return refuse(
            fmt::format("Cpu cap out of range, valid range is from 0 to {} for specified "
                        "number of vcpus",
                        vcpus * 100));
    }
    return {};
}

/// Xen's least is 10 microseconds (MICROSECS(10) of its rtds).
Result<> check_budget(std::uint32_t period, std::uint32_t budget) {
    constexpr std::uint32_t kLeast = 10;
    if (period < kLeast) return refuse("VCPU period is out of range, valid values are from 10 us");
    if (budget < kLeast) return refuse("VCPU budget is out of range, valid values are from 10 us");
    if (budget > period) {
        return refuse(
            fmt::format("VCPU budget must be smaller than or equal to VCPU period, but "
                        "{} > {}",
                        budget, period));
    }
    return {};
}

Result<> check_kind(const api::SchedulingRequest& request, std::uint32_t scheduler, DomainId id) {
    const auto name = scheduler_name(scheduler);
    if (request.scheduler && *request.scheduler != name) {
        return refuse(fmt::format("domain {} is scheduled by {}, not by {}", id.raw(), name,
                                  *request.scheduler));
    }
    const bool share = request.weight || request.cap;
    const bool budget =
        request.period_us || request.budget_us || request.extratime || !request.vcpus.empty();
    if (share && !has_rate_limit(scheduler)) {
        return refuse(fmt::format("the scheduler {} knows neither weight nor cap", name));
    }
    if (budget && scheduler != kRtds) {
        return refuse(fmt::format("the scheduler {} knows neither period nor budget", name));
    }
    return {};
}

}  // namespace

Result<api::Scheduling> Scheduling::describe(const hyper::DomainInfo& info) {
    api::Scheduling out;
    ZEROTH_TRY(const auto its, ground_.xen.sched_params(info.id));
    out.domid = info.id.raw();
    out.scheduler = scheduler_name(its.scheduler);
    out.cpupool = info.cpupool.raw();
    out.weight = its.weight;
    out.cap = its.cap;
    out.period_us = its.period;
    out.budget_us = its.budget;
    out.extratime = its.extratime;
    if (its.scheduler != kRtds) return out;
    ZEROTH_TRY(const auto vcpus, ground_.xen.vcpu_sched(info.id, info.max_vcpu_id + 1));
    for (const auto& vcpu : vcpus) {
        out.vcpus.push_back({vcpu.vcpu.raw(), vcpu.period, vcpu.budget, vcpu.extratime});
    }
    return out;
}

Result<std::vector<api::Scheduling>> Scheduling::list() {
    ZEROTH_TRY(const auto domains, service_.domains(Service::With::kBasics));
    std::vector<api::Scheduling> all;
    for (const auto& domain : domains) {
        if (domain.dying || domain.restarting) continue;
        auto one = of(DomainId{static_cast<std::uint16_t>(domain.domid)});
        // It may have gone since it was listed, or run under a scheduler without parameters.
        if (!one && one.error().is(ESRCH)) continue;
        if (!one) return fail(std::move(one).error());
        one->name = domain.name;
        all.push_back(*std::move(one));
    }
    return all;
}

Result<api::Scheduling> Scheduling::of(DomainId id) {
    ZEROTH_TRY(const auto info, ground_.xen.domain(id));
    ZEROTH_TRY(auto out, describe(info));
    ZEROTH_TRY(auto store, ground_.stores.lease());
    ZEROTH_TRY(auto name, store->read_one(fmt::format("/local/domain/{}/name", id.raw())));
    out.name = std::move(name).value_or("");
    return out;
}

Result<> Scheduling::set(DomainId id, const api::SchedulingRequest& request) {
    ZEROTH_TRY(const auto lane, service_.enter(id));
    ZEROTH_TRY(const auto info, ground_.xen.domain(id));
    ZEROTH_TRY(auto its, ground_.xen.sched_params(id));
    ZEROTH_CHECK(check_kind(request, its.scheduler, id));
    const auto vcpus = info.max_vcpu_id + 1;
    ZEROTH_CHECK(check_share(request, vcpus));
    std::vector<hyper::VcpuSched> each;
    for (const auto& vcpu : request.vcpus) {
        if (vcpu.vcpu >= vcpus) return refuse(fmt::format("there is no vCPU {}", vcpu.vcpu));
        ZEROTH_CHECK(check_budget(vcpu.period_us, vcpu.budget_us));
        each.push_back({VcpuId{vcpu.vcpu}, vcpu.period_us, vcpu.budget_us, vcpu.extratime});
    }
    if (request.weight || request.cap || request.period_us || request.budget_us ||
        request.extratime) {
        if (request.weight) its.weight = request.weight;
        if (request.cap) its.cap = request.cap;
        if (request.period_us) its.period = request.period_us;
        if (request.budget_us) its.budget = request.budget_us;
        if (request.extratime) its.extratime = request.extratime;
        if (its.scheduler == kRtds) {
            ZEROTH_CHECK(check_budget(its.period.value_or(0), its.budget.value_or(0)));
        }
        ZEROTH_CHECK(ground_.xen.set_sched_params(id, its));
        adjust_.keep_scheduling(info, its);
    }
    if (!each.empty()) return ground_.xen.set_vcpu_sched(id, each);
    return {};
}

}  // namespace zeroth::daemon
