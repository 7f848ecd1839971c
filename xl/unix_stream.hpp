// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/uio.h>

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/system/error_code.hpp>
#include <chrono>
#include <span>
#include <string>

#include "core/result.hpp"
#include "core/unique_fd.hpp"

namespace zeroth::xl {

/// A connected Unix socket as Beast's synchronous reads and writes want a stream, with a limit to
/// how long the other side may stay silent. It needs no io_context: xl does one thing at a time,
/// and an event loop's set-up costs more system calls than a whole `xl list`.
class UnixStream {
public:
    static Result<UnixStream> connect(const std::string& path);

    /// The socket is the caller's from now on.
    UniqueFd release() && { return std::move(fd_); }

    void set_patience(std::chrono::milliseconds patience) { patience_ = patience; }

    template <class Buffers>
    std::size_t read_some(const Buffers& buffers, boost::system::error_code& error) {
        const boost::asio::mutable_buffer first = *boost::asio::buffer_sequence_begin(buffers);
        return receive(first.data(), first.size(), error);
    }
    template <class Buffers>
    std::size_t write_some(const Buffers& buffers, boost::system::error_code& error) {
        // A request is a handful of pieces: one system call takes them all.
        std::array<iovec, 16> pieces;
        std::size_t count = 0;
        const auto end = boost::asio::buffer_sequence_end(buffers);
        auto it = boost::asio::buffer_sequence_begin(buffers);
        for (; it != end && count < pieces.size(); ++it) {
            const boost::asio::const_buffer buffer = *it;
            pieces[count++] = {.iov_base = const_cast<void*>(buffer.data()),
                               .iov_len = buffer.size()};
        }
        return send({pieces.data(), count}, error);
    }
    // Beast's concepts ask for the throwing forms as well; nothing calls them.
    template <class Buffers>
    std::size_t read_some(const Buffers& buffers);
    template <class Buffers>
    std::size_t write_some(const Buffers& buffers);

private:
    explicit UnixStream(UniqueFd fd) : fd_{std::move(fd)} {}
    std::size_t receive(void* to, std::size_t size, boost::system::error_code& error);
    std::size_t send(std::span<iovec> pieces, boost::system::error_code& error);
    bool wait(short events, boost::system::error_code& error);

    UniqueFd fd_;
    std::chrono::milliseconds patience_{60000};
};

}  // namespace zeroth::xl
