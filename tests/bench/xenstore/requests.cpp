// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "tests/bench/xenstore/driver.hpp"
#include "tests/bench/xenstore/scenarios.hpp"

namespace zeroth::bench {

namespace {

using xs::MessageType;

constexpr std::size_t kNodes = 100;
constexpr std::size_t kConnections = 16;
constexpr std::size_t kInFlight = 64;
constexpr std::size_t kNames = 1000;
const std::string kFolder = "/local/domain/1/device/vif";

class Writes : public Script {
public:
    explicit Writes(std::vector<std::string> paths) : paths_{std::move(paths)} {}
    void ask(Connection& connection) override {
        const std::size_t turn = next_++;
        connection.ask_write(0, paths_[turn % paths_.size()],
                             turn % 2 == 0 ? "connected" : "closing");
    }
    Progress answered(const Reply& reply) override {
        expect_good(reply);
        return Progress::kOperationDone;
    }

private:
    std::vector<std::string> paths_;
    std::size_t next_ = 0;
};

/// DIRECTORY, and where that is too long, DIRECTORY_PART until the end.
class Lists : public Script {
public:
    void ask(Connection& connection) override {
        const auto type = in_parts_ ? MessageType::kDirectoryPart : MessageType::kDirectory;
        ++messages;
        if (in_parts_)
            connection.ask(type, 0, {kFolder, std::to_string(bytes_)});
        else
            connection.ask(type, 0, {kFolder});
    }
    Progress answered(const Reply& reply) override {
        if (reply.type == MessageType::kError && !in_parts_ && reply.payload.starts_with("E2BIG")) {
            in_parts_ = true;
            return Progress::kGoesOn;
        }
        expect_good(reply);
        std::string_view names = reply.payload;
        if (in_parts_) names.remove_prefix(names.find('\0') + 1);
        const bool last =
            !in_parts_ || names.size() < 2 || names.ends_with(std::string_view{"\0\0", 2});
        bytes_ += names.size();
        seen_ += static_cast<std::size_t>(std::ranges::count(names, '\0'));
        if (!last) return Progress::kGoesOn;
        if (seen_ != kNames + (in_parts_ ? 1 : 0))
            give_up("a list of another length than expected");
        bytes_ = seen_ = 0;
        in_parts_ = false;
        ++lists;
        return Progress::kOperationDone;
    }

    std::size_t messages = 0;
    std::size_t lists = 0;

private:
    bool in_parts_ = false;
    std::size_t bytes_ = 0;
    std::size_t seen_ = 0;
};

template <typename Kind>
Scripts scripts_of(const Load& load, std::size_t count) {
    const auto paths = make_nodes(load.server, kFolder, kNodes);
    Scripts scripts;
    for (std::size_t i = 0; i < count; ++i) scripts.push_back(std::make_unique<Kind>(paths));
    return scripts;
}

/// Keeps kInFlight requests on their way: as many leave as replies have arrived.
void keep_in_flight(const Load& load, Meter& meter, Clock::duration time) {
    Reads reads{make_nodes(load.server, kFolder, kNodes)};
    Connection connection{load.server.socket};
    std::array<Clock::time_point, kInFlight> began{};
    std::size_t sent = 0;
    std::size_t answered = 0;
    const auto top_up = [&] {
        const auto now = Clock::now();
        for (; sent - answered < kInFlight; ++sent) {
            began.at(sent % kInFlight) = now;
            reads.ask(connection);
        }
        connection.flush();
    };
    for (const auto end = Clock::now() + time; Clock::now() < end;) {
        top_up();
        connection.receive();
        while (const auto reply = connection.take()) {
            expect_good(*reply);
            meter.done(began.at(answered++ % kInFlight));
        }
    }
}

}  // namespace

void read_one(const Load& load) {
    drive("read_one", load.server, load.time, scripts_of<Reads>(load, 1));
}

void read_many(const Load& load) {
    drive("read_many", load.server, load.time, scripts_of<Reads>(load, kConnections));
}

void write_one(const Load& load) {
    drive("write_one", load.server, load.time, scripts_of<Writes>(load, 1));
}

void read_pipelined(const Load& load) {
    Meter warm_up{load.server};
    keep_in_flight(load, warm_up, load.time / 10);
    Meter meter{load.server};
    keep_in_flight(load, meter, load.time);
    meter.report("read_pipelined");
}

void list_folder(const Load& load) {
    Connection connection{load.server.socket};
    for (std::size_t i = 0; i < kNames; ++i) {
        const std::string number = std::to_string(kNames + i);
        connection.ask_write(0, kFolder + "/name-" + number, "");
        connection.call();
    }
    auto script = std::make_unique<Lists>();
    const Lists& lists = *script;
    Scripts scripts;
    scripts.push_back(std::move(script));
    drive("list", load.server, load.time, scripts);
    report("list", "messages",
           static_cast<double>(lists.messages) / static_cast<double>(lists.lists));
}

}  // namespace zeroth::bench
