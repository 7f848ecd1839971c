// SPDX-License-Identifier: Apache-2.0
#include "libdomain/console/token_bucket.hpp"

#include <algorithm>

namespace zeroth::console {
namespace {

using Seconds = std::chrono::duration<double>;

}  // namespace

std::uint64_t TokenBucket::available(Time now) {
    if (!started_) {
        started_ = true;
        filled_ = now;
    }
    if (now <= filled_ || rate_ == 0) return tokens_;
    const double fresh = Seconds{now - filled_}.count() * static_cast<double>(rate_);
    const auto room = static_cast<double>(burst_ - tokens_);
    if (fresh >= room) {
        tokens_ = burst_;
        filled_ = now;
    } else if (fresh >= 1.0) {
        // What does not make a whole byte yet is left for the next time.
        const auto whole = static_cast<std::uint64_t>(fresh);
        tokens_ += whole;
        filled_ += std::chrono::duration_cast<Time::duration>(
            Seconds{static_cast<double>(whole) / static_cast<double>(rate_)});
    }
    return tokens_;
}

void TokenBucket::take(std::uint64_t count) { tokens_ -= std::min(count, tokens_); }

std::chrono::nanoseconds TokenBucket::wait(std::uint64_t count) const {
    const std::uint64_t wanted = std::min(count, burst_);
    if (tokens_ >= wanted || rate_ == 0) return {};
    const Seconds time{static_cast<double>(wanted - tokens_) / static_cast<double>(rate_)};
    return std::chrono::ceil<std::chrono::nanoseconds>(time);
}

}  // namespace zeroth::console
