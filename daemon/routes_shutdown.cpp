// SPDX-License-Identifier: Apache-2.0
#include <boost/json/serialize.hpp>
#include <charconv>

#include "daemon/api/json.hpp"
#include "daemon/routes.hpp"
#include "daemon/shutdown_feed.hpp"
#include "daemon/supervisor/asker.hpp"

namespace zeroth::daemon {
namespace {

using Until = ShutdownFeed::Until;
using Answer = std::expected<std::unique_ptr<http::Feed>, http::Reply>;

struct Wanted {
    Until until = Until::kAcknowledged;
    std::optional<std::chrono::seconds> timeout;
};

Result<Wanted> read_query(const http::Request& request) {
    Wanted wanted;
    if (const auto until = request.query.find("until"); until != request.query.end()) {
        if (until->second == "asked") {
            wanted.until = Until::kAsked;
        } else if (until->second == "shutdown") {
            wanted.until = Until::kShutDown;
        } else if (until->second == "destroyed") {
            wanted.until = Until::kDestroyed;
        } else if (until->second != "acknowledged") {
            return fail(Error::message(
                EINVAL, "until: expected asked, acknowledged, shutdown or destroyed"));
        }
    }
    if (const auto found = request.query.find("timeout"); found != request.query.end()) {
        const auto& text = found->second;
        std::uint32_t seconds = 0;
        const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
        if (error != std::errc{} || rest != text.data() + text.size()) {
            return fail(Error::message(EINVAL, "timeout: expected a number of seconds"));
        }
        wanted.timeout = std::chrono::seconds{seconds};
    }
    return wanted;
}

std::string line_of(const api::ShutdownEvent& event) {
    return boost::json::serialize(api::encode(event)) + '\n';
}

/// What was asked of whom, and the feed that tells what comes of it.
class Asking {
public:
    explicit Asking(const EndRoutes& with) : with_{with}, after_{with.events.newest()} {}

    /// That a domain cannot be asked is an Error, and a line of the feed.
    Result<> ask(DomainId id, const std::string& name, const std::string& how) {
        const auto record = with_.asker.ask(id, how);
        api::ShutdownEvent event;
        event.event = record ? "asked" : "failed";
        event.domid = id.raw();
        event.name = record ? record->name : name;
        event.reason = how;
        if (record) {
            asked_.push_back({event.domid, record->uuid.text(), record->name});
        } else {
            const auto problem = api::to_problem(record.error());
            event.problem = {problem.title, problem.detail, problem.hint, problem.more};
        }
        lines_ += line_of(event);
        if (!record) return fail(record.error());
        return {};
    }
    std::unique_ptr<http::Feed> feed(const Wanted& wanted) {
        api::ShutdownEvent waiting;
        waiting.event = "waiting";
        waiting.count = static_cast<std::uint32_t>(asked_.size());
        lines_ += line_of(waiting);
        return std::make_unique<ShutdownFeed>(with_.events, with_.io, after_, std::move(lines_),
                                              std::move(asked_), wanted.until, wanted.timeout);
    }

private:
    const EndRoutes& with_;
    std::uint64_t after_;
    std::string lines_;
    std::vector<ShutdownFeed::Asked> asked_;
};

/// One that cannot be asked is answered with an ordinary failure.
Answer end_one(const EndRoutes& with, const std::string& how, const http::Request& request) {
    const auto wanted = read_query(request);
    if (!wanted) return std::unexpected{http::problem(wanted.error())};
    const auto id = with.service.find(request.arguments.at(0));
    if (!id) return std::unexpected{http::problem(id.error())};
    Asking asking{with};
    if (const auto asked = asking.ask(*id, {}, how); !asked)
        return std::unexpected{http::problem(asked.error())};
    return asking.feed(*wanted);
}

/// All guests but those that are ending already; who could not be asked is told of in the feed.
Answer end_all(const EndRoutes& with, const std::string& how, const http::Request& request) {
    const auto wanted = read_query(request);
    if (!wanted) return std::unexpected{http::problem(wanted.error())};
    const auto domains = with.service.domains(Service::With::kBasics);
    if (!domains) return std::unexpected{http::problem(domains.error())};
    Asking asking{with};
    for (const auto& domain : *domains) {
        if (domain.domid == 0 || domain.dying) continue;
        if (domain.restarting ? how == "reboot" : domain.shutdown) continue;
        const DomainId id{static_cast<std::uint16_t>(domain.domid)};
        static_cast<void>(asking.ask(id, domain.name, how));
    }
    return asking.feed(*wanted);
}

}  // namespace

void add_end_routes(std::vector<http::Route>& routes, const EndRoutes& with) {
    const auto add = [&](std::string_view path, auto handler, const char* how) {
        http::Route route{"POST", path, http::Access::kChange, {}, {}};
        route.feed = [with, handler, how](const http::Request& request) {
            return handler(with, how, request);
        };
        routes.push_back(std::move(route));
    };
    add("/v1/domains/{domain}/shutdown", end_one, "poweroff");
    add("/v1/domains/{domain}/reboot", end_one, "reboot");
    add("/v1/shutdown", end_all, "poweroff");
    add("/v1/reboot", end_all, "reboot");
}

}  // namespace zeroth::daemon
