// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/result.hpp"
#include "core/unique_fd.hpp"

namespace zeroth::hooks {

/// Tells when network interfaces come, go or change: which ones is for the reader to look up.
class LinkWatch {
public:
    static Result<LinkWatch> open();

    /// Readable when something has changed since `clear`.
    int fd() const { return socket_.get(); }
    /// To be called before looking, so that what happens while looking is told again.
    void clear();

private:
    explicit LinkWatch(UniqueFd socket) : socket_{std::move(socket)} {}

    UniqueFd socket_;
};

}  // namespace zeroth::hooks
