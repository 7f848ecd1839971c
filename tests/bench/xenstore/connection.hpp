// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "core/unique_fd.hpp"
#include "xenstore/wire/message.hpp"

namespace zeroth::bench {

/// Nothing can be measured any more: says why and ends the program.
[[noreturn]] void give_up(std::string_view what);

struct Reply {
    xs::MessageType type = xs::MessageType::kError;
    std::string_view payload;  // until the connection receives again
};

/// One client of a server, with as little work of its own as can be: what is asked is gathered and
/// leaves with one send, what arrives is taken with one recv. It also takes oxenstored's replies
/// that are longer than the protocol allows.
class Connection {
public:
    explicit Connection(const std::string& socket);

    /// Gathers a request; each part gets its NUL.
    void ask(xs::MessageType type, std::uint32_t transaction,
             std::initializer_list<std::string_view> parts);
    /// WRITE's payload does not end with a NUL.
    void ask_write(std::uint32_t transaction, std::string_view path, std::string_view value);
    void flush();

    /// A reply or event that is here in whole.
    std::optional<Reply> take();
    /// Waits for some bytes.
    void receive();
    /// Waits for a reply or event.
    Reply next();
    /// Asks what was gathered, and waits for one reply, which must not be an error.
    Reply call();

    int fd() const { return fd_.get(); }

private:
    UniqueFd fd_;
    std::string output_;
    std::string input_;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
};

/// What a reply must be where nothing may fail.
void expect_good(const Reply& reply);

}  // namespace zeroth::bench
