// SPDX-License-Identifier: Apache-2.0
#include "daemon/devices/backends.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <set>

#include "libdomain/config/served_device.hpp"
#include "xenstore/client/client.hpp"

namespace zeroth::daemon::devices {
namespace {

/// Served by dom0's kernel.
constexpr std::array<std::string_view, 2> kKinds{"vif", "vbd"};

template <class Number>
bool parse(std::string_view text, Number& number) {
    const auto* const end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, number);
    return error == std::errc{} && rest == end;
}

using Names = std::vector<std::string>;

/// The names below each of the nodes, in one send where the store can; none for one that is not
/// there.
Result<std::vector<Names>> directories(xs::Store& store, const Names& paths) {
    std::vector<Names> all;
    auto* const client = dynamic_cast<xs::Client*>(&store);
    if (client == nullptr) {
        for (const auto& path : paths) {
            ZEROTH_TRY(auto names, store.directory(path));
            all.push_back(std::move(names));
        }
        return all;
    }
    ZEROTH_TRY(const auto nodes, client->look(paths, xs::Client::Ask::kValueAndNames));
    for (const auto& node : nodes) {
        if (!node.names && !node.names.error().is(ENOENT)) return fail(node.names.error());
        all.push_back(node.names.value_or(Names{}));
    }
    return all;
}

void add(std::vector<device::Paths>& out, std::string_view kind, DomainId guest,
         const std::vector<std::string>& ids) {
    for (const auto& id : ids) {
        std::uint32_t number = 0;
        if (parse(id, number)) out.push_back({guest, kDomain0, std::string{kind}, number});
    }
}

/// By what a guest knows it as.
bool is_ours(std::string_view kind) {
    return std::ranges::find(kKinds, kind) != kKinds.end() || !config::served_list(kind).empty();
}

/// What the toolstack wrote down of the guest's devices: also those that others than dom0 serve.
Result<> add_recorded(std::vector<device::Paths>& out, xs::Store& store, DomainId guest,
                      const std::string& record, const Names& kinds) {
    Names known, folders;
    for (const auto& kind : kinds) {
        if (!is_ours(kind)) continue;
        known.push_back(kind);
        folders.push_back(fmt::format("{}/{}", record, kind));
    }
    if (known.empty()) return {};
    ZEROTH_TRY(const auto ids, directories(store, folders));
    std::vector<std::pair<std::string, std::string>> devices;
    Names paths;
    for (std::size_t i = 0; i < known.size(); ++i) {
        for (const auto& id : ids[i]) {
            devices.emplace_back(known[i], id);
            paths.push_back(fmt::format("{}/{}/backend", folders[i], id));
        }
    }
    ZEROTH_TRY(const auto backends, store.read(paths));
    for (std::size_t i = 0; i < devices.size(); ++i) {
        const auto& [kind, id] = devices[i];
        auto found = device::paths_of(guest, kind, id, backends[i].value_or(""));
        if (!found) continue;
        const auto backend = found->backend();
        const bool there =
            std::ranges::any_of(out, [&](const auto& one) { return one.backend() == backend; });
        if (!there) out.push_back(*std::move(found));
    }
    return {};
}

}  // namespace

Result<std::vector<device::Paths>> backends(xs::Store& store, std::string_view kind) {
    const auto root = fmt::format("/local/domain/0/backend/{}", kind);
    ZEROTH_TRY(const auto domains, store.directory(root));
    std::vector<std::string> folders;
    for (const auto& domain : domains) folders.push_back(fmt::format("{}/{}", root, domain));
    ZEROTH_TRY(const auto ids, directories(store, folders));
    std::vector<device::Paths> all;
    for (std::size_t i = 0; i < domains.size(); ++i) {
        std::uint16_t guest = 0;
        if (parse(domains[i], guest)) add(all, kind, DomainId{guest}, ids[i]);
    }
    return all;
}

Result<std::vector<device::Paths>> backends_of(xs::Store& store, DomainId guest) {
    const auto record = fmt::format("/libxl/{}/device", guest.raw());
    std::vector<std::string> folders{record};
    for (const auto kind : kKinds)
        folders.push_back(fmt::format("/local/domain/0/backend/{}/{}", kind, guest.raw()));
    ZEROTH_TRY(const auto ids, directories(store, folders));
    std::vector<device::Paths> all;
    for (std::size_t i = 0; i < kKinds.size(); ++i) add(all, kKinds.at(i), guest, ids[i + 1]);
    ZEROTH_CHECK(add_recorded(all, store, guest, record, ids[0]));
    return all;
}

Result<std::vector<device::Seen>> look(xs::Store& store,
                                       const std::vector<device::Paths>& devices) {
    std::vector<std::string> wanted;
    for (const auto& paths : devices) {
        for (const char* key : {"/state", "/hotplug-status", "/hotplug-error"})
            wanted.push_back(paths.backend() + key);
        wanted.push_back(paths.frontend() + "/state");
        wanted.push_back(paths.complaint() + "/error");
    }
    ZEROTH_TRY(auto values, store.read(wanted));
    std::vector<device::Seen> all(devices.size());
    auto value = values.begin();
    for (auto& seen : all) {
        seen.backend = device::parse_state(*value++);
        seen.hotplug_status = (value++)->value_or("");
        seen.hotplug_error = (value++)->value_or("");
        seen.frontend = device::parse_state(*value++);
        seen.complaint = (value++)->value_or("");
    }
    return all;
}

Result<device::Seen> look(xs::Store& store, const device::Paths& paths) {
    ZEROTH_TRY(const auto all, look(store, std::vector{paths}));
    return all.front();
}

std::vector<xs::Change> removal(const std::vector<device::Paths>& devices) {
    std::vector<xs::Change> changes;
    std::set<std::string> folders;
    for (const auto& paths : devices) {
        // Each with how many of the folders above it are devices' own.
        const std::array<std::pair<std::string, int>, 4> all{{{paths.frontend(), 1},
                                                              {paths.backend(), 2},
                                                              {paths.record(), 1},
                                                              {paths.complaint(), 4}}};
        for (const auto& [path, above] : all) {
            changes.emplace_back(xs::Remove{path});
            auto folder = path;
            for (int i = 0; i < above; ++i) {
                folder.resize(folder.rfind('/'));
                folders.insert(folder);
            }
        }
    }
    // The longest first: what is below another one is gone before that.
    for (auto folder = folders.rbegin(); folder != folders.rend(); ++folder)
        changes.emplace_back(xs::Prune{*folder});
    return changes;
}

}  // namespace zeroth::daemon::devices
