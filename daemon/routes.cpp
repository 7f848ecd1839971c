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
    return {200, "application/json", json::serialize(api::encode(*result))};
}
Reply reply(const Result<>& result) {
    if (!result) return http::problem(result.error());
    return {204, "application/json", ""};
}
Reply reply_text(const Result<std::string>& result, std::string content_type) {
    if (!result) return http::problem(result.error());
    return {200, std::move(content_type), *result};
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
        const auto id = service.find(request.arguments.at(0));
        if (!id) return http::problem(id.error());
        return act(service, *id, request);
    };
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

Reply debug_keys(Service& service, const Request& request) {
    const auto wanted = body<api::DebugKeysRequest>(request);
    if (!wanted) return http::problem(wanted.error());
    return reply(service.debug_keys(wanted->keys));
}

Reply plan(Service& service, const Request& request) {
    const auto wanted = body<api::CreateRequest>(request);
    if (!wanted) return http::problem(wanted.error());
    const auto plan = service.plan(*wanted);
    if (!plan) return http::problem(plan.error());
    const api::PlanReply both{plan::to_text(*plan), json::serialize(to_json(*plan))};
    return {200, "application/json", json::serialize(api::encode(both))};
}

void create(Service& service, const Request& request, const http::LineSink& sink) {
    const bool progress = request.has("progress");
    const auto send = [&](const api::CreateEvent& event) {
        if (event.event == "step" && !progress) return;
        sink.send(json::serialize(api::encode(event)) + '\n');
    };
    const auto wanted = body<api::CreateRequest>(request);
    if (wanted) return service.create(*wanted, sink.gone, send);
    api::CreateEvent event;
    event.event = "failed";
    const auto problem = api::to_problem(wanted.error());
    event.problem = {problem.title, problem.detail, problem.hint, problem.more};
    send(event);
}

}  // namespace

std::vector<http::Route> make_routes(Service& s) {
    using S = Service&;
    using D = DomainId;
    using R = const Request&;
    return {
        {"GET", "/v1/host", Access::kRead, [&s](R) { return reply(s.host()); }, {}},
        {"GET",
         "/v1/host/log",
         Access::kRead,
         [&s](R) { return reply_text(s.console_log(hyper::Hypervisor::Clear::kNo), "text/plain"); },
         {}},
        {"DELETE",
         "/v1/host/log",
         Access::kChange,
         [&s](R) {
             return reply_text(s.console_log(hyper::Hypervisor::Clear::kYes), "text/plain");
         },
         {}},
        {"POST",
         "/v1/host/debug-keys",
         Access::kChange,
         [&s](R r) { return debug_keys(s, r); },
         {}},
        {"GET", "/v1/domains", Access::kRead, [&s](R r) { return reply(s.domains(with(r))); }, {}},
        {"POST",
         "/v1/domains",
         Access::kChange,
         {},
         [&s](R r, const http::LineSink& sink) { create(s, r, sink); }},
        {"GET",
         "/v1/domains/{domain}",
         Access::kRead,
         on_domain(s, [](S x, D id, R r) { return reply(x.domain(id, with(r))); }),
         {}},
        {"DELETE",
         "/v1/domains/{domain}",
         Access::kChange,
         on_domain(s, [](S x, D id, R) { return reply(x.destroy(id)); }),
         {}},
        {"POST",
         "/v1/domains/{domain}/pause",
         Access::kChange,
         on_domain(s, [](S x, D id, R) { return reply(x.pause(id)); }),
         {}},
        {"POST",
         "/v1/domains/{domain}/unpause",
         Access::kChange,
         on_domain(s, [](S x, D id, R) { return reply(x.unpause(id)); }),
         {}},
        {"GET",
         "/v1/domains/{domain}/config",
         Access::kRead,
         on_domain(s,
                   [](S x, D id, R) { return reply_text(x.config_json(id), "application/json"); }),
         {}},
        {"GET",
         "/v1/domains/{domain}/vcpus",
         Access::kRead,
         on_domain(s, [](S x, D id, R) { return reply(x.vcpus(id)); }),
         {}},
        {"PUT",
         "/v1/domains/{domain}/vcpus/{vcpu}/affinity",
         Access::kChange,
         on_domain(s, set_affinity),
         {}},
        {"GET",
         "/v1/domains/{domain}/console",
         Access::kRead,
         on_domain(s, [](S x, D id, R) { return reply(x.console(id)); }),
         {}},
        {"GET", "/v1/vcpus", Access::kRead, [&s](R) { return reply(s.all_vcpus()); }, {}},
        {"POST", "/v1/plan", Access::kChange, [&s](R r) { return plan(s, r); }, {}},
    };
}

}  // namespace zeroth::daemon
