// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <charconv>

#include "daemon/api/reference_json.hpp"
#include "xl/commands/commands.hpp"
#include "xl/scheduling.hpp"

namespace zeroth::xl {
namespace {

constexpr Option kOptions[]{
    {'d', "domain", "DOMAIN", "the domain to show or to change"},
    {'v', "vcpuid", "VCPU|all", "that vCPU of it; may be given several times"},
    {'p', "period", "US", "the period, in microseconds; one for each -v"},
    {'b', "budget", "US", "what it may run in a period; one for each -v"},
    {'e', "extratime", "0|1", "whether it may run on while nobody else wants to; likewise"},
    {'c', "cpupool", "POOL", "that CPU pool alone"},
    kJson};

std::string_view yes_no(bool flag) { return flag ? "yes" : "no"; }

void print_header(Output& out, bool vcpus) {
    if (vcpus)
        out.print("{:<33} {:>4} {:>4} {:>9} {:>9} {:>10}\n", "Name", "ID", "VCPU", "Period",
                  "Budget", "Extratime");
    else
        out.print("{:<33} {:>4} {:>9} {:>9} {:>10}\n", "Name", "ID", "Period", "Budget",
                  "Extratime");
}

void print_domain(Output& out, const api::Scheduling& domain) {
    out.print("{:<33} {:4} {:9} {:9} {:>10}\n", domain.name, domain.domid,
              domain.period_us.value_or(0), domain.budget_us.value_or(0),
              yes_no(domain.extratime.value_or(false)));
}

void print_vcpu(Output& out, const api::Scheduling& domain, const api::VcpuScheduling& vcpu) {
    out.print("{:<33} {:4} {:4} {:9} {:9} {:>10}\n", domain.name, domain.domid, vcpu.vcpu,
              vcpu.period_us, vcpu.budget_us, yes_no(vcpu.extratime));
}

/// The arguments of an option that may be repeated, as numbers.
Result<std::vector<std::uint32_t>> numbers_of(const Arguments& arguments, char option) {
    std::vector<std::uint32_t> numbers;
    for (const auto text : arguments.values(option)) {
        std::uint32_t number = 0;
        const auto* const end = text.data() + text.size();
        const auto [rest, error] = std::from_chars(text.data(), end, number);
        if (error != std::errc{} || rest != end)
            return fail(fmt::format("-{} {}: expected a number", option, text));
        numbers.push_back(number);
    }
    return numbers;
}

bool all_vcpus(const Arguments& arguments) { return arguments.value('v') == "all"; }

/// What stands against the options together; nullptr if nothing does.
const char* fault_of(const Arguments& given) {
    const bool values = given.has('p') || given.has('b') || given.has('e');
    const bool of_domain = given.has('d') || values;
    if (given.has('c') && (of_domain || (given.has('v') && !all_vcpus(given))))
        return "Specifying a cpupool is not allowed with other options.";
    if (!given.has('d') && (values || (given.has('v') && !all_vcpus(given))))
        return "Missing parameters: a domain (-d).";
    if (given.count('p') != given.count('b')) return "Must specify period and budget together.";
    if (given.has('e') && given.count('e') != given.count('p'))
        return "Must specify extratime with period and budget, once for each.";
    const auto vcpus = given.has('v') && !all_vcpus(given) ? given.count('v') : 1;
    if (values && given.count('p') != vcpus)
        return "Must specify as many periods and budgets as vCPUs.";
    return nullptr;
}

Result<int> change(Context& context, const Arguments& arguments) {
    const auto domain = *arguments.value('d');
    ZEROTH_TRY(const auto periods, numbers_of(arguments, 'p'));
    ZEROTH_TRY(const auto budgets, numbers_of(arguments, 'b'));
    ZEROTH_TRY(const auto extras, numbers_of(arguments, 'e'));
    api::SchedulingRequest request;
    request.scheduler = "rtds";
    if (!arguments.has('v') || all_vcpus(arguments)) {
        request.period_us = periods.at(0);
        request.budget_us = budgets.at(0);
        if (!extras.empty()) request.extratime = extras[0] != 0;
        return set_scheduling(context, domain, request);
    }
    ZEROTH_TRY(const auto vcpus, numbers_of(arguments, 'v'));
    for (std::size_t i = 0; i < vcpus.size(); ++i)
        request.vcpus.push_back(
            {vcpus[i], periods[i], budgets[i], !extras.empty() && extras[i] != 0});
    return set_scheduling(context, domain, request);
}

/// A domain's vCPUs, or those of them that were asked for.
Result<int> print_chosen(Context& context, const Arguments& arguments,
                         const api::Scheduling& domain) {
    print_header(context.out, true);
    if (all_vcpus(arguments)) {
        for (const auto& vcpu : domain.vcpus) print_vcpu(context.out, domain, vcpu);
        return kSuccess;
    }
    ZEROTH_TRY(const auto wanted, numbers_of(arguments, 'v'));
    for (const auto number : wanted) {
        const auto found = std::ranges::find(domain.vcpus, number, &api::VcpuScheduling::vcpu);
        if (found == domain.vcpus.end())
            return fail(fmt::format("domain {} has no vCPU {}", domain.domid, number));
        print_vcpu(context.out, domain, *found);
    }
    return kSuccess;
}

Result<int> show_one(Context& context, const Arguments& arguments) {
    const auto name = *arguments.value('d');
    const auto domain = scheduling_of(context, name, "rtds");
    if (!domain && domain.error().is(ESRCH)) return no_such_domain(context, name);
    if (!domain) return fail(domain.error());
    if (arguments.has(kJsonKey)) {
        context.out.write(api::print_reference(api::encode(*domain)));
        return kSuccess;
    }
    if (arguments.has('v')) return print_chosen(context, arguments, *domain);
    print_header(context.out, false);
    print_domain(context.out, *domain);
    return kSuccess;
}

Result<int> show_all(Context& context, const Arguments& arguments) {
    ZEROTH_TRY(const auto all, scheduled_by(context, "rtds"));
    if (arguments.has(kJsonKey)) {
        context.out.write(api::print_reference(api::encode(all.domains)));
        return kSuccess;
    }
    const auto only = arguments.value('c');
    for (const auto& pool : all.pools) {
        if (only && pool.name != *only && fmt::to_string(pool.id) != *only) continue;
        context.out.print("Cpupool {}: sched=RTDS\n", pool.name);
        print_header(context.out, all_vcpus(arguments));
        for (const auto& domain : all.domains) {
            if (domain.cpupool != pool.id) continue;
            if (!all_vcpus(arguments))
                print_domain(context.out, domain);
            else
                for (const auto& vcpu : domain.vcpus) print_vcpu(context.out, domain, vcpu);
        }
    }
    return kSuccess;
}

Result<int> run(Context& context, const Arguments& arguments) {
    if (const auto* const fault = fault_of(arguments)) {
        context.err.print("{}\n", fault);
        return kFailure;
    }
    if (!arguments.has('d')) return show_all(context, arguments);
    return arguments.has('p') ? change(context, arguments) : show_one(context, arguments);
}

}  // namespace

constinit const Command kSchedRtds{
    .name = "sched-rtds",
    .usage = "[options]",
    .summary = "Show or set what the scheduler rtds gives domains and their vCPUs",
    .can_dry_run = false,
    .changes_host = true,
    .least_words = 0,
    .most_words = 0,
    .options = kOptions,
    .run = run};

}  // namespace zeroth::xl
