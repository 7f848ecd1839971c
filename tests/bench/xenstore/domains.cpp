// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <charconv>

#include "tests/bench/xenstore/domain_nodes.hpp"
#include "tests/bench/xenstore/scenarios.hpp"

namespace zeroth::bench {

namespace {

using xs::MessageType;

constexpr std::size_t kHalf = 1000;
/// How many domains say how fast it is "at" a number of them.
constexpr std::size_t kSample = 100;

class Toolstack {
public:
    enum class Style { kOneByOne, kPipelined };

    Toolstack(const Load& load, Style style) : load_{load}, style_{style} {}

    /// Creates domains until there are `last`, and reports the row.
    void create(std::string_view row, std::size_t last) {
        Meter meter{load_.server};
        while (domains_ < last) {
            const DomainNodes nodes{++domains_};
            const auto began = Clock::now();
            create_one(nodes);
            meter.done(began);
            times_.push_back(static_cast<std::uint32_t>((Clock::now() - began).count()));
        }
        meter.report(row);
    }

    void remove(std::string_view row, std::size_t last) {
        Meter meter{load_.server};
        while (domains_ > last) {
            const auto roots = DomainNodes{domains_--}.roots();
            const auto began = Clock::now();
            for (const std::string& root : roots) {
                connection_.ask(MessageType::kRm, 0, {root});
                connection_.call();
            }
            meter.done(began);
        }
        meter.report(row);
    }

    /// How much of the speed of the first domains the last ones have.
    double steadiness() const {
        const auto sample = static_cast<std::ptrdiff_t>(std::min(kSample, times_.size()));
        std::vector<std::uint32_t> first{times_.begin(), times_.begin() + sample};
        std::vector<std::uint32_t> last{times_.end() - sample, times_.end()};
        return percentile(first, 0.5) / percentile(last, 0.5);
    }

private:
    void create_one(const DomainNodes& nodes) {
        connection_.ask(MessageType::kTransactionStart, 0, {""});
        const std::string_view text = connection_.call().payload;
        std::uint32_t transaction = 0;
        std::from_chars(text.data(), text.data() + text.size(), transaction);
        for (std::size_t i = 0; i < nodes.size(); ++i) {
            nodes.ask(connection_, i, transaction);
            if (style_ == Style::kOneByOne) connection_.call();
        }
        connection_.ask(MessageType::kTransactionEnd, transaction, {"T"});
        connection_.flush();
        const std::size_t due = style_ == Style::kOneByOne ? 1 : nodes.size() + 1;
        for (std::size_t i = 0; i < due; ++i) expect_good(connection_.next());
    }

    const Load& load_;
    Style style_;
    Connection connection_{load_.server.socket};
    std::size_t domains_ = 0;
    std::vector<std::uint32_t> times_;
};

}  // namespace

void create_domains(const Load& load) {
    const std::size_t half = kHalf / load.shrink;
    Toolstack toolstack{load, Toolstack::Style::kOneByOne};
    toolstack.create("domains", half);
    toolstack.create("domains_more", 2 * half);
    report("domains", "steadiness", toolstack.steadiness());
    report("memory_domains", "bytes", static_cast<double>(resident_bytes(load.server)));
    report("memory_domains", "journal", static_cast<double>(journal_bytes(load.server)));
    toolstack.remove("domains_removed", half);
}

void create_domains_pipelined(const Load& load) {
    const std::size_t half = kHalf / load.shrink;
    Toolstack toolstack{load, Toolstack::Style::kPipelined};
    toolstack.create("domains_pipelined_first", half);
    toolstack.create("domains_pipelined", 2 * half);
    report("domains_pipelined", "steadiness", toolstack.steadiness());
}

}  // namespace zeroth::bench
