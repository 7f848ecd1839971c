// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "core/result.hpp"
#include "core/unique_fd.hpp"
#include "xenstore/server/message_log.hpp"
#include "xenstore/wire/frame.hpp"

namespace zeroth::xenstored {

/// The trace file: a line per message, in or out, and who sent or got it. Off without a path.
class Trace final : public MessageLog {
public:
    Trace() = default;
    static Result<Trace> open(std::string path);

    bool on() const override { return static_cast<bool>(file_); }
    /// Opens the path anew, as what renamed the file asks for.
    void reopen();

    enum class Direction { kIn, kOut };
    void message(Direction direction, std::string_view who, const xs::Frame& frame);
    /// The messages in a stream of which this is the next part; `left` keeps what is not whole yet.
    void stream(Direction direction, std::string_view who, std::string_view bytes,
                std::string& left);
    void note(std::string_view who, std::string_view event);

    Result<bool> turn_on() override;
    void turn_off() override { file_ = {}; }
    Result<> go_to(std::string_view file) override;
    Result<> append(std::string_view file, std::string_view text) override;

private:
    Trace(std::string path, UniqueFd file) : path_{std::move(path)}, file_{std::move(file)} {}

    std::string path_;
    UniqueFd file_;
};

}  // namespace zeroth::xenstored
