// SPDX-License-Identifier: Apache-2.0
#include "xl/top_table.hpp"

#include <gtest/gtest.h>

#include <boost/json/serialize.hpp>

namespace zeroth::xl {
namespace {

using namespace std::chrono_literals;

api::Domain domain(std::uint32_t id, std::string name, double seconds, std::uint64_t mib) {
    api::Domain made;
    made.domid = id;
    made.name = std::move(name);
    made.uuid = *Uuid::parse("00000000-0000-0000-0000-00000000000" + std::to_string(id));
    made.cpu_seconds = seconds;
    made.memory_kib = made.max_memory_kib = mib * 1024;
    made.vcpus = 1;
    return made;
}

TopSample sample(std::vector<api::Domain> domains, std::chrono::seconds when) {
    TopSample made;
    made.host.total_pages = 262144;
    made.host.free_pages = 131072;
    made.host.xen_pagesize = 4096;
    made.host.nr_cpus = 4;
    made.host.cpu_khz = 62'500;
    made.host.xen_major = 4;
    made.host.xen_minor = 20;
    made.domains = std::move(domains);
    made.when = std::chrono::steady_clock::time_point{when};
    return made;
}

std::vector<std::uint32_t> ids(const std::vector<TopRow>& rows) {
    std::vector<std::uint32_t> ids;
    for (const auto& row : rows) ids.push_back(row.domain.domid);
    return ids;
}

TEST(TopTable, ComparesTwoSamples) {
    const auto before = sample({domain(0, "Domain-0", 10, 512), domain(1, "a", 5, 64)}, 100s);
    const auto now = sample(
        {domain(0, "Domain-0", 11, 512), domain(1, "a", 9, 64), domain(2, "new", 3, 128)}, 104s);
    const auto rows = top_rows(now, &before, TopSort::kCpu);
    EXPECT_EQ(ids(rows), (std::vector<std::uint32_t>{1, 0, 2}));
    EXPECT_DOUBLE_EQ(rows[0].cpu_percent, 100);
    EXPECT_DOUBLE_EQ(rows[1].cpu_percent, 25);
    EXPECT_DOUBLE_EQ(rows[2].cpu_percent, 0);
    EXPECT_EQ(ids(top_rows(now, &before, TopSort::kMemory)), (std::vector<std::uint32_t>{0, 2, 1}));
    EXPECT_EQ(ids(top_rows(now, nullptr, TopSort::kName)), (std::vector<std::uint32_t>{0, 1, 2}));
}

TEST(TopTable, IsPrintedInColumns) {
    auto crashed = domain(7, "web", 2.5, 64);
    crashed.shutdown = true;
    crashed.shutdown_code = 3;
    TopView view;
    view.sort = TopSort::kId;
    view.time_of_day = "12:00:00";
    const auto text =
        top_text(sample({domain(0, "Domain-0", 10, 512), crashed}, 1s), nullptr, view);
    EXPECT_EQ(
        text,
        "xl top - 12:00:00   Xen 4.20\n"
        "2 domains: 0 running, 0 blocked, 0 paused, 1 crashed, 0 dying, 1 shutdown\n"
        "Mem: 1048576k total, 524288k used, 524288k free    CPUs: 4 @ 62MHz\n"
        "                NAME    ID  STATE   CPU(sec) CPU(%)     MEM(k) MEM(%)  MAXMEM(k) VCPUS"
        "  by ID\n"
        "            Domain-0     0 ------       10.0    0.0     524288   50.0     524288     1\n"
        "                 web     7 -s-c--        2.5    0.0      65536    6.2      65536     1\n");
    auto unlimited = domain(0, "Domain-0", 10, 512);
    unlimited.max_memory_kib = std::uint64_t{UINT32_MAX} * 4;
    EXPECT_NE(top_text(sample({unlimited}, 1s), nullptr, view).find("   no limit     1\n"),
              std::string::npos);
    view.first = 1;
    view.rows = 5;
    EXPECT_EQ(top_text(sample({domain(0, "Domain-0", 10, 512), crashed}, 1s), nullptr, view)
                  .find("Domain-0"),
              std::string::npos);
}

TEST(TopTable, IsJsonForPrograms) {
    const auto value = top_json(sample({domain(0, "Domain-0", 10, 512)}, 1s), nullptr, 5);
    EXPECT_EQ(value.at("time_ms"), 5);
    EXPECT_EQ(value.at("domains").at(0).at("name"), "Domain-0");
    EXPECT_EQ(value.at("domains").at(0).at("cpu_percent"), 0.0);
}

}  // namespace
}  // namespace zeroth::xl
