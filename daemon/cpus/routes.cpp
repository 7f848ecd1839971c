// SPDX-License-Identifier: Apache-2.0
#include "daemon/cpus/routes.hpp"

#include <boost/json/serialize.hpp>

#include "daemon/api/json.hpp"

namespace zeroth::daemon {
namespace {

using http::Access;
using http::Reply;
using http::Request;

template <class T>
Reply reply(const Result<T>& result) {
    if (!result) return http::problem(result.error());
    return {200, "application/json", boost::json::serialize(api::encode(*result)), {}};
}
Reply reply(const Result<>& result) {
    if (!result) return http::problem(result.error());
    return {204, "", "", {}};
}

/// A handler that reads the body and hands it over, with the request's path.
template <class Wanted, class Act>
auto with_body(Act act) {
    return [act](const Request& request) -> Reply {
        const auto value = api::parse_json(request.body);
        if (!value) return http::problem(value.error());
        const auto wanted = api::decode<Wanted>(*value);
        if (!wanted) return http::problem(wanted.error());
        return reply(act(request, *wanted));
    };
}

void add_pools(std::vector<http::Route>& routes, CpuPools& pools) {
    const auto change = [&](std::string_view method, std::string_view path, auto handler) {
        routes.push_back({method, path, Access::kChange, std::move(handler)});
    };
    routes.push_back({"GET", "/v1/cpupools", Access::kRead,
                      [&pools](const Request&) { return reply(pools.list()); }});
    change("POST", "/v1/cpupools",
           with_body<api::CpupoolRequest>(
               [&pools](const Request&, const auto& wanted) { return pools.create(wanted); }));
    change("POST", "/v1/cpupools-by-node",
           [&pools](const Request&) { return reply(pools.split_by_node()); });
    change("DELETE", "/v1/cpupools/{pool}", [&pools](const Request& request) {
        return reply(pools.destroy(request.arguments.at(0)));
    });
    change("PUT", "/v1/cpupools/{pool}/name",
           with_body<api::RenameRequest>([&pools](const Request& request, const auto& wanted) {
               return pools.rename(request.arguments.at(0), wanted);
           }));
    change("POST", "/v1/cpupools/{pool}/cpus",
           with_body<api::PoolCpusRequest>([&pools](const Request& request, const auto& wanted) {
               return pools.change_cpus(request.arguments.at(0), wanted);
           }));
    change(
        "PUT", "/v1/cpupools/{pool}/scheduling",
        with_body<api::PoolSchedulingRequest>([&pools](const Request& request, const auto& wanted) {
            return pools.set_scheduling(request.arguments.at(0), wanted);
        }));
}

}  // namespace

void add_cpu_routes(std::vector<http::Route>& routes, CpuRoutes with) {
    add_pools(routes, with.pools);
    auto& service = with.service;
    auto& scheduling = with.scheduling;
    auto& pools = with.pools;
    routes.push_back({"GET", "/v1/scheduling", Access::kRead,
                      [&scheduling](const Request&) { return reply(scheduling.list()); }});
    routes.push_back({"GET", "/v1/domains/{domain}/scheduling", Access::kRead,
                      [&service, &scheduling](const Request& request) {
                          const auto id = service.find(request.arguments.at(0));
                          return id ? reply(scheduling.of(*id)) : http::problem(id.error());
                      }});
    routes.push_back(
        {"PUT", "/v1/domains/{domain}/scheduling", Access::kChange,
         with_body<api::SchedulingRequest>(
             [&service, &scheduling](const Request& request, const auto& wanted) -> Result<> {
                 ZEROTH_TRY(const auto id, service.find(request.arguments.at(0)));
                 return scheduling.set(id, wanted);
             })});
    routes.push_back(
        {"PUT", "/v1/domains/{domain}/cpupool", Access::kChange,
         with_body<api::PoolChoice>(
             [&service, &pools](const Request& request, const auto& wanted) -> Result<> {
                 ZEROTH_TRY(const auto id, service.find(request.arguments.at(0)));
                 return pools.move(id, wanted);
             })});
}

}  // namespace zeroth::daemon
