// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "core/result.hpp"
#include "core/unique_fd.hpp"
#include "xenstore/wire/frame_reader.hpp"

namespace zeroth::xs {

/// A way to xenstored, open and non-blocking: its Unix socket, or the kernel's device. That takes
/// one request per write, never says that it can be written to, and garbles requests that come
/// before it has answered the last one (Linux 6.1: it does not copy them until it sends them).
struct Endpoint {
    enum class Kind { kSocket, kDevice };

    UniqueFd fd;
    Kind kind = Kind::kSocket;

    /// Takes off `unsent` what can be sent without waiting; all requests in it are whole, at first.
    /// Of what goes to the device, that is one request: the next waits for its reply.
    /// That the server has closed is no error here: its last replies may still be there to receive.
    Result<> send(std::string_view& unsent) const;
    /// Feeds the reader what is there to be received, if anything. ECONNRESET: the server closed.
    Result<> receive(FrameReader& reader) const;
};

/// Where xenstored is: $XENSTORED_PATH if it is set, else the socket in $XENSTORED_RUNDIR or
/// /var/run/xenstored; in a domain that has none, and is not domain 0, /dev/xen/xenbus.
std::string default_endpoint();

Result<Endpoint> open_endpoint(const std::string& path);

}  // namespace zeroth::xs
