// SPDX-License-Identifier: Apache-2.0
#include "devd/job.hpp"

#include <fmt/format.h>
#include <net/if.h>

#include "core/log.hpp"

namespace zeroth::devd {
namespace {

using namespace std::chrono_literals;

/// The kernel makes a network interface a moment after it has said that its backend is there.
constexpr auto kInterface = 10s;
constexpr auto kGlance = 2ms;

std::string interface_for(hooks::Phase phase, const hooks::BackendPath& backend) {
    if (phase == hooks::Phase::kDown || backend.kind != "vif") return {};
    return fmt::format("vif{}.{}", backend.frontend.raw(), backend.devid);
}

}  // namespace

Job::Job(hooks::Phase phase, hooks::ScriptCall call, const hooks::BackendPath& backend)
    : phase_{phase}, call_{std::move(call)}, interface_{interface_for(phase, backend)} {}

void Job::add_fds(std::vector<pollfd>& fds) const {
    if (!running_) return;
    for (const int fd : {running_->process_fd(), running_->output_fd()})
        if (fd >= 0) fds.push_back({fd, POLLIN, 0});
}

Job::Clock::time_point Job::wake_at() const {
    return running_ ? running_->wake_at() : Clock::now() + kGlance;
}

std::optional<std::string> Job::step() {
    if (!running_) return start();
    const auto end = running_->step();
    return end ? std::optional{told(*end)} : std::nullopt;
}

std::optional<std::string> Job::start() {
    if (!interface_.empty() && ::if_nametoindex(interface_.c_str()) == 0) {
        if (Clock::now() < began_ + kInterface) return std::nullopt;
        return "the network interface " + interface_ + " has not appeared";
    }
    auto script = hooks::Script::start(call_);
    if (!script) return script.error().text();
    running_.emplace(*std::move(script));
    return std::nullopt;
}

std::string Job::told(const hooks::ScriptEnd& end) const {
    if (end.ok()) return {};
    const auto words = fmt::format("{} {}", call_.path, end.words());
    log::error("{}: {} {}", call_.environment.at("XENBUS_PATH"), words,
               end.output.empty() ? "and printed nothing" : "and printed:\n" + end.said());
    return words;
}

}  // namespace zeroth::devd
