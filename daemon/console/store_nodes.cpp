// SPDX-License-Identifier: Apache-2.0
#include "daemon/console/store_nodes.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>

namespace zeroth::daemon::console {
namespace {

using zeroth::console::Kind;

/// GNTTAB_RESERVED_CONSOLE (xen/include/public/grant_table.h).
constexpr GrantRef kConsoleGrant{0};
/// A guest may not make us keep more for those who watch it.
constexpr std::uint64_t kMostPatience = 16U << 20;
constexpr std::array kNodes{"port", "ring-ref", "limit", "type"};

template <class Number>
std::optional<Number> number(const std::optional<std::string>& text) {
    if (!text || text->empty()) return std::nullopt;
    Number value{};
    const auto* const end = text->data() + text->size();
    const auto [rest, error] = std::from_chars(text->data(), end, value);
    if (error != std::errc{} || rest != end) return std::nullopt;
    return value;
}

std::optional<Description> describe_one(const Key& key,
                                        std::span<const std::optional<std::string>> values) {
    const auto port = number<std::uint32_t>(values[0]);
    const auto frame = number<std::uint64_t>(values[1]);
    const auto& type = values[3];
    if (!port || (type && *type != "xenconsoled")) return std::nullopt;
    Description description;
    description.key = key;
    description.port = Port{*port};
    if (frame) description.frame = GuestFrame{*frame};
    if (key.kind == Kind::kPv) description.grant = kConsoleGrant;
    if (!frame && !description.grant) return std::nullopt;
    if (const auto limit = number<std::uint64_t>(values[2]))
        description.patience = std::min(*limit, kMostPatience);
    return description;
}

}  // namespace

std::string folder_of(const Key& key) {
    const auto home = fmt::format("/local/domain/{}", key.domain.raw());
    if (key.kind == Kind::kVuart) return fmt::format("{}/vuart/{}", home, key.number);
    if (key.number > 0) return fmt::format("{}/device/console/{}", home, key.number);
    return home + "/console";
}

std::vector<std::string> paths_to_read(DomainId domain) {
    std::vector<std::string> paths{fmt::format("/local/domain/{}/name", domain.raw())};
    for (const auto kind : {Kind::kPv, Kind::kVuart}) {
        for (const char* const node : kNodes)
            paths.push_back(fmt::format("{}/{}", folder_of(Key{domain, kind, 0}), node));
    }
    return paths;
}

std::vector<Description> describe(DomainId domain,
                                  std::span<const std::optional<std::string>> values) {
    std::vector<Description> found;
    const auto name = values.front().value_or(fmt::format("domain-{}", domain.raw()));
    values = values.subspan(1);
    for (const auto kind : {Kind::kPv, Kind::kVuart}) {
        if (auto one = describe_one(Key{domain, kind, 0}, values.first(kNodes.size()))) {
            one->domain_name = name;
            found.push_back(*std::move(one));
        }
        values = values.subspan(kNodes.size());
    }
    return found;
}

std::optional<std::uint32_t> channel_number(const std::string& name) {
    const auto value = number<std::uint32_t>(name);
    return value == 0U ? std::nullopt : value;
}

std::vector<std::string> channel_paths(const Key& key, const std::string& backend) {
    const auto frontend = folder_of(key);
    return {frontend + "/state",
            frontend + "/ring-ref",
            frontend + "/port",
            backend + "/state",
            backend + "/connection",
            backend + "/path",
            fmt::format("/local/domain/{}/name", key.domain.raw())};
}

ChannelNodes describe_channel(const Key& key, const Uuid& uuid,
                              std::span<const std::optional<std::string>> values) {
    ChannelNodes nodes;
    nodes.frontend_state = values[0].value_or("");
    nodes.backend_state = values[3].value_or("");
    if (values[4] == "socket") nodes.socket_path = values[5].value_or("");
    const auto grant = number<std::uint32_t>(values[1]), port = number<std::uint32_t>(values[2]);
    if (!grant || !port) return nodes;
    auto& ring = nodes.ring.emplace();
    ring.key = key;
    ring.uuid = uuid;
    ring.domain_name = values[6].value_or("");
    ring.grant = GrantRef{*grant};
    ring.port = Port{*port};
    ring.use =
        nodes.socket_path.empty() ? Description::Use::kChannel : Description::Use::kSocketChannel;
    return nodes;
}

}  // namespace zeroth::daemon::console
