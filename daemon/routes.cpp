// SPDX-License-Identifier: Apache-2.0
#include "daemon/routes.hpp"

#include <boost/json/serialize.hpp>
#include <charconv>

#include "daemon/api/json.hpp"
#include "daemon/plan_json.hpp"

namespace zeroth::daemon {
namespace {

namespace json = boost::json;
using http::Access;
using http::Reply;
using http::Request;

/// A result as a reply: its JSON, 204 for one without a value, or its problem.
template <class T>
Reply reply(const Result<T>& result) {
    if (!result) return http::problem(result.error());
    return {200, "application/json", json::serialize(api::encode(*result)), {}};
}
Reply reply(const Result<>& result) {
    if (!result) return http::problem(result.error());
    return {204, "", "", {}};
}
Reply reply_text(const Result<std::string>& result, std::string content_type) {
    if (!result) return http::problem(result.error());
    return {200, std::move(content_type), *result, {}};
}

template <class T>
Result<T> body(const Request& request) {
    ZEROTH_TRY(const auto value, api::parse_json(request.body));
    auto decoded = api::decode<T>(value);
    return decoded;
}

Service::With with(const Request& request) {
    return request.has("uptime") ? Service::With::kUptime : Service::With::kBasics;
}

/// A handler for one domain, which the path's first argument names.
template <class Act>
auto on_domain(Service& service, Act act) {
    return [&service, act](const Request& request) -> Reply {
        const auto& name = request.arguments.at(0);
        const auto id = service.find(name);
        if (!id) return http::problem(id.error());
        auto reply = act(service, *id, request);
        if (reply.status != 404) return reply;
        // It may have gone on to its next life meanwhile.
        const auto next = service.find(name);
        return next && *next != *id ? act(service, *next, request) : reply;
    };
}

/// The same for what changes the domain: nobody else changes it meanwhile.
template <class Act>
auto on_domain_alone(Service& service, Act act) {
    return on_domain(service, [act](Service& s, DomainId id, const Request& request) -> Reply {
        const auto lane = s.enter(id);
        if (!lane) return http::problem(lane.error());
        return act(s, id, request);
    });
}

Reply set_affinity(Service& service, DomainId id, const Request& request) {
    const auto& word = request.arguments.at(1);
    std::optional<VcpuId> vcpu;
    if (word != "all") {
        std::uint32_t number = 0;
        const auto end = word.data() + word.size();
        const auto [rest, error] = std::from_chars(word.data(), end, number);
        if (error != std::errc{} || rest != end) {
            return http::problem(400, "Bad Request", "'" + word + "' is no vCPU");
        }
        vcpu = VcpuId{number};
    }
    const auto wanted = body<api::AffinityRequest>(request);
    if (!wanted) return http::problem(wanted.error());
    return reply(service.set_affinity(id, vcpu, *wanted));
}

Reply console(Service& service, DomainId id, const Request& request) {
    const auto query = [&](const char* key, const char* fallback) {
        const auto found = request.query.find(key);
        return found == request.query.end() ? std::string{fallback} : found->second;
    };
    const auto type = query("type", "pv"), number = query("number", "0");
    std::uint32_t which = 0;
    const auto end = number.data() + number.size();
    const auto [rest, error] = std::from_chars(number.data(), end, which);
    if (error != std::errc{} || rest != end) {
        return http::problem(400, "Bad Request", "'" + number + "' is no console's number");
    }
    return reply(service.console(id, type, which));
}

Reply debug_keys(Service& service, const Request& request) {
    const auto wanted = body<api::DebugKeysRequest>(request);
    if (!wanted) return http::problem(wanted.error());
    return reply(service.debug_keys(wanted->keys));
}

Reply set_parameter(Service& service, const Request& request) {
    const auto wanted = body<api::ParameterRequest>(request);
    if (!wanted) return http::problem(wanted.error());
    return reply(service.set_parameter(*wanted));
}

Reply plan(Service& service, const Request& request) {
    const auto wanted = body<api::CreateRequest>(request);
    if (!wanted) return http::problem(wanted.error());
    const auto plan = service.plan(*wanted);
    if (!plan) return http::problem(plan.error());
    const api::PlanReply both{plan::to_text(*plan), json::serialize(to_json(*plan))};
    return {200, "application/json", json::serialize(api::encode(both)), {}};
}

/// Progress is for those who ask for it; a request that says nothing sensible is refused before
/// anything begins.
http::Answer create(Service& service, const Request& request) {
    auto wanted = body<api::CreateRequest>(request);
    if (!wanted) return http::problem(wanted.error());
    const bool progress = request.has("progress");
    return http::LineJob{
        [&service, progress, wanted = *std::move(wanted)](const http::LineSink& sink) {
            service.create(wanted, sink.gone, [&](const api::CreateEvent& event) {
                if (event.event == "step" && !progress) return;
                sink.send(json::serialize(api::encode(event)) + '\n');
            });
        }};
}

/// Where they are asked for, each domain has its devices too. One that went away meanwhile has
/// none.
template <class T>
Reply reply_with_devices(Service& service, const Request& request, const Result<T>& result) {
    if (!result || !request.has("devices")) return reply(result);
    auto value = api::encode(*result);
    const auto add = [&](json::value& domain) {
        auto& members = domain.as_object();
        const auto id = members.at("domid").to_number<std::uint16_t>();
        const auto devices = service.devices(DomainId{id});
        members["devices"] = devices ? *devices : json::object{};
    };
    if (value.is_array()) {
        for (auto& one : value.as_array()) add(one);
    } else {
        add(value);
    }
    return {200, "application/json", json::serialize(value), {}};
}

Reply domains(Service& service, const Request& request) {
    auto all = service.domains(with(request));
    if (all && request.has("numa")) {
        if (const auto done = service.add_nodes(*all); !done) return http::problem(done.error());
    }
    return reply_with_devices(service, request, all);
}

Reply domain(Service& service, DomainId id, const Request& request) {
    auto one = service.domain(id, with(request));
    if (!one || !request.has("numa")) return reply_with_devices(service, request, one);
    std::vector<api::Domain> list{*std::move(one)};
    if (const auto done = service.add_nodes(list); !done) return http::problem(done.error());
    return reply_with_devices(service, request, Result<api::Domain>{std::move(list.front())});
}

template <class Handler>
http::Route get(std::string_view path, Handler handler) {
    return {"GET", path, Access::kRead, std::move(handler)};
}
template <class Handler>
http::Route change(std::string_view method, std::string_view path, Handler handler) {
    return {method, path, Access::kChange, std::move(handler)};
}
/// For what may take long.
http::Route slow(http::Route route) {
    route.lane = http::Lane::kLong;
    return route;
}

using Routes = std::vector<http::Route>;

void add_host(Routes& routes, Service& s) {
    const auto log = [&s](hyper::Hypervisor::Clear clear) {
        return
            [&s, clear](const Request&) { return reply_text(s.console_log(clear), "text/plain"); };
    };
    routes.push_back(get("/v1/host", [&s](const Request&) { return reply(s.host()); }));
    routes.push_back(get("/v1/host/log", log(hyper::Hypervisor::Clear::kNo)));
    routes.push_back(change("DELETE", "/v1/host/log", log(hyper::Hypervisor::Clear::kYes)));
    routes.push_back(change("POST", "/v1/host/debug-keys",
                            [&s](const Request& request) { return debug_keys(s, request); }));
    routes.push_back(
        get("/v1/host/parameters", [&s](const Request&) { return reply(s.parameters()); }));
    routes.push_back(change("PUT", "/v1/host/parameters",
                            [&s](const Request& request) { return set_parameter(s, request); }));
    routes.push_back(get("/v1/vcpus", [&s](const Request&) { return reply(s.all_vcpus()); }));
}

void add_domains(Routes& routes, Service& s) {
    routes.push_back(
        get("/v1/domains", [&s](const Request& request) { return domains(s, request); }));
    routes.push_back(slow(change("POST", "/v1/domains",
                                 [&s](const Request& request) { return create(s, request); })));
    // It reads files as root: not for those who may only look.
    routes.push_back(slow(
        change("POST", "/v1/plan", [&s](const Request& request) { return plan(s, request); })));
}

/// What is asked of one domain.
void add_domain(Routes& routes, Service& s) {
    using D = DomainId;
    using R = const Request&;
    const auto look = [&](std::string_view path, auto act) {
        routes.push_back(get(path, on_domain(s, act)));
    };
    const auto act = [&](std::string_view method, std::string_view path, auto what) {
        routes.push_back(change(method, path, on_domain_alone(s, what)));
    };
    look("/v1/domains/{domain}", domain);
    look("/v1/domains/{domain}/vcpus", [](Service& x, D id, R) { return reply(x.vcpus(id)); });
    look("/v1/domains/{domain}/config",
         [](Service& x, D id, R) { return reply_text(x.config_json(id), "application/json"); });
    look("/v1/domains/{domain}/console", console);
    routes.push_back(
        slow(change("DELETE", "/v1/domains/{domain}",
                    on_domain(s, [](Service& x, D id, R) { return reply(x.destroy(id)); }))));
    act("POST", "/v1/domains/{domain}/pause",
        [](Service& x, D id, R) { return reply(x.pause(id)); });
    act("POST", "/v1/domains/{domain}/unpause",
        [](Service& x, D id, R) { return reply(x.unpause(id)); });
    act("PUT", "/v1/domains/{domain}/vcpus/{vcpu}/affinity", set_affinity);
}

}  // namespace

std::vector<http::Route> make_routes(Service& service, const Ground& ground) {
    Routes routes;
    add_host(routes, service);
    add_domains(routes, service);
    add_domain(routes, service);
    add_event_routes(routes, ground.events);
    add_look_routes(routes, service, ground);
    return routes;
}

}  // namespace zeroth::daemon
