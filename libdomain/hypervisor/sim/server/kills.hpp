// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace zeroth::hyper::sim {

/// SIGKILL for a client at a chosen use of the seam, and how often each has used it.
class Kills {
public:
    enum class When { kBefore, kAfter };

    /// The client whose program has this name is killed right before its n-th use from now on is
    /// carried out, or right after that, without a reply. Once.
    void arm(std::string client, When when, std::uint64_t n);
    void clear() { armed_.reset(); }
    std::uint64_t uses(std::string_view client) const;

    /// A use begins: whether its client was killed before it.
    bool begins(std::string_view client, pid_t pid);
    /// It is done: whether its client was killed after it.
    bool ended(pid_t pid);

private:
    struct Armed {
        std::string client;
        When when = When::kBefore;
        std::uint64_t at = 0;
    };

    std::optional<Armed> armed_;
    /// The use that is being carried out is the one to be killed after.
    bool due_ = false;
    std::map<std::string, std::uint64_t, std::less<>> uses_;
};

}  // namespace zeroth::hyper::sim
