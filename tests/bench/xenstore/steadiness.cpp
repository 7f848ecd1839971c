// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "tests/bench/xenstore/toolstack.hpp"

namespace zeroth::bench {

namespace {

using Style = Toolstack::Style;

constexpr std::size_t kDomains = 2000;
/// Created at either end, to see how fast that is.
constexpr std::size_t kSample = 100;
constexpr int kRepeats = 5;
constexpr double kParts = 1e6;

/// Median time of a domain's nodes, from where the toolstack is.
double time_of_one(Toolstack& toolstack, const Load& load, std::size_t sample) {
    Meter meter{load.server};
    toolstack.create(Style::kOneByOne, toolstack.domains() + sample, meter);
    return meter.latency(0.5);
}

}  // namespace

/// How much of the speed without domains is left with many. Both are measured within a second or
/// two, again and again: what changes meanwhile on the machine changes both, and a median of parts
/// is left that it does not decide.
void steadiness(const Load& load) {
    const std::size_t sample = kSample / std::min(load.shrink, kSample);
    const std::size_t many = kDomains / load.shrink;
    std::vector<std::uint32_t> parts;
    for (int i = 0; i < kRepeats; ++i) {
        Toolstack toolstack{load};
        const double first = time_of_one(toolstack, load, sample);
        Meter filling{load.server};
        toolstack.create(Style::kPipelined, many - sample, filling);
        const double last = time_of_one(toolstack, load, sample);
        parts.push_back(static_cast<std::uint32_t>(first / last * kParts));
        toolstack.clear();
    }
    report("domains", "steadiness", percentile(parts, 0.5) / kParts);
}

}  // namespace zeroth::bench
