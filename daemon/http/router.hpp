// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <expected>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "daemon/http/message.hpp"

/// Which handler a request is for.
namespace zeroth::daemon::http {

enum class Access { kRead, kChange };
/// What takes long, or waits for a guest, has workers of its own: all of them together never keep
/// a short request waiting.
enum class Lane { kShort, kLong };
/// What a request's body may be; a body of another kind is refused before the handler sees it.
enum class Takes { kJson, kText };

struct Route {
    std::string_view method;
    /// Segments in braces match any one segment, "{...}" at the end all that are left.
    std::string_view pattern;
    Access access;
    /// Runs on a worker: it may block.
    std::function<Answer(const Request&)> handle;
    Lane lane = Lane::kShort;
    Takes takes = Takes::kJson;
};

/// Splits and decodes a request's target. An Error for one that is no path, or one that could be
/// taken for another: with "." or "..", a NUL, or bytes that are not UTF-8.
Result<> parse_target(std::string_view target, Request& request);

class Router {
public:
    explicit Router(std::vector<Route> routes);
    /// The route, with `request.arguments` filled in; or what to reply instead (404, 405, and 204
    /// for OPTIONS). A HEAD is for the GET of its path.
    std::expected<const Route*, Reply> find(Request& request) const;
    /// In the order in which they were given.
    const std::vector<Route>& routes() const { return routes_; }

private:
    std::vector<Route> routes_;
    std::vector<std::vector<std::string_view>> segments_;
};

}  // namespace zeroth::daemon::http
