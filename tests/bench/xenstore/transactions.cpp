// SPDX-License-Identifier: Apache-2.0
#include <charconv>

#include "tests/bench/xenstore/driver.hpp"
#include "tests/bench/xenstore/scenarios.hpp"

namespace zeroth::bench {

namespace {

using xs::MessageType;

constexpr std::size_t kReads = 10;
constexpr std::size_t kWrites = 5;
constexpr std::size_t kConnections = 16;

struct Outcomes {
    std::size_t commits = 0;
    std::size_t retries = 0;
};

std::uint32_t transaction_of(const Reply& reply) {
    std::uint32_t id = 0;
    std::from_chars(reply.payload.data(), reply.payload.data() + reply.payload.size(), id);
    return id;
}

/// START, 10 READs, 5 WRITEs, END; from the start again if it was in vain.
class Transactions : public Script {
public:
    Transactions(std::vector<std::string> paths, Outcomes& outcomes)
        : paths_{std::move(paths)}, outcomes_{outcomes} {}

    void ask(Connection& connection) override {
        if (step_ == 0)
            connection.ask(MessageType::kTransactionStart, 0, {""});
        else if (step_ <= kReads)
            connection.ask(MessageType::kRead, id_, {paths_[step_ - 1]});
        else if (step_ <= kReads + kWrites)
            connection.ask_write(id_, paths_[step_ - 1 - kReads], value_);
        else
            connection.ask(MessageType::kTransactionEnd, id_, {"T"});
    }

    Progress answered(const Reply& reply) override {
        const bool at_end = step_ == kReads + kWrites + 1;
        const bool again =
            at_end && reply.type == MessageType::kError && reply.payload.starts_with("EAGAIN");
        if (!again) expect_good(reply);
        if (step_ == 0) begin(reply);
        step_ = at_end ? 0 : step_ + 1;
        if (at_end) ++(again ? outcomes_.retries : outcomes_.commits);
        return at_end && !again ? Progress::kOperationDone : Progress::kGoesOn;
    }

private:
    /// What it writes is another value each time, for all clients: none can commit on what another
    /// has changed.
    void begin(const Reply& reply) {
        id_ = transaction_of(reply);
        value_ = std::to_string(outcomes_.commits);
    }

    std::vector<std::string> paths_;
    Outcomes& outcomes_;
    std::string value_;
    std::size_t step_ = 0;
    std::uint32_t id_ = 0;
};

enum class Nodes { kOwn, kShared };

void transactions(std::string_view row, const Load& load, std::size_t count, Nodes nodes) {
    Outcomes outcomes;
    Scripts scripts;
    for (std::size_t i = 0; i < count; ++i) {
        const std::size_t domain = nodes == Nodes::kOwn ? i + 1 : 1;
        scripts.push_back(std::make_unique<Transactions>(
            make_nodes(load.server, "/local/domain/" + std::to_string(domain) + "/device", kReads),
            outcomes));
    }
    drive(row, load.server, load.time, scripts);
    report(row, "retries",
           static_cast<double>(outcomes.retries) / static_cast<double>(outcomes.commits));
}

}  // namespace

void transaction_one(const Load& load) { transactions("transaction_one", load, 1, Nodes::kOwn); }

void transaction_disjoint(const Load& load) {
    transactions("transaction_disjoint", load, kConnections, Nodes::kOwn);
}

void transaction_contended(const Load& load) {
    transactions("transaction_contended", load, kConnections, Nodes::kShared);
}

}  // namespace zeroth::bench
