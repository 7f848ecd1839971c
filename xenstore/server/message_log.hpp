// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "core/result.hpp"

namespace zeroth::xenstored {

/// The log of messages, of which CONTROL may ask; the daemon answers with its trace file.
class MessageLog {
public:
    virtual ~MessageLog() = default;

    virtual bool on() const = 0;
    /// Goes on in the file it had last. Whether it has had one.
    virtual Result<bool> turn_on() = 0;
    virtual void turn_off() = 0;
    /// Goes on in this one.
    virtual Result<> go_to(std::string_view file) = 0;
    /// Text that has nothing to do with messages, at the end of a file of its own.
    virtual Result<> append(std::string_view file, std::string_view text) = 0;
};

}  // namespace zeroth::xenstored
