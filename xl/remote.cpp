// SPDX-License-Identifier: Apache-2.0
#include "xl/remote.hpp"

#include <algorithm>

#include "daemon/api/reference_json.hpp"

namespace zeroth::xl {

Result<Reply> call(Context& context, const Request& request) {
    if (!context.client) context.client = std::make_unique<Client>(context.socket);
    return context.client->call(request);
}

Error problem_of(const Reply& reply) {
    auto value = api::parse_json(reply.body);
    auto problem = value ? api::decode<api::Problem>(*value) : fail(std::move(value).error());
    if (!problem)
        return Error::message(
            fmt::format("xld answered with HTTP status {} and no description of "
                        "the problem",
                        reply.status));
    const std::string& what = problem->detail.empty() ? problem->title : problem->detail;
    return Error::message(problem->errno_value, what)
        .with_hint(problem->hint)
        .with_details(problem->more);
}

Result<boost::json::value> json_of(const Reply& reply) {
    if (!reply.ok()) return fail(problem_of(reply));
    auto value = api::parse_json(reply.body);
    if (!value) return fail(std::move(value).error().within("xld's answer"));
    return value;
}

bool is_number(std::string_view domain) {
    return !domain.empty() &&
           std::ranges::all_of(domain, [](char c) { return c >= '0' && c <= '9'; });
}

bool is_domain0(std::string_view domain) {
    return domain == "Domain-0" ||
           (is_number(domain) && domain.find_first_not_of('0') == std::string_view::npos);
}

std::string domain_target(std::string_view domain, std::string_view rest) {
    if (is_number(domain))
        domain.remove_prefix(std::min(domain.find_first_not_of('0'), domain.size() - 1));
    return fmt::format("/v1/domains/{}{}", escape(domain), rest);
}

Result<Reply> call_domain(Context& context, std::string_view domain, std::string_view rest,
                          Request request) {
    if (domain.empty()) return Reply{.status = 404, .body = {}};
    request.target = domain_target(domain, rest);
    return call(context, request);
}

int no_such_domain(Context& context, std::string_view domain) {
    context.err.print("{} is an invalid domain identifier (rc=-6)\n", domain);
    return kFailure;
}

std::string domid_of(Context& context, std::string_view domain) {
    const auto reply = call_domain(context, domain, "");
    const auto found = reply ? decoded<api::Domain>(*reply) : fail(reply.error());
    return found ? fmt::to_string(found->domid) : std::string{domain};
}

Result<int> change_domain(Context& context, std::string_view domain, std::string_view rest,
                          const char* method) {
    Request request;
    request.method = method;
    request.patience = kChangePatience;
    ZEROTH_TRY(const Reply reply, call_domain(context, domain, rest, std::move(request)));
    if (reply.status == 404) return no_such_domain(context, domain);
    if (!reply.ok()) return fail(problem_of(reply));
    return kSuccess;
}

Result<int> print_json(Context& context, const Reply& reply) {
    ZEROTH_TRY(const boost::json::value value, json_of(reply));
    context.out.write(api::print_reference(value));
    return kSuccess;
}

}  // namespace zeroth::xl
