// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "daemon/console/log.hpp"

namespace zeroth::daemon::console {

/// Where one who watches a console has got to in it, and the few bytes that are on their way to
/// them. Whoever falls further behind than `patience` loses what is between, and is told how much.
class Cursor {
public:
    enum class Form {
        kRaw,
        kFrames,
        /// As kRaw, and nothing but the console's own bytes.
        kBare,
    };

    Cursor(std::shared_ptr<const Log> log, Form form, std::uint64_t patience)
        : log_{std::move(log)}, form_{form}, patience_{patience}, position_{log_->end()} {}

    /// Goes on from there.
    void move_to(std::uint64_t position);
    std::uint64_t position() const { return position_; }

    /// Bytes to send; empty when there is nothing new.
    std::string_view next();
    void sent(std::size_t count) { done_ += count; }
    /// A sentence to be sent before anything else.
    void notice(std::string_view text);

    std::uint64_t dropped() const { return dropped_; }

private:
    void skip_to(std::uint64_t position);

    std::shared_ptr<const Log> log_;
    Form form_;
    std::uint64_t patience_, position_;
    std::string pending_;
    std::size_t done_ = 0;
    std::uint64_t dropped_ = 0;
};

}  // namespace zeroth::daemon::console
