// SPDX-License-Identifier: Apache-2.0
#include <sys/socket.h>
#include <sys/time.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <thread>

#include "tests/bench/xenstore/driver.hpp"
#include "tests/bench/xenstore/flooders.hpp"
#include "tests/bench/xenstore/scenarios.hpp"

namespace zeroth::bench {

namespace {

using xs::MessageType;

const std::string kNode = "/local/domain/1/state";
/// A quiet client asks now and then.
constexpr std::chrono::milliseconds kBetween{1};
/// A reply that has not come by then never does: the server is lost to the flood.
constexpr std::chrono::seconds kLost{5};

/// What xenstored takes of one client per turn at most, with the beginning of a request that it had
/// from the turn before (Clients::kReceive and kLongestFrame).
constexpr std::size_t kPerTurn = 8192;
constexpr std::size_t kLeftOver = xs::kHeaderSize + xs::kMaxPayload;

/// Reads a node again and again, and waits in between.
void ask_quietly(Connection& quiet, Meter& meter, Clock::duration time) {
    for (const auto end = Clock::now() + time; Clock::now() < end;) {
        std::this_thread::sleep_for(kBetween);
        const auto began = Clock::now();
        quiet.ask(MessageType::kRead, 0, {kNode});
        quiet.call();
        meter.done(began);
    }
}

std::uint64_t requests_so_far(std::string_view stats) {
    constexpr std::string_view kLabel = "requests: ";
    const auto at = stats.find(kLabel);
    std::uint64_t count = 0;
    if (at != stats.npos)
        std::from_chars(stats.data() + at + kLabel.size(), stats.data() + stats.size(), count);
    return count;
}

/// Requests of others that were served from one turn of ours to the next: two questions for the
/// number of requests so far, with so much between them that the second must wait for a turn of its
/// own. nullopt: the server does not tell.
std::optional<std::uint64_t> served_between(Connection& quiet) {
    std::size_t filler = 0;
    quiet.ask(MessageType::kControl, 0, {"stats"});
    for (std::size_t bytes = 0; bytes < kPerTurn; ++filler) {
        quiet.ask(MessageType::kRead, 0, {kNode});
        bytes += xs::kHeaderSize + kNode.size() + 1;
    }
    quiet.ask(MessageType::kControl, 0, {"stats"});
    quiet.flush();
    const auto before = requests_so_far(quiet.next().payload);
    for (std::size_t i = 0; i < filler; ++i) quiet.next();
    const auto after = requests_so_far(quiet.next().payload);
    if (before == 0) return std::nullopt;
    return after - before - filler - 1;
}

/// A bound that holds whatever the machine does: nobody gets more than its part of a turn. Each of
/// the others may have had its part of this turn behind us, and that of the next before us.
void check_turns(Connection& quiet, int times) {
    constexpr auto kMost =
        2 * Flooders::kCount * (kPerTurn + kLeftOver) / Flooders::kSmallestRequest;
    std::uint64_t most = 0;
    for (int i = 0; i < times; ++i) {
        std::this_thread::sleep_for(kBetween);
        const auto served = served_between(quiet);
        if (!served) return;
        most = std::max(most, *served);
    }
    report("fairness", "served", static_cast<double>(most));
    if (most > kMost)
        give_up(std::to_string(most) + " requests of others were served between two turns; " +
                std::to_string(kMost) + " are the most there may be");
}

}  // namespace

void fairness(const Load& load) {
    Connection quiet{load.server.socket};
    const timeval patience{.tv_sec = kLost.count(), .tv_usec = 0};
    setsockopt(quiet.fd(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    quiet.ask_write(0, kNode, "quiet");
    quiet.call();
    Meter alone{load.server};
    ask_quietly(quiet, alone, load.time);
    alone.report("fairness_alone");
    const double before = alone.latency(0.99);

    const Flooders flooders{load.server.socket};
    Meter warm_up{load.server};
    ask_quietly(quiet, warm_up, load.time / 4);
    Meter meter{load.server};
    ask_quietly(quiet, meter, 2 * load.time);
    meter.report("fairness");
    report("fairness", "ratio", meter.latency(0.99) / before);
    constexpr int kTimes = 200;
    check_turns(quiet, kTimes / static_cast<int>(std::min<std::size_t>(load.shrink, 10)));
}

}  // namespace zeroth::bench
