// SPDX-License-Identifier: Apache-2.0
#include "daemon/attachments/routes.hpp"

#include <boost/json/serialize.hpp>

#include "daemon/api/device_json.hpp"
#include "daemon/api/json.hpp"

namespace zeroth::daemon {
namespace {

using http::Reply;
using http::Request;

template <class Value>
Reply reply(const Result<Value>& result) {
    if (!result) return http::problem(result.error());
    return {200, "application/json", boost::json::serialize(*result), {}};
}

auto list(Service& service, Attachments& attachments,
          Result<boost::json::array> (Attachments::*of)(DomainId)) {
    return [&service, &attachments, of](const Request& request) -> Reply {
        const auto id = service.find(request.arguments.at(0));
        if (!id) return http::problem(id.error());
        return reply((attachments.*of)(*id));
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

auto detach(Service& service, Attachments& attachments,
            Result<> (Attachments::*act)(DomainId, const std::string&, device::Detach::Manner)) {
    return [&service, &attachments, act](const Request& request) -> Reply {
        const auto id = service.find(request.arguments.at(0));
        if (!id) return http::problem(id.error());
        const auto manner =
            request.has("force") ? device::Detach::Manner::kForce : device::Detach::Manner::kAsk;
        const auto done = (attachments.*act)(*id, request.arguments.at(1), manner);
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
        list(service, attachments, &Attachments::nics));
    add("GET", "/v1/domains/{domain}/disks", Access::kRead,
        list(service, attachments, &Attachments::disks));
    add("POST", "/v1/domains/{domain}/nics", Access::kChange,
        attach(service, attachments, &api::decode_vif, &Attachments::attach_nic));
    add("POST", "/v1/domains/{domain}/disks", Access::kChange,
        attach(service, attachments, &api::decode_disk, &Attachments::attach_disk));
    add("DELETE", "/v1/domains/{domain}/nics/{nic}", Access::kChange,
        detach(service, attachments, &Attachments::detach_nic));
    add("DELETE", "/v1/domains/{domain}/disks/{disk}", Access::kChange,
        detach(service, attachments, &Attachments::detach_disk));
}

}  // namespace zeroth::daemon
