// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "core/append.hpp"
#include "daemon/api/reference_json.hpp"
#include "libdomain/config/cpu_set.hpp"
#include "xl/commands/commands.hpp"
#include "xl/remote.hpp"

namespace zeroth::xl {
namespace {

constexpr Option kOptions[]{{'c', "cpus", nullptr, "list the pools' CPUs"}, kJson};

/// "0-2,5" as the reference writes it: "0,1,2,5".
Result<std::string> numbers_of(const api::Cpupool& pool) {
    if (pool.nr_cpus == 0) return std::string{};
    ZEROTH_TRY(const auto selection, config::CpuSelection::parse(pool.cpus));
    std::string numbers;
    for (const auto& part : selection.parts) {
        const bool all = part.kind == config::CpuPart::Kind::kAll;
        const auto last = all ? pool.nr_cpus - 1 : part.last;
        for (auto cpu = all ? 0 : part.first; cpu <= last; ++cpu)
            append(numbers, "{}{}", numbers.empty() ? "" : ",", cpu);
    }
    return numbers;
}

Result<int> run(Context& context, const Arguments& arguments) {
    ZEROTH_TRY(const Reply reply, call(context, {.target = "/v1/cpupools", .body = {}}));
    ZEROTH_TRY(auto pools, decoded<std::vector<api::Cpupool>>(reply));
    if (!arguments.words().empty()) {
        const auto wanted = arguments.words().front();
        std::erase_if(pools, [&](const api::Cpupool& pool) {
            return pool.name != wanted && fmt::to_string(pool.id) != wanted;
        });
        if (pools.empty()) {
            context.err.print("Pool '{}' does not exist\n", wanted);
            return kFailure;
        }
    }
    if (arguments.has(kJsonKey)) {
        context.out.write(api::print_reference(api::encode(pools)));
        return kSuccess;
    }
    const bool cpus = arguments.has('c');
    context.out.print("{:<19}{}\n", "Name",
                      cpus ? "CPU list" : "CPUs   Sched     Active   Domain count");
    for (const auto& pool : pools) {
        if (cpus) {
            ZEROTH_TRY(const auto numbers, numbers_of(pool));
            context.out.print("{:<19}{}\n", pool.name, numbers);
        } else {
            context.out.print("{:<19}{:3} {:>9}       y       {:4}\n", pool.name, pool.nr_cpus,
                              pool.scheduler, pool.domains);
        }
    }
    return kSuccess;
}

}  // namespace

constinit const Command kCpupoolList{.name = "cpupool-list",
                                     .usage = "[options] [CPU Pool]",
                                     .summary = "List the CPU pools of the host",
                                     .can_dry_run = false,
                                     .changes_host = false,
                                     .least_words = 0,
                                     .most_words = 1,
                                     .options = kOptions,
                                     .run = run};

}  // namespace zeroth::xl
