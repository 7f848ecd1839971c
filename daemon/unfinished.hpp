// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "core/result.hpp"
#include "core/uuid.hpp"

namespace zeroth::daemon {

/// Marks of creates under way, one empty file each, named by the domain's UUID: after a SIGKILL the
/// next xld knows which domains are half made. In /run, so that a reboot clears them.
class Unfinished {
public:
    explicit Unfinished(std::string directory) : directory_{std::move(directory)} {}

    Result<> begin(const Uuid& uuid) const;
    void end(const Uuid& uuid) const;
    std::vector<Uuid> all() const;

private:
    std::string path(const Uuid& uuid) const { return directory_ + '/' + uuid.text(); }

    std::string directory_;
};

}  // namespace zeroth::daemon
