// SPDX-License-Identifier: Apache-2.0
#include "libdomain/config/channel.hpp"

#include <array>

#include "libdomain/config/device_entry.hpp"
#include "libdomain/config/entry.hpp"
#include "libdomain/config/utf8.hpp"

namespace zeroth::config {
namespace {

/// A socket's path, with its closing zero, fits into sockaddr_un.
constexpr std::size_t kLongestPath = 107;
constexpr std::array<std::string_view, 4> kNames{"name", "connection", "path", "backend"};

/// What was given; `connection` may come before or after `path`.
struct Parts {
    Channel channel;
    std::optional<Span> name, connection, path;
};

void read_part(Entry& entry, Parts& parts, const EntryPart& part) {
    if (part.key.empty() && !part.has_value) return;  // a comma too many
    if (same_name(part.key, "name")) {
        parts.channel.name = part.value;
        parts.name = part.value_span;
    } else if (same_name(part.key, "path")) {
        parts.channel.path = part.value;
        parts.path = part.value_span;
    } else if (same_name(part.key, "connection")) {
        parts.connection = part.value_span;
        if (part.value == "socket") {
            parts.channel.connection = Channel::Connection::kSocket;
        } else if (part.value != "pty") {
            entry.error(part.value_span, fmt::format("`{}` is no connection", shown(part.value)),
                        "pty or socket");
        }
    } else if (same_name(part.key, "backend")) {
        if (part.value != "0" && part.value != "Domain-0")
            entry.error(part.value_span, "channels end in domain 0", "leave `backend` out");
    } else {
        unknown_part(entry, part, kNames);
    }
}

void check(Entry& entry, const Parts& parts) {
    const auto& channel = parts.channel;
    const bool socket = channel.connection == Channel::Connection::kSocket;
    if (channel.name.empty())
        entry.error(parts.name.value_or(entry.span), "the channel needs a name",
                    "name=org.example.agent");
    if (!parts.connection)
        entry.error(entry.span, "the channel needs a connection", "connection=pty or socket");
    if (socket && (channel.path.empty() || channel.path.front() != '/'))
        entry.error(parts.path.value_or(entry.span), "a socket needs a path from the root",
                    "path=/run/agent.sock");
    if (channel.path.size() > kLongestPath)
        entry.error(parts.path.value_or(entry.span),
                    fmt::format("a socket's path has at most {} bytes", kLongestPath));
    if (!socket && parts.path && parts.connection)
        entry.error(*parts.path, "a pty has no path of its choice", "leave `path` out");
}

}  // namespace

std::optional<Channel> read_channel(const Value& value, Report& report) {
    auto entry = split_entry(value, "channel", {}, report);
    if (!entry) return std::nullopt;
    Parts parts;
    for (const EntryPart& part : entry->parts) read_part(*entry, parts, part);
    if (!entry->broken) check(*entry, parts);
    if (entry->broken) return std::nullopt;
    return std::move(parts.channel);
}

std::optional<Channel> channel_of(const std::string& text) {
    return parse_entry<Channel>(text, read_channel).device;
}

}  // namespace zeroth::config
