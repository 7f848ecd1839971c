// SPDX-License-Identifier: Apache-2.0
#include "daemon/attachments/routes.hpp"

#include <boost/json/serialize.hpp>

#include "daemon/api/device_json.hpp"
#include "daemon/api/json.hpp"

namespace zeroth::daemon {
namespace {

using http::Reply;
using http::Request;
using Manner = device::Detach::Manner;
using Words = std::vector<std::string>;

template <class Value>
Reply reply(const Result<Value>& result) {
    if (!result) return http::problem(result.error());
    return {200, "application/json", boost::json::serialize(*result), {}};
}

/// `of` is given the domain and the request.
auto list(Service& service, auto of) {
    return [&service, of](const Request& request) -> Reply {
        const auto id = service.find(request.arguments.at(0));
        if (!id) return http::problem(id.error());
        return reply(of(*id, request));
    };
}

/// The body is the entry, as in a config's JSON.
template <class Entry>
auto attach(Service& service, Attachments& attachments,
            Result<Entry> (*decode)(const boost::json::value&),
            Result<boost::json::object> (Attachments::*act)(DomainId, Entry)) {
    return [&service, &attachments, decode, act](const Request& request) -> Reply {
        const auto id = service.find(request.arguments.at(0));
        if (!id) return http::problem(id.error());
        const auto value = api::parse_json(request.body);
        if (!value) return http::problem(value.error());
        auto entry = decode(*value);
        if (!entry) return http::problem(entry.error());
        return reply((attachments.*act)(*id, *std::move(entry)));
    };
}

/// `act` is given the domain, what the route's segments matched, and the manner.
auto detach(Service& service, auto act) {
    return [&service, act](const Request& request) -> Reply {
        const auto id = service.find(request.arguments.at(0));
        if (!id) return http::problem(id.error());
        const auto manner = request.has("force") ? Manner::kForce : Manner::kAsk;
        const auto done = act(*id, request.arguments, manner);
        if (!done) return http::problem(done.error());
        return {204, "", "", {}};
    };
}

}  // namespace

void add_device_routes(std::vector<http::Route>& routes, Service& service,
                       Attachments& attachments) {
    using http::Access;
    const auto add = [&](std::string_view method, std::string_view path, Access access,
                         auto handle) {
        const auto lane = access == Access::kChange ? http::Lane::kLong : http::Lane::kShort;
        routes.push_back({method, path, access, std::move(handle), lane});
    };
    add("GET", "/v1/domains/{domain}/nics", Access::kRead,
        list(service, [&](DomainId id, const Request&) { return attachments.nics(id); }));
    add("GET", "/v1/domains/{domain}/disks", Access::kRead,
        list(service, [&](DomainId id, const Request&) { return attachments.disks(id); }));
    add("GET", "/v1/domains/{domain}/served", Access::kRead,
        list(service, [&](DomainId id, const Request& request) {
            const auto key = request.query.find("key");
            return attachments.served(id, key == request.query.end() ? "" : key->second);
        }));
    add("POST", "/v1/domains/{domain}/nics", Access::kChange,
        attach(service, attachments, &api::decode_vif, &Attachments::attach_nic));
    add("POST", "/v1/domains/{domain}/disks", Access::kChange,
        attach(service, attachments, &api::decode_disk, &Attachments::attach_disk));
    add("POST", "/v1/domains/{domain}/served", Access::kChange,
        attach(service, attachments, &api::decode_other_device, &Attachments::attach_served));
    add("DELETE", "/v1/domains/{domain}/nics/{nic}", Access::kChange,
        detach(service, [&](DomainId id, const Words& words, Manner manner) {
            return attachments.detach_nic(id, words.at(1), manner);
        }));
    add("DELETE", "/v1/domains/{domain}/disks/{disk}", Access::kChange,
        detach(service, [&](DomainId id, const Words& words, Manner manner) {
            return attachments.detach_disk(id, words.at(1), manner);
        }));
    add("DELETE", "/v1/domains/{domain}/served/{key}/{devid}", Access::kChange,
        detach(service, [&](DomainId id, const Words& words, Manner manner) {
            return attachments.detach_served(id, words.at(1), words.at(2), manner);
        }));
}

}  // namespace zeroth::daemon
