// SPDX-License-Identifier: Apache-2.0
#include "daemon/host_metrics.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <fstream>

namespace zeroth::daemon {
namespace {

using Kind = MetricsPage::Kind;

/// Seconds; most requests are a hypercall or two, a create is some tenths of a second.
const std::vector<double> kRequestTimes{0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05,
                                        0.1,    0.25,  0.5,    1,     2.5,  10};

double bytes(std::uint64_t pages) { return static_cast<double>(pages_to_kib(pages).raw()) * 1024; }

void gauge(MetricsPage& page, const std::string& name, const std::string& help, double value) {
    page.family(name, Kind::kGauge, help);
    page.sample({}, value);
}

void write_host(MetricsPage& page, const hyper::PhysInfo& phys) {
    gauge(page, "xen_host_memory_bytes", "Memory of the host.", bytes(phys.total_pages));
    gauge(page, "xen_host_memory_free_bytes", "Memory that no domain has.", bytes(phys.free_pages));
    gauge(page, "xen_host_memory_claimed_bytes",
          "Free memory that is promised to domains being made.", bytes(phys.outstanding_pages));
    gauge(page, "xen_host_cpus", "Processors that are online.", phys.nr_cpus);
    gauge(page, "xen_host_numa_nodes", "NUMA nodes.", phys.nr_nodes);
}

/// One domain's values, in the order of kDomainFamilies.
std::array<double, 4> values_of(const hyper::DomainInfo& info) {
    return {std::chrono::duration<double>(info.cpu_time).count(), bytes(info.tot_pages),
            bytes(info.max_pages), static_cast<double>(info.nr_online_vcpus)};
}

struct FamilyHead {
    const char* name;
    Kind kind;
    const char* help;
};
constexpr std::array<FamilyHead, 4> kDomainFamilies{{
    {"xen_domain_cpu_seconds_total", Kind::kCounter, "Processor time that its vCPUs have had."},
    {"xen_domain_memory_bytes", Kind::kGauge, "Memory that it has."},
    {"xen_domain_memory_max_bytes", Kind::kGauge, "Memory that it may have."},
    {"xen_domain_vcpus_online", Kind::kGauge, "Its vCPUs that are online."},
}};

void write_domain(MetricsPage& page, const hyper::DomainInfo& info, const Labels& labels) {
    const auto values = values_of(info);
    for (std::size_t i = 0; i < values.size(); ++i) {
        const auto& head = kDomainFamilies[i];
        page.family(head.name, head.kind, head.help);
        page.sample(labels, values[i]);
    }
    page.family("xen_domain_state", Kind::kGauge, "1 for each state that it is in.");
    const std::array<std::pair<const char*, bool>, 5> states{{{"running", info.running},
                                                              {"blocked", info.blocked},
                                                              {"paused", info.paused},
                                                              {"shutdown", info.shutdown},
                                                              {"dying", info.dying}}};
    for (const auto& [state, is] : states) {
        Labels with_state = labels;
        with_state.emplace_back("state", state);
        page.sample(with_state, is ? 1 : 0);
    }
}

std::vector<std::string> names_of(const std::vector<hyper::DomainInfo>& infos, StorePool& stores) {
    std::vector<std::string> names(infos.size()), paths;
    for (const auto& info : infos) {
        paths.push_back(fmt::format("/local/domain/{}/name", info.id.raw()));
    }
    auto store = stores.lease();
    if (!store) return names;
    const auto found = (*store)->read(paths);
    for (std::size_t i = 0; found && i < names.size(); ++i) names[i] = (*found)[i].value_or("");
    return names;
}

/// Whether Xen answered.
bool write_xen(MetricsPage& page, const Ground& ground) {
    const auto phys = ground.xen.physinfo();
    const auto infos = ground.xen.domains();
    if (phys) write_host(page, *phys);
    if (!phys || !infos) return false;
    gauge(page, "xen_domains", "Domains, with domain 0.", static_cast<double>(infos->size()));
    const auto names = names_of(*infos, ground.stores);
    for (std::size_t i = 0; i < infos->size(); ++i) {
        const auto& info = (*infos)[i];
        write_domain(page, info,
                     {{"domid", fmt::to_string(info.id.raw())},
                      {"name", names[i]},
                      {"uuid", info.handle.text()}});
    }
    return true;
}

/// Resident memory, from the kernel's page counts (proc(5)).
double resident_bytes() {
    std::ifstream file{"/proc/self/statm"};
    double size = 0, resident = 0;
    file >> size >> resident;
    return resident * static_cast<double>(::sysconf(_SC_PAGESIZE));
}

}  // namespace

void collect_host(MetricsPage& page, const Ground& ground) {
    const bool up = write_xen(page, ground);
    gauge(page, "xen_up", "Whether Xen answered.", up ? 1 : 0);
    const auto& xen = ground.xen.version();
    page.family("xld_build_info", Kind::kGauge, "What runs here, in its labels.");
    page.sample({{"version", ZEROTH_VERSION},
                 {"xen", fmt::format("{}.{}{}", xen.major, xen.minor, xen.extra)},
                 {"simulated", ground.facts.simulated ? "true" : "false"}},
                1);
    page.family("xld_events_total", Kind::kCounter, "Events since the host booted.");
    page.sample({}, static_cast<double>(ground.events.newest()));
    gauge(page, "process_resident_memory_bytes", "Memory that xld has.", resident_bytes());
}

void RequestMetrics::answered(const http::Route* route, std::string_view method, unsigned status,
                              std::chrono::nanoseconds took) {
    // What a stranger made up is no label: there may be any number of those.
    const Labels labels{{"method", route == nullptr ? "" : std::string{method}},
                        {"route", route == nullptr ? "" : std::string{route->pattern}}};
    Labels with_status = labels;
    with_status.emplace_back("status", fmt::to_string(status));
    metrics_.counter("xld_http_requests_total", "Requests that were answered.", with_status).add();
    if (route == nullptr) return;
    metrics_
        .histogram("xld_http_request_seconds", "From a request's first byte to its reply's last.",
                   kRequestTimes, labels)
        .observe(std::chrono::duration<double>(took).count());
}

}  // namespace zeroth::daemon
