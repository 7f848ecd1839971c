// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/xenstore/toolstack.hpp"

namespace zeroth::bench {

namespace {

using Style = Toolstack::Style;

constexpr std::size_t kHalf = 1000;
/// A server that needs longer is measured by what it has done by then, with fewer domains than the
/// row says: to its advantage.
constexpr std::chrono::seconds kLongest{10};

void create(Toolstack& toolstack, const Load& load, Style style, std::string_view row,
            std::size_t last) {
    Meter meter{load.server};
    toolstack.create(style, last, meter, kLongest);
    meter.report(row);
}

}  // namespace

void create_domains(const Load& load) {
    const std::size_t half = kHalf / load.shrink;
    Toolstack toolstack{load};
    create(toolstack, load, Style::kOneByOne, "domains", half);
    create(toolstack, load, Style::kOneByOne, "domains_more", 2 * half);
    if (toolstack.domains() == 2 * half) {
        report("memory_domains", "bytes", static_cast<double>(resident_bytes(load.server)));
        report("memory_domains", "journal", static_cast<double>(journal_bytes(load.server)));
    }
    Meter meter{load.server};
    toolstack.remove(toolstack.domains() / 2, meter);
    meter.report("domains_removed");
}

void create_domains_pipelined(const Load& load) {
    const std::size_t half = kHalf / load.shrink;
    Toolstack toolstack{load};
    create(toolstack, load, Style::kPipelined, "domains_pipelined_first", half);
    create(toolstack, load, Style::kPipelined, "domains_pipelined", 2 * half);
}

}  // namespace zeroth::bench
