// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <signal.h>

#include <algorithm>
#include <boost/json/serialize.hpp>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <numeric>
#include <string>
#include <thread>
#include <vector>

#include "daemon/api/json.hpp"
#include "libdomain/config/parse.hpp"
#include "tests/sim/kills/world.hpp"

namespace zeroth::testing {
namespace {

using Clock = std::chrono::steady_clock;
using Microseconds = std::chrono::duration<double, std::micro>;

constexpr std::string_view kUsage =
    "usage: bench-scale PROGRAMS [DOMAINS]\n"
    "Makes that many domains (1000) on a simulated machine, and prints what they cost. PROGRAMS "
    "is\n"
    "the folder of xld and xenstored.\n";
/// Creates that are averaged at either end, and rounds of eight.
constexpr std::size_t kEnd = 50, kRounds = 12, kAtOnce = 8;

std::string request(const std::string& name) {
    config::Source source;
    source.name = "bench";
    source.text = fmt::format("name=\"{}\"\nkernel=\"sim:linux\"\nmemory=8\nvcpus=1\n", name);
    api::CreateRequest create;
    create.config = *config::parse(source, config::Form::kXl).config;
    return boost::json::serialize(api::encode(create));
}

Result<> create(World& world, const std::string& name) {
    ZEROTH_TRY(const auto reply, world.ask("POST", "/v1/domains", request(name)));
    if (reply.body.find("\"done\"") != std::string::npos) return {};
    return fail("create " + name + ": " + reply.body);
}

Result<> destroy(World& world, const std::string& name) {
    ZEROTH_TRY(const auto reply, world.ask("DELETE", "/v1/domains/" + name));
    if (reply.ok()) return {};
    return fail("destroy " + name + ": " + reply.body);
}

template <class Work>
Result<double> microseconds(Work work) {
    const auto start = Clock::now();
    ZEROTH_CHECK(work());
    return Microseconds{Clock::now() - start}.count();
}

double mean(std::span<const double> values) {
    return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double median(std::vector<double> values) {
    std::ranges::sort(values);
    return values[values.size() / 2];
}

/// Memory of the process that is its own, in bytes.
std::uint64_t memory_of(pid_t pid) {
    std::ifstream file{fmt::format("/proc/{}/smaps_rollup", pid)};
    std::string line;
    std::uint64_t kib = 0;
    while (std::getline(file, line)) {
        constexpr std::string_view kDirty = "Private_Dirty:";
        if (!line.starts_with(kDirty)) continue;
        const auto digit = line.find_first_of("0123456789");
        std::from_chars(line.data() + digit, line.data() + line.size(), kib);
    }
    return kib << 10;
}

void row(std::string_view what, double value, std::string_view unit, std::string_view target = "") {
    fmt::print("| {:<52} | {:>10.2f} {:<5} | {:<8} |\n", what, value, unit, target);
    std::fflush(stdout);
}

Result<> all_in_a_row(World& world, std::size_t from) {
    for (std::size_t i = 0; i < kAtOnce; ++i) {
        ZEROTH_CHECK(create(world, fmt::format("row{}", from + i)));
    }
    return {};
}

Result<> all_at_once(World& world, std::size_t from) {
    std::vector<std::thread> threads;
    std::vector<Result<>> results(kAtOnce);
    for (std::size_t i = 0; i < kAtOnce; ++i) {
        threads.emplace_back(
            [&, i] { results[i] = create(world, fmt::format("row{}", from + i)); });
    }
    for (auto& thread : threads) thread.join();
    for (const auto& result : results) ZEROTH_CHECK(Result<>{result});
    return {};
}

/// Eight in a row and eight at once, in turn; the median of each.
Result<> side_by_side(World& world) {
    std::vector<double> in_a_row, at_once;
    for (std::size_t round = 0; round < kRounds; ++round) {
        const auto way = round % 2 == 0 ? &all_in_a_row : &all_at_once;
        ZEROTH_TRY(const auto time, microseconds([&] { return way(world, 0); }));
        (round % 2 == 0 ? in_a_row : at_once).push_back(time);
        for (std::size_t i = 0; i < kAtOnce; ++i) {
            ZEROTH_CHECK(destroy(world, fmt::format("row{}", i)));
        }
    }
    row("8 creates in a row", median(in_a_row) / 1000, "ms");
    row("8 creates at once", median(at_once) / 1000, "ms");
    row("... as a part of the time in a row", median(at_once) / median(in_a_row), "", "<= 0.6");
    return {};
}

Result<> many(World& world, std::size_t count) {
    const auto before = memory_of(world.xld_pid());
    std::vector<double> times;
    for (std::size_t i = 0; i < count; ++i) {
        ZEROTH_TRY(const auto time,
                   microseconds([&] { return create(world, fmt::format("guest{}", i)); }));
        times.push_back(time);
    }
    const auto end = std::min(kEnd, count);
    const std::span all{times};
    row(fmt::format("create, mean of the first {}", end), mean(all.first(end)) / 1000, "ms");
    row(fmt::format("create, mean of the last {} of {}", end, count), mean(all.last(end)) / 1000,
        "ms");
    row("... as a part of the first", mean(all.last(end)) / mean(all.first(end)), "", "<= 1.2");
    const auto after = memory_of(world.xld_pid());
    row("memory of xld per domain",
        static_cast<double>(after - before) / static_cast<double>(count) / 1024, "KiB", "<= 40");
    std::vector<double> lists;
    for (int i = 0; i < 20; ++i) {
        ZEROTH_TRY(const auto time, microseconds([&]() -> Result<> {
                       ZEROTH_CHECK(world.ask("GET", "/v1/domains"));
                       return {};
                   }));
        lists.push_back(time);
    }
    row(fmt::format("list of {} domains", count + 1), median(lists) / 1000, "ms");
    ZEROTH_TRY(const auto gone, microseconds([&]() -> Result<> {
                   for (std::size_t i = 0; i < count; ++i) {
                       ZEROTH_CHECK(destroy(world, fmt::format("guest{}", i)));
                   }
                   return {};
               }));
    row("destroy, mean", gone / static_cast<double>(count) / 1000, "ms");
    return {};
}

Result<> run(const std::string& programs, std::size_t count) {
    World::Settings settings;
    settings.memory = mib(1024 + 12 * count);
    settings.through = World::Through::kStore;
    ZEROTH_TRY(const auto world, World::create(programs, settings));
    ZEROTH_CHECK(world->start_xld());
    fmt::print("| {:<52} | {:<16} | {:<8} |\n|---|---|---|\n", "simulated machine", "", "target");
    // What is made once is not to be counted.
    for (std::size_t i = 0; i < kAtOnce; ++i) {
        ZEROTH_CHECK(create(*world, fmt::format("warm{}", i)));
        ZEROTH_CHECK(destroy(*world, fmt::format("warm{}", i)));
    }
    ZEROTH_CHECK(side_by_side(*world));
    return many(*world, count);
}

}  // namespace
}  // namespace zeroth::testing

int main(int argc, char** argv) {
    ::signal(SIGPIPE, SIG_IGN);
    const std::vector<std::string> words{argv + 1, argv + argc};
    std::size_t count = 1000;
    if (words.size() == 2) {
        std::from_chars(words[1].data(), words[1].data() + words[1].size(), count);
    }
    if (words.empty() || words.size() > 2 || count == 0) {
        fmt::print(stderr, "{}", zeroth::testing::kUsage);
        return 2;
    }
    const auto ran = zeroth::testing::run(words[0], count);
    if (ran) return 0;
    fmt::print(stderr, "bench-scale: {}\n", ran.error().text());
    return 1;
}
