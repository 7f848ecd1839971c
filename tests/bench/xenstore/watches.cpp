// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/xenstore/connection.hpp"
#include "tests/bench/xenstore/scenarios.hpp"

namespace zeroth::bench {

namespace {

using xs::MessageType;

constexpr std::size_t kWatches = 1000;
constexpr int kWarmUpPart = 10;
const std::string kFolder = "/local/domain/0/backend/vif";

/// Waits for that many replies and for that many events, in whatever order they come.
void wait_for(Connection& connection, std::size_t replies, std::size_t events) {
    while (replies > 0 || events > 0) {
        const Reply reply = connection.next();
        expect_good(reply);
        std::size_t& counter = reply.type == MessageType::kWatchEvent ? events : replies;
        if (counter == 0) give_up("an event or a reply too many");
        --counter;
    }
}

void watch(Connection& connection, const std::string& path, const std::string& token) {
    connection.ask(MessageType::kWatch, 0, {path, token});
    connection.flush();
    wait_for(connection, 1, 1);
}

std::string node(std::size_t number) { return kFolder + "/" + std::to_string(number) + "/state"; }

}  // namespace

void watch_fan_out(const Load& load) {
    Connection watcher{load.server.socket};
    Connection writer{load.server.socket};
    for (std::size_t i = 0; i < kWatches; ++i) watch(watcher, node(0), std::to_string(i));
    const auto writes = [&](Meter& meter, Clock::duration time) {
        for (const auto end = Clock::now() + time; Clock::now() < end;) {
            const auto began = Clock::now();
            writer.ask_write(0, node(0), "connected");
            writer.flush();
            wait_for(writer, 1, 0);
            wait_for(watcher, 0, kWatches);
            meter.done(began);
        }
    };
    Meter warm_up{load.server};
    writes(warm_up, load.time / kWarmUpPart);
    Meter meter{load.server};
    writes(meter, load.time);
    meter.report("watch_fan_out", kWatches);
}

void watch_one_of_many(const Load& load) {
    Connection connection{load.server.socket};
    for (std::size_t i = 0; i < kWatches; ++i) watch(connection, node(i), std::to_string(i));
    std::size_t turn = 0;
    const auto writes = [&](Meter& meter, Clock::duration time) {
        for (const auto end = Clock::now() + time; Clock::now() < end;) {
            const auto began = Clock::now();
            connection.ask_write(0, node(turn++ % kWatches), "connected");
            connection.flush();
            wait_for(connection, 1, 1);
            meter.done(began);
        }
    };
    Meter warm_up{load.server};
    writes(warm_up, load.time / kWarmUpPart);
    Meter meter{load.server};
    writes(meter, load.time);
    meter.report("watch_one");
}

}  // namespace zeroth::bench
