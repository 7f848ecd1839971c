// SPDX-License-Identifier: Apache-2.0
#include "daemon/adjust/routes.hpp"

#include "daemon/api/json.hpp"

namespace zeroth::daemon {
namespace {

using http::Reply;
using http::Request;

/// A handler that reads the body and does one thing to the domain that the path names.
template <class Wanted>
auto handler(Service& service, Adjustments& adjust,
             Result<> (Adjustments::*act)(DomainId, const Wanted&)) {
    return [&service, &adjust, act](const Request& request) -> Reply {
        const auto id = service.find(request.arguments.at(0));
        if (!id) return http::problem(id.error());
        const auto value = api::parse_json(request.body);
        if (!value) return http::problem(value.error());
        const auto wanted = api::decode<Wanted>(*value);
        if (!wanted) return http::problem(wanted.error());
        if (const auto done = (adjust.*act)(*id, *wanted); !done) {
            return http::problem(done.error());
        }
        return Reply{204, "", "", {}};
    };
}

}  // namespace

void add_adjust_routes(std::vector<http::Route>& routes, Service& service, Adjustments& adjust) {
    const auto add = [&](std::string_view method, std::string_view path, auto act) {
        routes.push_back({method, path, http::Access::kChange, handler(service, adjust, act)});
    };
    add("PUT", "/v1/domains/{domain}/name", &Adjustments::rename);
    add("PUT", "/v1/domains/{domain}/config", &Adjustments::set_config);
    add("PUT", "/v1/domains/{domain}/memory", &Adjustments::set_memory);
    add("PUT", "/v1/domains/{domain}/vcpus", &Adjustments::set_vcpus);
    add("POST", "/v1/domains/{domain}/sysrq", &Adjustments::sysrq);
    add("POST", "/v1/domains/{domain}/trigger", &Adjustments::trigger);
    add("POST", "/v1/domains/{domain}/core", &Adjustments::dump_core);
}

}  // namespace zeroth::daemon
