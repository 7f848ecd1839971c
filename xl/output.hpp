// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>

#include "core/append.hpp"
#include "core/result.hpp"

namespace zeroth::xl {

/// Where a command's text goes: a file descriptor, or memory for tests. No stream of the standard
/// library: their set-up alone would be a good part of what `xl list` takes on a small board.
class Output {
public:
    enum class Mode { kWhole, kAtOnce };

    /// kWhole collects all text for one write in flush(); kAtOnce writes each piece.
    Output(int fd, Mode mode) : fd_{fd}, mode_{mode} {}
    /// Keeps the text, for `captured()`.
    static Output capture() { return Output{-1, Mode::kWhole}; }

    void write(std::string_view text);
    template <class... Args>
    void print(fmt::format_string<Args...> format, Args&&... args) {
        append(buffer_, format, std::forward<Args>(args)...);
        settle();
    }

    /// Hands over what is held. After a failed write everything later is dropped, and every flush
    /// gives that failure.
    Result<> flush();
    const std::string& captured() const { return buffer_; }
    bool is_terminal() const;

private:
    void settle();

    int fd_;
    Mode mode_;
    int failure_ = 0;
    std::string buffer_;
};

}  // namespace zeroth::xl
