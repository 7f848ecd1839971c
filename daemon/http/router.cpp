// SPDX-License-Identifier: Apache-2.0
#include "daemon/http/router.hpp"

#include <boost/json/serialize.hpp>

#include "core/append.hpp"
#include "daemon/api/json.hpp"
#include "libdomain/config/utf8.hpp"

namespace zeroth::daemon::http {
namespace {

std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    while (!text.empty()) {
        const auto end = std::min(text.find(separator), text.size());
        if (end > 0) parts.push_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return parts;
}

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

/// Percent-decoding (RFC 3986, 2.1).
Result<std::string> decode(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out += text[i];
            continue;
        }
        const int high = i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
        const int low = i + 2 < text.size() ? hex_digit(text[i + 2]) : -1;
        if (high < 0 || low < 0) {
            return fail(Error::message(EINVAL, "the request's path has a bad % escape"));
        }
        out += static_cast<char>(high << 4 | low);
        i += 2;
    }
    return out;
}

bool is_argument(std::string_view segment) { return segment.starts_with('{'); }
bool is_rest(std::string_view segment) { return segment.ends_with("...}"); }

bool matches(const std::vector<std::string_view>& pattern, const std::vector<std::string>& path) {
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        if (is_rest(pattern[i])) return true;
        if (i >= path.size() || (!is_argument(pattern[i]) && pattern[i] != path[i])) return false;
    }
    return pattern.size() == path.size();
}

std::vector<std::string> arguments_of(const std::vector<std::string_view>& pattern,
                                      const std::vector<std::string>& path) {
    std::vector<std::string> arguments;
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        if (is_rest(pattern[i])) {
            arguments.insert(arguments.end(), path.begin() + static_cast<std::ptrdiff_t>(i),
                             path.end());
        } else if (is_argument(pattern[i])) {
            arguments.push_back(path[i]);
        }
    }
    return arguments;
}

Result<> check_segment(std::string_view segment) {
    if (segment == "." || segment == "..") {
        return fail(Error::message(EINVAL, "the request's path has a '.' or '..'"));
    }
    if (config::find_invalid_utf8(segment) != std::string_view::npos) {
        return fail(Error::message(EINVAL, "the request's path is not UTF-8"));
    }
    if (segment.find('\0') != std::string_view::npos) {
        return fail(Error::message(EINVAL, "the request's path has a NUL"));
    }
    return {};
}

}  // namespace

std::string_view Request::field(const std::string& name) const {
    const auto found = fields.find(name);
    return found == fields.end() ? std::string_view{} : std::string_view{found->second};
}

bool Request::has(const std::string& key) const {
    const auto found = query.find(key);
    return found != query.end() && found->second != "false" && found->second != "0";
}

Result<> parse_target(std::string_view target, Request& request) {
    if (!target.starts_with('/')) {
        return fail(Error::message(EINVAL, "the request's target is no path"));
    }
    const auto question = std::min(target.find('?'), target.size());
    for (const auto part : split(target.substr(0, question), '/')) {
        ZEROTH_TRY(auto segment, decode(part));
        ZEROTH_CHECK(check_segment(segment));
        request.path.push_back(std::move(segment));
    }
    for (const auto part : split(target.substr(std::min(question + 1, target.size())), '&')) {
        const auto equals = std::min(part.find('='), part.size());
        ZEROTH_TRY(const auto key, decode(part.substr(0, equals)));
        ZEROTH_TRY(request.query[key], decode(part.substr(std::min(equals + 1, part.size()))));
    }
    return {};
}

Router::Router(std::vector<Route> routes) : routes_{std::move(routes)} {
    for (const auto& route : routes_) segments_.push_back(split(route.pattern, '/'));
}

std::expected<const Route*, Reply> Router::find(Request& request) const {
    std::string allowed;
    const auto allow = [&](std::string_view method) {
        append(allowed, "{}{}", allowed.empty() ? "" : ", ", method);
    };
    const std::string method = request.method == "HEAD" ? "GET" : request.method;
    for (std::size_t i = 0; i < routes_.size(); ++i) {
        if (!matches(segments_[i], request.path)) continue;
        if (routes_[i].method == method) {
            request.arguments = arguments_of(segments_[i], request.path);
            return &routes_[i];
        }
        allow(routes_[i].method);
        if (routes_[i].method == "GET") allow("HEAD");
    }
    if (allowed.empty()) {
        return std::unexpected{problem(404, "Not Found", "there is nothing at this path")};
    }
    if (request.method == "OPTIONS") {
        return std::unexpected{Reply{204, "", "", {{"Allow", allowed + ", OPTIONS"}}}};
    }
    auto refused = problem(405, "Method Not Allowed", "this path allows " + allowed);
    refused.fields.emplace_back("Allow", allowed + ", OPTIONS");
    return std::unexpected{std::move(refused)};
}

namespace {

Reply to_reply(const api::Problem& problem) {
    return {problem.status,
            "application/problem+json",
            boost::json::serialize(api::encode(problem)),
            {}};
}

}  // namespace

Reply problem(const Error& error) { return to_reply(api::to_problem(error)); }

Reply problem(unsigned status, std::string title, std::string detail) {
    api::Problem problem;
    problem.status = status;
    problem.title = std::move(title);
    problem.detail = std::move(detail);
    return to_reply(problem);
}

}  // namespace zeroth::daemon::http
