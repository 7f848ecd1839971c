// SPDX-License-Identifier: Apache-2.0
#include "daemon/console_routes.hpp"

#include <fmt/format.h>

#include <boost/json/serialize.hpp>
#include <charconv>
#include <cstdlib>

#include "daemon/api/console_stream.hpp"
#include "daemon/console/store_nodes.hpp"

namespace zeroth::daemon {
namespace {

using console::Cursor;
using console::Key;
using console::Viewer;
using http::Request;
using Wish = console::Console::Wish;

Result<std::uint64_t> number(const Request& request, const char* key, std::uint64_t fallback) {
    const auto found = request.query.find(key);
    if (found == request.query.end()) return fallback;
    const auto& word = found->second;
    const auto* const end = word.data() + word.size();
    std::uint64_t value = 0;
    const auto [rest, error] = std::from_chars(word.data(), end, value);
    if (error == std::errc{} && rest == end && !word.empty()) return value;
    return fail(Error::message(EINVAL, fmt::format("{}={}: this is no number", key, word)));
}

Result<Key> key_of(const Request& request, DomainId domain) {
    const auto found = request.query.find("type");
    const std::string type = found == request.query.end() ? "pv" : found->second;
    const auto kind = zeroth::console::parse_kind(type);
    if (!kind) {
        return fail(Error::message(EINVAL, fmt::format("there is no kind of console '{}'", type)));
    }
    ZEROTH_TRY(const auto which, number(request, "number", 0));
    if (which > UINT32_MAX) return fail(Error::message(EINVAL, "no console has such a number"));
    return Key{domain, *kind, static_cast<std::uint32_t>(which)};
}

Result<Wish> wish_of(const Request& request) {
    Wish wish;
    if (request.has("frames")) wish.form = Cursor::Form::kFrames;
    if (request.has("write")) wish.may = Viewer::May::kType;
    ZEROTH_TRY(wish.replay, number(request, "replay", wish.replay));
    if (request.query.contains("from")) {
        ZEROTH_TRY(wish.from, number(request, "from", 0));
    }
    return wish;
}

http::Answer open_stream(Service& service, console::Service& consoles, const Request& request) {
    const auto open = [&]() -> Result<console::Service::Stream> {
        ZEROTH_TRY(const auto domain, service.find(request.arguments.at(0)));
        ZEROTH_TRY(const auto key, key_of(request, domain));
        ZEROTH_TRY(const auto wish, wish_of(request));
        if (wish.may == Viewer::May::kType && !request.may_change) {
            return fail(Error::message(EPERM, "typing is root's alone: leave out write"));
        }
        return consoles.open(key, wish);
    };
    auto stream = open();
    if (!stream) return http::problem(stream.error());
    return http::Upgrade{api::kConsoleProtocol, api::kConsolePosition,
                         fmt::to_string(stream->position), std::move(stream->take)};
}

std::int64_t number_or_0(const std::optional<std::string>& text) {
    return text ? std::strtoll(text->c_str(), nullptr, 10) : 0;
}

Result<boost::json::array> list_channels(Service& service, StorePool& stores,
                                         const Request& request) {
    ZEROTH_TRY(const auto domain, service.find(request.arguments.at(0)));
    ZEROTH_TRY(auto store, stores.lease());
    const auto folder = fmt::format("/local/domain/0/backend/console/{}", domain.raw());
    ZEROTH_TRY(const auto names, store->directory(folder));
    boost::json::array channels;
    for (const auto& name : names) {
        const auto index = console::channel_number(name);
        if (!index) continue;
        const auto front = console::folder_of(Key{domain, zeroth::console::Kind::kPv, *index});
        const auto back = fmt::format("{}/{}", folder, name);
        const std::vector<std::string> paths{back + "/state",      front + "/port",
                                             front + "/ring-ref",  back + "/name",
                                             back + "/connection", front + "/tty"};
        ZEROTH_TRY(const auto values, store->read(paths));
        channels.push_back({{"index", *index},
                            {"backend", 0},
                            {"state", number_or_0(values[0])},
                            {"evtchn", number_or_0(values[1])},
                            {"ring_ref", number_or_0(values[2])},
                            {"name", values[3].value_or("")},
                            {"connection", values[4].value_or("")},
                            {"path", values[5].value_or("")}});
    }
    return channels;
}

}  // namespace

void add_console_routes(std::vector<http::Route>& routes, Service& service,
                        console::Service& consoles, StorePool& stores) {
    routes.push_back(
        {"GET", "/v1/domains/{domain}/channels", http::Access::kRead,
         [&](const Request& request) -> http::Answer {
             const auto channels = list_channels(service, stores, request);
             if (!channels) return http::problem(channels.error());
             return http::Reply{200, "application/json", boost::json::serialize(*channels)};
         }});
    routes.push_back(
        {"GET", "/v1/domains/{domain}/console/stream", http::Access::kRead,
         [&](const Request& request) { return open_stream(service, consoles, request); }});
}

}  // namespace zeroth::daemon
