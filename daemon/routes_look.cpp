// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <boost/json/serialize.hpp>
#include <charconv>

#include "daemon/api/json.hpp"
#include "daemon/openapi.hpp"
#include "daemon/routes.hpp"
#include "daemon/xenstore_view.hpp"
#include "libdomain/config/parse.hpp"

/// What only looks: XenStore, traces, metrics, a config's faults, and the API's own description.
namespace zeroth::daemon {
namespace {

using http::Access;
using http::Reply;
using http::Request;

Reply json_reply(const boost::json::value& value) {
    return {200, "application/json", boost::json::serialize(value), {}};
}

template <class T>
std::optional<T> number(std::string_view text) {
    T value{};
    const auto end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc{} || rest != end) return std::nullopt;
    return value;
}

std::string query(const Request& request, const std::string& key, std::string fallback) {
    const auto found = request.query.find(key);
    if (found == request.query.end()) return fallback;
    return found->second;
}

Reply xenstore(StorePool& stores, const Request& request) {
    const std::string path = "/" + fmt::format("{}", fmt::join(request.arguments, "/"));
    const auto asked = query(request, "depth", request.has("recursive") ? "32" : "0");
    const auto depth = number<std::size_t>(asked);
    if (!depth || *depth > kMaxViewDepth) {
        return http::problem(
            400, "Bad Request",
            fmt::format("depth={}: expected a number up to {}", asked, kMaxViewDepth));
    }
    const auto store = stores.lease();
    if (!store) return http::problem(store.error());
    const auto view = view_xenstore(**store, path, *depth);
    if (!view) return http::problem(view.error());
    return json_reply(api::encode(*view));
}

api::CheckReply check_config(const config::Source& source, config::Form form) {
    constexpr const char* kSeverities[]{"error", "warning", "note"};
    const auto parsed = config::parse(source, form);
    api::CheckReply reply;
    reply.ok = !config::has_errors(parsed.diagnostics);
    for (const auto& found : parsed.diagnostics) {
        reply.diagnostics.push_back({kSeverities[static_cast<std::size_t>(found.severity)],
                                     source.name, found.where.line, found.where.column,
                                     found.where.length, found.message, found.help,
                                     config::render(source, {found}, config::Colour::kNo)});
    }
    return reply;
}

Reply check(const Request& request) {
    config::Source source;
    source.name = query(request, "file", "config");
    source.text = request.body;
    const auto word = query(request, "form", "");
    if (!word.empty() && word != "xl" && word != "toml") {
        return http::problem(400, "Bad Request", "form: expected one of \"xl\", \"toml\"");
    }
    const auto form = word.empty()     ? config::form_of(source.name)
                      : word == "toml" ? config::Form::kToml
                                       : config::Form::kXl;
    return json_reply(api::encode(check_config(source, form)));
}

Reply trace(const Traces& traces, const Request& request) {
    const auto id = number<std::uint64_t>(request.arguments.at(0));
    const auto found = id ? traces.find(*id) : nullptr;
    if (!found) {
        return http::problem(404, "Not Found",
                             fmt::format("there is no trace {}: the newest {} are kept",
                                         request.arguments.at(0), Traces::kKept));
    }
    return {200, "application/json", found->json(), {}};
}

}  // namespace

http::Route metrics_route(Metrics& metrics) {
    const auto scrape = [&metrics](const Request&) {
        return Reply{200, "text/plain; version=0.0.4; charset=utf-8", metrics.text(), {}};
    };
    return {"GET", "/metrics", Access::kRead, scrape};
}

void add_look_routes(std::vector<http::Route>& routes, Service& service, const Ground& ground) {
    const auto look = [&](std::string_view path, std::function<http::Answer(const Request&)> act) {
        routes.push_back({"GET", path, Access::kRead, std::move(act)});
    };
    auto& stores = ground.stores;
    const auto& traces = service.traces();
    look("/v1/xenstore/{path...}",
         [&stores](const Request& request) { return xenstore(stores, request); });
    look("/v1/traces", [&traces](const Request&) { return json_reply(api::encode(traces.all())); });
    look("/v1/trace/{create}",
         [&traces](const Request& request) { return trace(traces, request); });
    look("/v1/openapi.json", [](const Request&) {
        return Reply{200, "application/json", std::string{openapi_document()}, {}};
    });
    routes.push_back(
        {"POST", "/v1/check", Access::kRead, check, http::Lane::kShort, http::Takes::kText});
    routes.push_back(metrics_route(ground.metrics));
}

}  // namespace zeroth::daemon
