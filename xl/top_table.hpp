// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/value.hpp>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "daemon/api/types.hpp"

/// What `xl top` shows, as values: no terminal and no xld.
namespace zeroth::xl {

/// The host and its domains at a moment.
struct TopSample {
    api::Host host;
    std::vector<api::Domain> domains;
    std::chrono::steady_clock::time_point when;
};

enum class TopSort { kCpu, kMemory, kName, kId };
inline constexpr int kTopSorts = 4;

struct TopRow {
    api::Domain domain;
    /// Of one CPU, since the sample before; a domain that was not in it has 0.
    double cpu_percent = 0;
};

/// The rows in their order.
std::vector<TopRow> top_rows(const TopSample& now, const TopSample* before, TopSort sort);

struct TopView {
    TopSort sort = TopSort::kCpu;
    /// The first row that is shown, and how many; all in batch mode.
    std::size_t first = 0;
    std::optional<std::size_t> rows;
    std::string time_of_day;
};
std::string top_text(const TopSample& now, const TopSample* before, const TopView& view);
/// One object for programs.
boost::json::value top_json(const TopSample& now, const TopSample* before, std::int64_t time_ms);

}  // namespace zeroth::xl
