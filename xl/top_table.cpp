// SPDX-License-Identifier: Apache-2.0
#include "xl/top_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <map>

#include "core/append.hpp"
#include "daemon/api/json.hpp"

namespace zeroth::xl {
namespace {

namespace json = boost::json;

constexpr const char* kSortNames[kTopSorts]{"CPU(%)", "MEM(k)", "NAME", "ID"};

double percent(double part, double whole) { return whole > 0 ? 100 * part / whole : 0; }

double total_kib(const api::Host& host) {
    return static_cast<double>(host.total_pages) * host.xen_pagesize / 1024;
}

std::string state_letters(const api::Domain& domain) {
    const bool crashed = domain.shutdown && domain.shutdown_code == 3U;
    std::string letters = "------";
    if (domain.dying) letters[0] = 'd';
    if (domain.shutdown) letters[1] = 's';
    if (domain.blocked) letters[2] = 'b';
    if (crashed) letters[3] = 'c';
    if (domain.paused) letters[4] = 'p';
    if (domain.running) letters[5] = 'r';
    return letters;
}

void print_head(std::string& out, const TopSample& now, const TopView& view) {
    const auto count = [&](auto is) { return std::ranges::count_if(now.domains, is); };
    const auto& host = now.host;
    const auto kib = [&](std::uint64_t pages) { return pages * host.xen_pagesize / 1024; };
    append(out, "xl top - {}   Xen {}.{}{}\n", view.time_of_day, host.xen_major, host.xen_minor,
           host.xen_extra);
    append(out,
           "{} domains: {} running, {} blocked, {} paused, {} crashed, {} dying, {} shutdown\n",
           now.domains.size(), count(&api::Domain::running), count(&api::Domain::blocked),
           count(&api::Domain::paused),
           count([](const api::Domain& d) { return d.shutdown && d.shutdown_code == 3U; }),
           count(&api::Domain::dying), count(&api::Domain::shutdown));
    append(out, "Mem: {}k total, {}k used, {}k free    CPUs: {} @ {}MHz\n", kib(host.total_pages),
           kib(host.total_pages - host.free_pages), kib(host.free_pages), host.nr_cpus,
           host.cpu_khz / 1000);
}

/// Xen counts pages in 32 bits where nobody set a limit.
std::string limit_of(const api::Domain& domain) {
    constexpr std::uint64_t kNoLimit = std::uint64_t{UINT32_MAX} * 4;
    return domain.max_memory_kib >= kNoLimit ? "no limit" : fmt::to_string(domain.max_memory_kib);
}

std::string name_of(const api::Domain& domain) { return domain.name.empty() ? "-" : domain.name; }

}  // namespace

std::vector<TopRow> top_rows(const TopSample& now, const TopSample* before, TopSort sort) {
    std::map<Uuid, double> seconds_before;
    double elapsed = 0;
    if (before != nullptr) {
        elapsed = std::chrono::duration<double>(now.when - before->when).count();
        for (const auto& domain : before->domains) {
            seconds_before[domain.uuid] = domain.cpu_seconds;
        }
    }
    std::vector<TopRow> rows;
    for (const auto& domain : now.domains) {
        const auto was = seconds_before.find(domain.uuid);
        const double used = was == seconds_before.end() ? 0 : domain.cpu_seconds - was->second;
        rows.push_back({domain, std::max(0.0, percent(used, elapsed))});
    }
    std::ranges::stable_sort(rows, [sort](const TopRow& a, const TopRow& b) {
        switch (sort) {
            case TopSort::kCpu:
                return a.cpu_percent > b.cpu_percent;
            case TopSort::kMemory:
                return a.domain.memory_kib > b.domain.memory_kib;
            case TopSort::kName:
                return a.domain.name < b.domain.name;
            case TopSort::kId:
                return a.domain.domid < b.domain.domid;
        }
        return false;
    });
    return rows;
}

std::string top_text(const TopSample& now, const TopSample* before, const TopView& view) {
    std::string out;
    print_head(out, now, view);
    append(out, "{:>20} {:>5} {:>6} {:>10} {:>6} {:>10} {:>6} {:>10} {:>5}  by {}\n", "NAME", "ID",
           "STATE", "CPU(sec)", "CPU(%)", "MEM(k)", "MEM(%)", "MAXMEM(k)", "VCPUS",
           kSortNames[static_cast<std::size_t>(view.sort)]);
    const auto rows = top_rows(now, before, view.sort);
    const auto first = std::min(view.first, rows.size());
    const auto count = std::min(view.rows.value_or(rows.size()), rows.size() - first);
    for (std::size_t i = first; i < first + count; ++i) {
        const auto& domain = rows[i].domain;
        append(out, "{:>20} {:>5} {:>6} {:>10.1f} {:>6.1f} {:>10} {:>6.1f} {:>10} {:>5}\n",
               name_of(domain), domain.domid, state_letters(domain), domain.cpu_seconds,
               rows[i].cpu_percent, domain.memory_kib,
               percent(static_cast<double>(domain.memory_kib), total_kib(now.host)),
               limit_of(domain), domain.vcpus);
    }
    return out;
}

json::value top_json(const TopSample& now, const TopSample* before, std::int64_t time_ms) {
    json::array domains;
    for (const auto& row : top_rows(now, before, TopSort::kId)) {
        json::value domain = api::encode(row.domain);
        domain.as_object()["cpu_percent"] = row.cpu_percent;
        domains.push_back(std::move(domain));
    }
    const auto& host = now.host;
    return json::object{{"time_ms", time_ms},
                        {"host", json::object{{"cpus", host.nr_cpus},
                                              {"total_pages", host.total_pages},
                                              {"free_pages", host.free_pages},
                                              {"page_size", host.xen_pagesize}}},
                        {"domains", std::move(domains)}};
}

}  // namespace zeroth::xl
