// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "core/result.hpp"

namespace zeroth::xl {

/// Reassembles server-sent events (WHATWG HTML, 9.2) from pieces of any size.
class EventStream {
public:
    struct Message {
        std::string name, data;
    };
    using Sink = std::function<Result<>(const Message&)>;

    /// Hands over every message that the piece completes. An Error is the sink's, or a line without
    /// an end.
    Result<> feed(std::string_view piece, const Sink& sink);
    /// The last id that was told of, also without a message; empty for none.
    const std::string& last_id() const { return last_id_; }
    /// Forgets a message that was cut short, for the next connection.
    void cut();

private:
    Result<> line(std::string_view text, const Sink& sink);

    std::string rest_, last_id_, next_id_;
    Message message_;
};

}  // namespace zeroth::xl
