// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/json/serialize.hpp>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "daemon/api/json.hpp"
#include "libdomain/config/parse.hpp"
#include "tests/sim/kills/world.hpp"

namespace zeroth::testing {
namespace {

constexpr std::string_view kUsage =
    "usage: bench-scale PROGRAMS [DOMAINS [ROUNDS]]\n"
    "Makes that many domains (1000) on a simulated machine, that often (1), and prints what they\n"
    "cost: the time that passed, and the processors' time of xld, xenstored and the machine "
    "(which\n"
    "this program is). PROGRAMS is the folder of xld and xenstored.\n";
/// Creates whose median is taken at either end, rounds of eight, and lists.
constexpr std::size_t kEnd = 50, kRoundsOfEight = 24, kAtOnce = 8, kLists = 20;

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

Result<> ask(World& world, const char* method, const std::string& target) {
    ZEROTH_TRY(const auto reply, world.ask(method, target));
    if (reply.ok()) return {};
    return fail(fmt::format("{} {}: {}", method, target, reply.body));
}

Result<> destroy(World& world, const std::string& name) {
    return ask(world, "DELETE", "/v1/domains/" + name);
}

/// In microseconds; each may be looked at by itself.
struct Cost {
    double passed = 0, xld = 0, xenstored = 0, machine = 0;
};
using Part = double Cost::*;

double read_clock(clockid_t clock) {
    timespec time{};
    ::clock_gettime(clock, &time);
    return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_nsec) / 1e3;
}

double processor_time(pid_t pid) {
    clockid_t clock = 0;
    return ::clock_getcpuclockid(pid, &clock) == 0 ? read_clock(clock) : 0;
}

Cost read_clocks(const World& world) {
    return {read_clock(CLOCK_MONOTONIC), processor_time(world.xld_pid()),
            processor_time(world.xenstored_pid()), processor_time(::getpid())};
}

template <class Work>
Result<Cost> cost_of(const World& world, Work work) {
    const auto start = read_clocks(world);
    ZEROTH_CHECK(work());
    const auto end = read_clocks(world);
    return Cost{end.passed - start.passed, end.xld - start.xld, end.xenstored - start.xenstored,
                end.machine - start.machine};
}

double median(std::span<const Cost> costs, Part part) {
    std::vector<double> values;
    for (const auto& cost : costs) values.push_back(cost.*part);
    std::ranges::sort(values);
    return values.empty() ? 0 : values[values.size() / 2];
}

Cost median(std::span<const Cost> costs) {
    return {median(costs, &Cost::passed), median(costs, &Cost::xld),
            median(costs, &Cost::xenstored), median(costs, &Cost::machine)};
}

/// Memory of the process that is its own, in KiB.
double memory_of(pid_t pid) {
    std::ifstream file{fmt::format("/proc/{}/smaps_rollup", pid)};
    std::string line;
    while (std::getline(file, line)) {
        constexpr std::string_view kDirty = "Private_Dirty:";
        if (line.starts_with(kDirty)) return std::strtod(line.c_str() + kDirty.size(), nullptr);
    }
    return 0;
}

void say(const std::string& line) {
    fmt::print("{}\n", line);
    std::fflush(stdout);
}

void row(std::string_view what, const Cost& cost) {
    say(fmt::format("| {:<42} | {:>9.3f} | {:>9.3f} | {:>9.3f} | {:>9.3f} | {:<6} |", what,
                    cost.passed / 1000, cost.xld / 1000, cost.xenstored / 1000, cost.machine / 1000,
                    ""));
}

void ratio(std::string_view what, const Cost& value, const Cost& base, std::string_view target) {
    const auto part = [&](Part its) { return base.*its > 0 ? value.*its / (base.*its) : 0; };
    say(fmt::format("| {:<42} | {:>9.2f} | {:>9.2f} | {:>9.2f} | {:>9.2f} | {:<6} |", what,
                    part(&Cost::passed), part(&Cost::xld), part(&Cost::xenstored),
                    part(&Cost::machine), target));
}

void number(std::string_view what, double value, std::string_view target) {
    say(fmt::format("| {:<42} | {:>9.2f} | {:>9} | {:>9} | {:>9} | {:<6} |", what, value, "", "",
                    "", target));
}

Result<> all_in_a_row(World& world) {
    for (std::size_t i = 0; i < kAtOnce; ++i) {
        ZEROTH_CHECK(create(world, fmt::format("row{}", i)));
    }
    return {};
}

Result<> all_at_once(World& world) {
    std::vector<std::thread> threads;
    std::array<Result<>, kAtOnce> results;
    for (std::size_t i = 0; i < kAtOnce; ++i) {
        threads.emplace_back([&, i] { results.at(i) = create(world, fmt::format("row{}", i)); });
    }
    for (auto& thread : threads) thread.join();
    for (const auto& result : results) ZEROTH_CHECK(Result<>{result});
    return {};
}

/// Eight in a row and eight at once, in turn; the median of each.
Result<> side_by_side(World& world, std::size_t rounds) {
    std::vector<Cost> in_a_row, at_once;
    for (std::size_t round = 0; round < rounds; ++round) {
        const auto way = round % 2 == 0 ? &all_in_a_row : &all_at_once;
        ZEROTH_TRY(const auto cost, cost_of(world, [&] { return way(world); }));
        (round % 2 == 0 ? in_a_row : at_once).push_back(cost);
        for (std::size_t i = 0; i < kAtOnce; ++i) {
            ZEROTH_CHECK(destroy(world, fmt::format("row{}", i)));
        }
    }
    row("8 creates in a row", median(in_a_row));
    row("8 creates at once", median(at_once));
    ratio("… as a part of those in a row", median(at_once), median(in_a_row), "<= 0.6");
    return {};
}

/// The median of a request made a few times over.
Result<Cost> repeated(World& world, const char* method, const std::string& target) {
    std::vector<Cost> costs;
    for (std::size_t i = 0; i < kLists; ++i) {
        ZEROTH_TRY(const auto cost, cost_of(world, [&] { return ask(world, method, target); }));
        costs.push_back(cost);
    }
    return median(costs);
}

/// Makes them, or destroys them, one after another, and compares the last with the first.
template <class Work>
Result<> one_by_one(World& world, std::string_view what, std::size_t count, std::string_view target,
                    Work work) {
    std::vector<Cost> costs;
    for (std::size_t i = 0; i < count; ++i) {
        const auto name = fmt::format("guest{}", i);
        ZEROTH_TRY(const auto cost, cost_of(world, [&] { return work(world, name); }));
        costs.push_back(cost);
    }
    const auto end = std::min(kEnd, count);
    const std::span all{costs};
    const auto first = median(all.first(end)), last = median(all.last(end));
    row(fmt::format("{}, the first {}", what, end), first);
    row(fmt::format("{}, the last {} of {}", what, end, count), last);
    ratio("… as a part of the first", last, first, target);
    return {};
}

Result<> many(World& world, std::size_t count) {
    const auto before = memory_of(world.xld_pid());
    ZEROTH_TRY(const auto list_before, repeated(world, "GET", "/v1/domains"));
    ZEROTH_CHECK(one_by_one(world, "create", count, "<= 1.2", create));
    number("memory of xld per domain, KiB",
           (memory_of(world.xld_pid()) - before) / static_cast<double>(count), "<= 40");
    row("list of domain 0", list_before);
    ZEROTH_TRY(const auto list, repeated(world, "GET", "/v1/domains"));
    row(fmt::format("list of {} domains", count + 1), list);
    const auto newest = fmt::format("/v1/domains/guest{}", count - 1);
    ZEROTH_TRY(const auto one, repeated(world, "GET", newest));
    row("one domain by its name", one);
    ZEROTH_TRY(const auto events, repeated(world, "GET", "/v1/events?follow=false"));
    row("the events", events);
    return one_by_one(world, "destroy", count, "", destroy);
}

Result<> run(const std::string& programs, std::size_t count, std::size_t rounds) {
    World::Settings settings;
    settings.memory = mib(1024 + 12 * count);
    settings.through = World::Through::kStore;
    ZEROTH_TRY(const auto world, World::create(programs, settings));
    ZEROTH_CHECK(world->start_xld());
    say(fmt::format("| {:<42} | {:>9} | {:>9} | {:>9} | {:>9} | {:<6} |\n|{}", "simulated host, ms",
                    "passed", "xld", "xenstored", "machine", "target", "---|---|---|---|---|---|"));
    // What is made once is not to be counted.
    const bool quick = count < kEnd;
    for (std::size_t i = 0; i < (quick ? 1 : 4 * kAtOnce); ++i) {
        ZEROTH_CHECK(create(*world, fmt::format("warm{}", i)));
        ZEROTH_CHECK(destroy(*world, fmt::format("warm{}", i)));
    }
    ZEROTH_CHECK(side_by_side(*world, quick ? 2 : kRoundsOfEight));
    for (std::size_t round = 0; round < rounds; ++round) ZEROTH_CHECK(many(*world, count));
    return {};
}

}  // namespace
}  // namespace zeroth::testing

int main(int argc, char** argv) {
    ::signal(SIGPIPE, SIG_IGN);
    const std::vector<std::string> words{argv + 1, argv + argc};
    std::array<std::size_t, 2> numbers{1000, 1};
    bool good = !words.empty() && words.size() <= 1 + numbers.size();
    for (std::size_t i = 1; good && i < words.size(); ++i) {
        const auto end = words[i].data() + words[i].size();
        const auto parsed = std::from_chars(words[i].data(), end, numbers.at(i - 1));
        good = parsed.ec == std::errc{} && parsed.ptr == end && numbers.at(i - 1) > 0;
    }
    if (!good) {
        fmt::print(stderr, "{}", zeroth::testing::kUsage);
        return 2;
    }
    const auto ran = zeroth::testing::run(words[0], numbers[0], numbers[1]);
    if (ran) return 0;
    fmt::print(stderr, "bench-scale: {}\n", ran.error().text());
    return 1;
}
