// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace zeroth::daemon::console {

/// One who may type at a console: a stream's client, or whoever opened its pty.
class Typist {
public:
    virtual ~Typist() = default;
    /// For the others: "process 4711".
    virtual std::string name() const = 0;
    virtual void notice(std::string_view text) = 0;
    /// The guest has taken what was typed before: there is room for more.
    virtual void input_room() = 0;
};

}  // namespace zeroth::daemon::console
