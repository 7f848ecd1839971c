// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "xenstore/server/store_impl.hpp"

namespace zeroth::xenstored {
namespace {

std::string memory_report(const State& state) {
    std::string text;
    for (const auto& [domain, usage] : state.accounts.all()) {
        text +=
            fmt::format("domain {}: {} nodes, {} bytes\n", domain.raw(), usage.nodes, usage.memory);
    }
    return text + fmt::format("permission lists: {}\n", state.context.permissions.size());
}

/// Parts of the reference's log, which can be turned on ("+io") and off there; ours has messages
/// only.
bool names_a_part(std::string_view text) {
    constexpr std::array<std::string_view, 5> kParts{"obj", "io", "wrl", "acc", "tdb"};
    if (!text.starts_with('+') && !text.starts_with('-')) return false;
    return std::ranges::find(kParts, text.substr(1)) != kParts.end();
}

/// What a client is told of it.
Errno code_of(const Error& error) {
    const auto code = error.code().value();
    return code != 0 ? code : EIO;
}

}  // namespace

/// Without a file to go to, requests are told of in the program's own log.
Errno Store::Impl::control_log(Arguments arguments) {
    if (arguments.size() > 1) return EINVAL;
    text_ = "OK";
    if (arguments.empty()) {
        const bool on = trace_ == Trace::kOn || (log_ && log_->on());
        text_ = fmt::format("log: {}\n", on ? "on" : "off");
    } else if (arguments[0] == "on") {
        const auto has_file = log_ ? log_->turn_on() : false;
        if (!has_file) return code_of(has_file.error());
        if (!*has_file) trace_ = Trace::kOn;
    } else if (arguments[0] == "off") {
        trace_ = Trace::kOff;
        if (log_) log_->turn_off();
    } else if (!names_a_part(arguments[0])) {
        return EINVAL;
    }
    return 0;
}

Errno Store::Impl::control_logfile(Arguments arguments) {
    if (arguments.size() != 1 || arguments[0].empty()) return EINVAL;
    if (!log_) return ENOSYS;
    if (const auto there = log_->go_to(arguments[0]); !there) return code_of(there.error());
    text_ = "OK";
    return 0;
}

Errno Store::Impl::control_memreport(Arguments arguments) {
    if (arguments.size() > 1) return EINVAL;
    text_ = memory_report(state_);
    if (arguments.empty()) return 0;
    if (!log_) return ENOSYS;
    if (const auto kept = log_->append(arguments[0], text_); !kept) return code_of(kept.error());
    text_ = "OK";
    return 0;
}

}  // namespace zeroth::xenstored
