// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "core/uuid.hpp"
#include "daemon/console/key.hpp"

namespace zeroth::daemon::console {

/// Whose console it is.
struct Owner {
    Uuid uuid;
    std::string name;
};

/// What becomes of consoles, for whoever keeps a record of it.
struct Happening {
    enum class What { kAttached, kDetached, kDropped } what = What::kAttached;
    Key key;
    Owner owner;
    /// One sentence, for people; and for programs, why bytes were dropped.
    std::string detail, code;
};
/// On the io thread: it should be quick.
using Tell = std::function<void(const Happening&)>;

/// Bytes of a guest's output that are in no log, by the reason.
struct Dropped {
    /// The oldest, as the log may hold only so much.
    std::uint64_t rotated = 0;
    /// The log could not be written to.
    std::uint64_t unwritten = 0;

    std::uint64_t total() const { return rotated + unwritten; }
    friend bool operator==(const Dropped&, const Dropped&) = default;
};

/// Says when to tell of what was dropped: at once, and then once a minute at most. A guest that
/// prints without end is to fill neither the disk nor the record of what happens.
class DropReport {
public:
    using Clock = std::chrono::steady_clock;
    static constexpr std::chrono::seconds kEvery{60};

    /// What has been dropped since it was last told of, if now is the time to tell.
    std::optional<Dropped> due(const Dropped& all, Clock::time_point now) {
        if (all == told_ || (told_at_ && now - *told_at_ < kEvery)) return std::nullopt;
        told_at_ = now;
        return rest(all);
    }
    /// The same at the end, when there is no later.
    std::optional<Dropped> rest(const Dropped& all) {
        if (all == told_) return std::nullopt;
        const Dropped news{all.rotated - told_.rotated, all.unwritten - told_.unwritten};
        told_ = all;
        return news;
    }

private:
    Dropped told_;
    std::optional<Clock::time_point> told_at_;
};

}  // namespace zeroth::daemon::console
