// SPDX-License-Identifier: Apache-2.0
// sched-credit and sched-credit2: weights and caps of domains, and what a whole pool has.
#include <boost/json/serialize.hpp>

#include "daemon/api/reference_json.hpp"
#include "xl/commands/commands.hpp"
#include "xl/scheduling.hpp"

namespace zeroth::xl {
namespace {

constexpr Option kDomain{'d', "domain", "DOMAIN", "the domain to show or to change"};
constexpr Option kWeight{'w', "weight", "WEIGHT", "its share beside the others': 1 to 65535"};
constexpr Option kCap{'c', "cap", "CAP", "the most it may use, in per cent of a CPU; 0: no limit"};
constexpr Option kPoolAlone{'s', "schedparam", nullptr, "show or change what a whole pool has"};
constexpr Option kRate{'r', "ratelimit_us", "US", "the least that a vCPU runs, in microseconds"};
constexpr Option kPool{'p', "cpupool", "POOL", "that CPU pool alone"};
constexpr Option kCreditOptions[]{
    kDomain,
    kWeight,
    kCap,
    kPoolAlone,
    {'t', "tslice_ms", "MS", "the time slice, in milliseconds"},
    kRate,
    {'m', "migration_delay_us", "US", "how long a vCPU's cache counts as hot, in microseconds"},
    kPool,
    kJson};
constexpr Option kCredit2Options[]{kDomain, kWeight, kCap, kPoolAlone, kRate, kPool, kJson};

void print_pool(Output& out, const api::Cpupool& pool) {
    out.print("Cpupool {}:", pool.name);
    if (pool.timeslice_ms) out.print(" tslice={}ms", *pool.timeslice_ms);
    out.print(" ratelimit={}us", pool.ratelimit_us.value_or(0));
    if (pool.migration_delay_us) out.print(" migration-delay={}us", *pool.migration_delay_us);
    out.print("\n");
}

void print_header(Output& out) {
    out.print("{:<33} {:>4} {:>6} {:>4}\n", "Name", "ID", "Weight", "Cap");
}

void print_domain(Output& out, const api::Scheduling& domain) {
    out.print("{:<33} {:4} {:6} {:4}\n", domain.name, domain.domid, domain.weight.value_or(0),
              domain.cap.value_or(0));
}

/// What stands against the options together; nullptr if nothing does.
const char* fault_of(const Arguments& given) {
    const bool domain = given.has('d') || given.has('w') || given.has('c');
    if ((given.has('p') || given.has('s')) && domain)
        return "Specifying a cpupool or schedparam is not allowed with domain options.";
    if (!given.has('d') && domain) return "Must specify a domain.";
    if (!given.has('s') && (given.has('t') || given.has('r') || given.has('m')))
        return "Must specify schedparam to set schedule parameter values.";
    return nullptr;
}

Result<int> change_pool(Context& context, const Arguments& arguments, std::string_view scheduler) {
    api::PoolSchedulingRequest request;
    request.scheduler = std::string{scheduler};
    ZEROTH_TRY(request.timeslice_ms, number_of(arguments, 't'));
    ZEROTH_TRY(request.ratelimit_us, number_of(arguments, 'r'));
    ZEROTH_TRY(request.migration_delay_us, number_of(arguments, 'm'));
    auto target = pool_target(arguments.value('p').value_or("0"), "/scheduling");
    const auto body = boost::json::serialize(api::encode(request));
    ZEROTH_TRY(const Reply reply,
               call(context, {.method = "PUT", .target = std::move(target), .body = body}));
    if (reply.ok()) return kSuccess;
    print_error(context, problem_of(reply));
    context.err.print("libxl_sched_{}_params_set failed.\n", scheduler);
    return kFailure;
}

Result<int> show(Context& context, const Arguments& arguments, std::string_view scheduler) {
    ZEROTH_TRY(auto all, scheduled_by(context, scheduler));
    if (const auto only = arguments.value('p')) {
        std::erase_if(all.pools, [&](const api::Cpupool& pool) {
            return pool.name != *only && fmt::to_string(pool.id) != *only;
        });
        if (all.pools.empty())
            return fail(
                fmt::format("there is no CPU pool '{}' with the scheduler {}", *only, scheduler));
    }
    if (arguments.has(kJsonKey)) {
        context.out.write(api::print_reference(arguments.has('s') ? api::encode(all.pools)
                                                                  : api::encode(all.domains)));
        return kSuccess;
    }
    for (const auto& pool : all.pools) {
        print_pool(context.out, pool);
        if (arguments.has('s')) continue;
        print_header(context.out);
        for (const auto& domain : all.domains)
            if (domain.cpupool == pool.id) print_domain(context.out, domain);
    }
    return kSuccess;
}

Result<int> one_domain(Context& context, const Arguments& arguments, std::string_view scheduler) {
    const auto domain = *arguments.value('d');
    api::SchedulingRequest request;
    request.scheduler = std::string{scheduler};
    ZEROTH_TRY(request.weight, number_of(arguments, 'w'));
    ZEROTH_TRY(request.cap, number_of(arguments, 'c'));
    if (request.weight || request.cap) return set_scheduling(context, domain, request);
    const auto its = scheduling_of(context, domain, scheduler);
    if (!its && its.error().is(ESRCH)) return no_such_domain(context, domain);
    if (!its) return fail(its.error());
    if (arguments.has(kJsonKey)) {
        context.out.write(api::print_reference(api::encode(*its)));
        return kSuccess;
    }
    print_header(context.out);
    print_domain(context.out, *its);
    return kSuccess;
}

Result<int> run(Context& context, const Arguments& arguments, std::string_view scheduler) {
    if (const auto* const fault = fault_of(arguments)) {
        context.err.print("{}\n", fault);
        return kFailure;
    }
    if (arguments.has('d')) return one_domain(context, arguments, scheduler);
    const bool change = arguments.has('t') || arguments.has('r') || arguments.has('m');
    if (change) return change_pool(context, arguments, scheduler);
    return show(context, arguments, scheduler);
}

Result<int> run_credit(Context& context, const Arguments& arguments) {
    return run(context, arguments, "credit");
}
Result<int> run_credit2(Context& context, const Arguments& arguments) {
    return run(context, arguments, "credit2");
}

}  // namespace

constinit const Command kSchedCredit{
    .name = "sched-credit",
    .usage = "[options]",
    .summary = "Show or set what the scheduler credit has for domains and pools",
    .can_dry_run = false,
    .changes_host = true,
    .least_words = 0,
    .most_words = 0,
    .options = kCreditOptions,
    .run = run_credit};
constinit const Command kSchedCredit2{
    .name = "sched-credit2",
    .usage = "[options]",
    .summary = "Show or set what the scheduler credit2 has for domains and pools",
    .can_dry_run = false,
    .changes_host = true,
    .least_words = 0,
    .most_words = 0,
    .options = kCredit2Options,
    .run = run_credit2};

}  // namespace zeroth::xl
