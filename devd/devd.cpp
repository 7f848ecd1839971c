// SPDX-License-Identifier: Apache-2.0
#include "devd/devd.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "core/log.hpp"
#include "xenstore/client/payload.hpp"

namespace zeroth::devd {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr auto kReply = 30s;
/// At once; the others wait for one to end.
constexpr std::size_t kMostScripts = 32;

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

std::vector<pollfd> Devd::fds() const {
    std::vector<pollfd> fds;
    if (!winding_up_) fds.push_back({fd_, POLLIN, 0});
    for (const auto& [path, job] : jobs_) job.add_fds(fds);
    return fds;
}

std::optional<Job::Clock::time_point> Devd::wake_at() const {
    std::optional<Job::Clock::time_point> first;
    for (const auto& [path, job] : jobs_)
        first = std::min(first.value_or(job.wake_at()), job.wake_at());
    return first;
}

Result<> Devd::step() {
    ZEROTH_CHECK(step_jobs());
    if (winding_up_) return {};
    ZEROTH_TRY(auto paths, changed());
    paths.merge(again_);
    again_.clear();
    for (const auto& path : paths) {
        if (jobs_.contains(path) || jobs_.size() >= kMostScripts)
            again_.insert(path);
        else if (const auto backend = backend_of(path))
            ZEROTH_CHECK(see_to(path, *backend));
    }
    return {};
}

Result<> Devd::step_jobs() {
    for (auto at = jobs_.begin(); at != jobs_.end();) {
        const auto trouble = at->second.step();
        if (!trouble) {
            ++at;
            continue;
        }
        const auto over = jobs_.extract(at++);
        ZEROTH_CHECK(ended(over.key(), over.mapped(), *trouble));
    }
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
            return begin(path, backend, hooks::Phase::kUp);
        case Act::kTakeDown:
            return begin(path, backend, hooks::Phase::kDown);
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

Result<> Devd::begin(const std::string& path, const hooks::BackendPath& backend,
                     hooks::Phase phase) {
    ZEROTH_TRY(auto call, call_of(path, backend, phase));
    if (!call) return finish(path, phase, {});
    auto& job = jobs_.emplace(path, Job{phase, *std::move(call), backend}).first->second;
    // It is not waited for, unless it could not be begun.
    const auto trouble = job.step();
    if (!trouble) return {};
    const auto over = jobs_.extract(path);
    return ended(path, over.mapped(), *trouble);
}

Result<> Devd::ended(const std::string& path, const Job& job, const std::string& trouble) {
    const bool up = job.phase() == hooks::Phase::kUp;
    if (trouble.empty())
        log::info("{}: {} has {}", path, job.script(), up ? "set it up" : "undone it");
    return finish(path, job.phase(), trouble);
}

Result<> Devd::finish(const std::string& path, hooks::Phase phase, const std::string& trouble) {
    if (phase == hooks::Phase::kUp) return tell_end(path, trouble);
    return store_->apply(std::vector<xs::Change>{xs::Remove{path}});
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

}  // namespace zeroth::devd
