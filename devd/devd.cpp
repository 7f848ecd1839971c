// SPDX-License-Identifier: Apache-2.0
#include "devd/devd.hpp"

#include <fmt/format.h>
#include <net/if.h>

#include <chrono>
#include <thread>

#include "core/log.hpp"
#include "xenstore/client/payload.hpp"

namespace zeroth::devd {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr auto kReply = 30s;
/// The kernel makes a network interface a moment after it has said that its backend is there.
constexpr auto kInterface = 10s;
constexpr auto kGlance = 2ms;

bool appears(const std::string& interface) {
    const auto end = Clock::now() + kInterface;
    while (::if_nametoindex(interface.c_str()) == 0) {
        if (Clock::now() > end) return false;
        std::this_thread::sleep_for(kGlance);
    }
    return true;
}

/// What went wrong, or nothing.
std::string trouble_of(const hooks::ScriptCall& call) {
    const auto end = hooks::run(call);
    if (!end) return end.error().text();
    if (end->ok()) return {};
    const auto words = fmt::format("{} {}", call.path, end->words());
    log::error("{}: {} {}", call.environment.at("XENBUS_PATH"), words,
               end->output.empty() ? "and printed nothing" : "and printed:\n" + end->output);
    return words;
}

}  // namespace

Result<Devd> Devd::open() {
    ZEROTH_TRY(auto endpoint, xs::open_endpoint(xs::default_endpoint()));
    const int fd = endpoint.fd.get();
    ZEROTH_TRY(auto store, xs::Client::connect());
    ZEROTH_TRY(const auto id, store->read_one("domid"));
    // Domain 0 has no such node of its own everywhere.
    if (!id || *id == "0")
        return fail(Error::message(EINVAL, "this is domain 0, where xld does what is to be done")
                        .with_hint("`xl devd' belongs into a domain that serves devices of "
                                   "others: the one that `backend=' names."));
    xs::Connection watch{std::move(endpoint)};
    std::vector<xs::Message> requests{xs::watch_request({std::string{kFolder}, "devd", {}})};
    std::vector<xs::Message> replies;
    ZEROTH_CHECK(watch.exchange(requests, replies, Clock::now() + kReply));
    if (const auto error = xs::error_of(replies.front()))
        return fail(*error, "XenStore: watch " + std::string{kFolder});
    return Devd{std::move(store), std::move(watch), fd};
}

Result<std::set<std::string>> Devd::changed() {
    std::set<std::string> paths;
    for (;;) {
        const auto message = watch_.next_event({}, Clock::now());
        if (!message && message.error().is(ETIMEDOUT)) return paths;
        if (!message) return fail(message.error());
        ZEROTH_TRY(const auto event, xs::parse_event(*message));
        if (const auto backend = backend_of(event.path)) {
            paths.insert(backend->text());
        } else if (event.path == kFolder) {
            ZEROTH_CHECK(add_all(paths));
        }
    }
}

Result<> Devd::add_all(std::set<std::string>& paths) {
    ZEROTH_TRY(const auto kinds, store_->directory(kFolder));
    for (const auto& kind : kinds) {
        if (!has_scripts(kind)) continue;
        const auto above = fmt::format("{}/{}", kFolder, kind);
        ZEROTH_TRY(const auto guests, store_->directory(above));
        for (const auto& guest : guests) {
            ZEROTH_TRY(const auto ids, store_->directory(fmt::format("{}/{}", above, guest)));
            for (const auto& id : ids) paths.insert(fmt::format("{}/{}/{}", above, guest, id));
        }
    }
    return {};
}

Result<> Devd::step() {
    ZEROTH_TRY(const auto paths, changed());
    for (const auto& path : paths)
        if (const auto backend = backend_of(path)) ZEROTH_CHECK(see_to(path, *backend));
    return {};
}

Result<> Devd::see_to(const std::string& path, const hooks::BackendPath& backend) {
    const std::vector<std::string> wanted{path + "/state", path + "/online",
                                          path + "/hotplug-status"};
    ZEROTH_TRY(const auto values, store_->read(wanted));
    const Seen seen{.state = device::parse_state(values[0]),
                    .online = values[1].value_or("0") != "0",
                    .set_up = !values[2].value_or("").empty()};
    switch (act_on(seen)) {
        case Act::kWait:
            return {};
        case Act::kBringUp:
            return bring_up(path, backend);
        case Act::kTakeDown:
            return take_down(path, backend);
        case Act::kRemove:
            return store_->apply(std::vector<xs::Change>{xs::Remove{path}});
    }
    return {};
}

Result<std::optional<hooks::ScriptCall>> Devd::call_of(const std::string& path,
                                                       const hooks::BackendPath& backend,
                                                       hooks::Phase phase) {
    const std::vector<std::string> wanted{path + "/script", path + "/gatewaydev"};
    ZEROTH_TRY(const auto values, store_->read(wanted));
    const auto script = values[0].value_or("");
    if (script.empty()) return std::nullopt;
    return backend.kind == "vif" ? hooks::vif_call(script, backend, phase, values[1].value_or(""))
                                 : hooks::block_call(script, backend, phase);
}

Result<> Devd::bring_up(const std::string& path, const hooks::BackendPath& backend) {
    ZEROTH_TRY(const auto call, call_of(path, backend, hooks::Phase::kUp));
    if (!call) return tell_end(path, {});
    const auto netback = fmt::format("vif{}.{}", backend.frontend.raw(), backend.devid);
    if (backend.kind == "vif" && !appears(netback))
        return tell_end(path, "the network interface " + netback + " has not appeared");
    const auto trouble = trouble_of(*call);
    if (trouble.empty()) log::info("{}: {} has set it up", path, call->path);
    return tell_end(path, trouble);
}

/// For the toolstack, and for who comes after us. As a rule the script has told itself.
Result<> Devd::tell_end(const std::string& path, const std::string& trouble) {
    ZEROTH_TRY(const auto status, store_->read_one(path + "/hotplug-status"));
    if (!status || !status->empty()) return {};
    std::vector<xs::Change> changes;
    if (!trouble.empty()) changes.emplace_back(xs::Write{path + "/hotplug-error", trouble});
    const char* const word = trouble.empty() ? "connected" : "error";
    changes.emplace_back(xs::Write{path + "/hotplug-status", word});
    return store_->apply(changes);
}

Result<> Devd::take_down(const std::string& path, const hooks::BackendPath& backend) {
    ZEROTH_TRY(const auto call, call_of(path, backend, hooks::Phase::kDown));
    if (call && trouble_of(*call).empty()) log::info("{}: {} has undone it", path, call->path);
    return store_->apply(std::vector<xs::Change>{xs::Remove{path}});
}

}  // namespace zeroth::devd
