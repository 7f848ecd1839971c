// SPDX-License-Identifier: Apache-2.0
#include "xenstore/daemon/server.hpp"

#include <signal.h>
#include <sys/signalfd.h>

#include <algorithm>

namespace zeroth::xenstored {

Result<> Server::take_signals() {
    sigset_t set;
    sigemptyset(&set);
    for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&set, signal);
    if (::sigprocmask(SIG_BLOCK, &set, nullptr) != 0) return errno_error("block signals");
    signals_ = UniqueFd{::signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC)};
    if (!signals_) return errno_error("receive signals");
    return loop_.add(signals_.get(), EPOLLIN, *this);
}

void Server::ready(std::uint32_t) {
    signalfd_siginfo signal{};
    while (::read(signals_.get(), &signal, sizeof signal) == sizeof signal) {
        if (signal.ssi_signo == SIGHUP) {
            trace_.reopen();
        } else {
            stopping_ = true;
        }
    }
}

Result<> Server::run() {
    while (!stopping_ && !store_.failure()) ZEROTH_CHECK(turn());
    service_manager::notify("STOPPING=1");
    if (store_.failure()) return fail(*store_.failure());
    return {};
}

std::optional<int> Server::patience() const {
    if (tidying_ || compacting_ || (xen_ != nullptr && xen_->rings().busy())) return 0;
    auto milliseconds = clients_.deadline();
    if (const auto held = store_.deadline()) {
        const auto left =
            std::chrono::ceil<std::chrono::milliseconds>(*held - std::chrono::steady_clock::now());
        const auto wait = std::max(static_cast<int>(left.count()), 0);
        milliseconds = std::min(milliseconds.value_or(wait), wait);
    }
    if (const auto beat = heartbeat_.left()) {
        const auto wait = static_cast<int>(beat->count());
        milliseconds = std::min(milliseconds.value_or(wait), wait);
    }
    const auto rest =
        xen_ != nullptr ? xen_->rings().until_rest(std::chrono::steady_clock::now()) : std::nullopt;
    if (rest) {
        const auto wait = static_cast<int>(rest->count());
        milliseconds = std::min(milliseconds.value_or(wait), wait);
    }
    return milliseconds;
}

Result<> Server::turn() {
    ZEROTH_CHECK(loop_.turn(patience()));
    heartbeat_.beat();
    clients_.resume();
    for (int round = 0; round == 0 || (round < Rings::kRounds && asked_on()); ++round) {
        if (xen_ != nullptr) xen_->serve(store_);
        store_.start_held();
        flush();
    }
    if (xen_ != nullptr) xen_->rings().rest(std::chrono::steady_clock::now());
    tidying_ = store_.tidy();
    compacting_ = journal_ != nullptr && journal_->compact(store_);
    return {};
}

bool Server::asked_on() const { return xen_ != nullptr && xen_->rings().asked_on(); }

void Server::flush() {
    for (auto ready = store_.take_ready(); !ready.empty(); ready = store_.take_ready()) {
        for (const ConnectionId id : ready) {
            if (!clients_.flush(id) && xen_ != nullptr) xen_->rings().flush(store_, id);
        }
    }
    clients_.finish();
    if (xen_ != nullptr) xen_->rings().finish(store_);
}

}  // namespace zeroth::xenstored
