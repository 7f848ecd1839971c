// SPDX-License-Identifier: Apache-2.0
#include "xl/scheduling.hpp"

#include <boost/json/serialize.hpp>
#include <charconv>

namespace zeroth::xl {

std::string pool_target(std::string_view pool, std::string_view rest) {
    return "/v1/cpupools" +
           domain_target(pool, rest).substr(std::string_view{"/v1/domains"}.size());
}

Result<Scheduled> scheduled_by(Context& context, std::string_view scheduler) {
    Scheduled all;
    ZEROTH_TRY(const Reply pools, call(context, {.target = "/v1/cpupools", .body = {}}));
    ZEROTH_TRY(all.pools, decoded<std::vector<api::Cpupool>>(pools));
    ZEROTH_TRY(const Reply domains, call(context, {.target = "/v1/scheduling", .body = {}}));
    ZEROTH_TRY(all.domains, decoded<std::vector<api::Scheduling>>(domains));
    std::erase_if(all.pools, [&](const api::Cpupool& pool) { return pool.scheduler != scheduler; });
    std::erase_if(all.domains,
                  [&](const api::Scheduling& domain) { return domain.scheduler != scheduler; });
    return all;
}

Result<api::Scheduling> scheduling_of(Context& context, std::string_view domain,
                                      std::string_view scheduler) {
    ZEROTH_TRY(const Reply reply, call_domain(context, domain, "/scheduling"));
    if (!reply.ok()) return fail(problem_of(reply));
    ZEROTH_TRY(auto its, decoded<api::Scheduling>(reply));
    if (its.scheduler != scheduler) {
        return fail(fmt::format("domain {} is scheduled by {}, not by {}", its.domid, its.scheduler,
                                scheduler));
    }
    return its;
}

Result<int> set_scheduling(Context& context, std::string_view domain,
                           const api::SchedulingRequest& request) {
    const auto body = boost::json::serialize(api::encode(request));
    ZEROTH_TRY(const Reply reply, call_domain(context, domain, "/scheduling",
                                              {.method = "PUT", .target = {}, .body = body}));
    if (reply.status == 404) return no_such_domain(context, domain);
    if (reply.ok()) return kSuccess;
    print_error(context, problem_of(reply));
    context.err.write("libxl_domain_sched_params_set failed.\n");
    return kFailure;
}

Result<std::optional<std::uint32_t>> number_of(const Arguments& arguments, char option) {
    const auto text = arguments.value(option);
    if (!text) return std::nullopt;
    std::uint32_t number = 0;
    const auto* const end = text->data() + text->size();
    const auto [rest, error] = std::from_chars(text->data(), end, number);
    if (error != std::errc{} || rest != end)
        return fail(fmt::format("-{} {}: expected a number", option, *text));
    return number;
}

}  // namespace zeroth::xl
