// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <filesystem>
#include <fstream>
#include <set>

#include "daemon/adjust/routes.hpp"
#include "daemon/api/config_members.hpp"
#include "daemon/api/json.hpp"
#include "daemon/attachments/routes.hpp"
#include "daemon/cpus/routes.hpp"
#include "daemon/host_metrics.hpp"
#include "daemon/openapi.hpp"
#include "daemon/routes.hpp"
#include "daemon/service.hpp"
#include "libdomain/hypervisor/sim/machine.hpp"
#include "tests/unit/daemon/http_door.hpp"
#include "tests/unit/daemon/json_schema.hpp"
#include "xenstore/client/memory_store.hpp"

/// etc/api/openapi.json against what xld really answers, over the model of Xen.
namespace zeroth::daemon {
namespace {

namespace json = boost::json;

const json::value& document() {
    static const json::value kDocument = json::parse(openapi_document());
    return kDocument;
}

/// xld without its main: everything behind the door, and the door.
class Host {
public:
    Host() {
        settings.state_dir = folder + "/state";
        settings.userdata_dir = folder + "/userdata";
        std::filesystem::create_directories(settings.userdata_dir);
        facts.node_of_cpu.assign(4, 0);
        facts.scheduler = 6;
        facts.gic = hyper::DomainSpec::Gic::kV3;
        facts.simulated = true;
        metrics.collect([this](MetricsPage& page) { collect_host(page, ground); });
        std::ofstream image{kernel(), std::ios::binary};
        std::string header(4096, '\0');
        header[3] = '\x14';  // a branch to itself (Linux' booting.rst)
        header[17] = '\x10';
        header.replace(56, 4, "ARM\x64");
        image << header;
    }
    ~Host() { std::filesystem::remove_all(folder); }
    std::vector<http::Route> all_routes() {
        auto routes = make_routes(service, ground);
        add_adjust_routes(routes, service, adjustments);
        add_cpu_routes(routes, {service, pools, scheduling});
        add_device_routes(routes, service, attachments);
        return routes;
    }
    Host(const Host&) = delete;
    Host& operator=(const Host&) = delete;

    std::string kernel() const { return folder + "/kernel"; }
    const std::vector<http::Route>& routes() const { return router.routes(); }

    std::string folder = [] {
        std::string name = (std::filesystem::temp_directory_path() / "xld-XXXXXX").string();
        return std::string{::mkdtemp(name.data())};
    }();
    std::unique_ptr<hyper::sim::Machine> machine = *hyper::sim::Machine::create();
    hyper::Hypervisor xen = *hyper::Hypervisor::open(*machine);
    std::unique_ptr<hyper::GrantTable> grants = *machine->grant_table();
    std::shared_ptr<xs::MemoryStore> store = std::make_shared<xs::MemoryStore>();
    StorePool stores{[this]() -> Result<std::shared_ptr<xs::Store>> { return store; },
                     [](const xs::Store&) { return true; }};
    EventLog events{folder + "/state/events"};
    HostFacts facts;
    Settings settings;
    lives::Registry registry{folder + "/state/records"};
    lives::Lanes lanes;
    Metrics metrics;
    std::unique_ptr<devices::Dom0> dom0 = devices::simulated_dom0();
    const Ground ground{xen,      *grants,  stores, events,  facts,
                        settings, registry, lanes,  metrics, *dom0};
    Service service{ground};
    Adjustments adjustments{ground, service};
    CpuPools pools{ground, adjustments};
    Scheduling scheduling{ground, service, adjustments};
    Attachments attachments{ground, service};
    http::Router router{all_routes()};
    RequestMetrics requests{metrics};
    http::testing::Door door{all_routes(), {}, &requests};
};

struct Answered {
    unsigned status = 0;
    std::string type, body;
};

/// HTTP/1.0: a stream then comes without chunks, up to the connection's end.
Answered ask(Host& host, const std::string& method, const std::string& target,
             const std::string& body, const std::string& type) {
    std::string request = fmt::format("{} {} HTTP/1.0\r\n", method, target);
    if (!body.empty()) {
        request += fmt::format("Content-Type: {}\r\nContent-Length: {}\r\n", type, body.size());
    }
    const auto reply = host.door.ask(request + "\r\n" + body);
    Answered answered;
    answered.status = static_cast<unsigned>(std::stoul(reply.substr(9, 3)));
    const auto end = reply.find("\r\n\r\n");
    const auto head = reply.substr(0, end + 2);
    if (const auto at = head.find("Content-Type: "); at != std::string::npos) {
        const auto value = head.substr(at + 14, head.find("\r\n", at) - at - 14);
        answered.type = value.substr(0, value.find(';'));
    }
    answered.body = reply.substr(end + 4);
    return answered;
}

/// "/v1/xenstore/{path...}" is "/v1/xenstore/{path}" there.
std::string documented(std::string_view pattern) {
    std::string path{pattern};
    if (const auto dots = path.find("..."); dots != std::string::npos) path.erase(dots, 3);
    return path;
}

std::string lower(std::string_view text) {
    std::string out{text};
    for (char& c : out) c = static_cast<char>(std::tolower(c));
    return out;
}

const json::object* operation(const http::Route& route) {
    const auto* path = document().at("paths").as_object().if_contains(documented(route.pattern));
    if (path == nullptr) return nullptr;
    const auto* found = path->as_object().if_contains(lower(route.method));
    return found == nullptr ? nullptr : &found->as_object();
}

/// The JSON values of a body, whatever holds them.
std::vector<json::value> values_of(const Answered& answered) {
    std::vector<json::value> values;
    if (answered.type == "text/plain") return {json::value(json::string(answered.body))};
    if (answered.type.ends_with("json") && answered.type != "application/x-ndjson") {
        return {json::parse(answered.body)};
    }
    std::istringstream lines{answered.body};
    for (std::string line; std::getline(lines, line);) {
        if (answered.type == "application/x-ndjson") values.push_back(json::parse(line));
        if (line.starts_with("data: ")) values.push_back(json::parse(line.substr(6)));
    }
    EXPECT_FALSE(values.empty()) << answered.body;
    return values;
}

void expect_as_described(const json::object& operation, const Answered& answered,
                         const std::string& what) {
    const auto& responses = operation.at("responses").as_object();
    const auto* response = responses.if_contains(fmt::to_string(answered.status));
    if (response == nullptr) {
        EXPECT_GE(answered.status, 400U) << what << ": " << answered.body;
        response = responses.if_contains("default");
    }
    ASSERT_NE(response, nullptr) << what;
    if (const auto* shared = response->as_object().if_contains("$ref")) {
        response = &document().at_pointer(std::string_view{shared->as_string()}.substr(1));
    }
    const auto* content = response->as_object().if_contains("content");
    if (content == nullptr) {
        EXPECT_EQ(answered.body, "") << what;
        return;
    }
    const auto* kind = content->as_object().if_contains(answered.type);
    ASSERT_NE(kind, nullptr) << what << ": " << answered.type;
    const zeroth::testing::SchemaChecker checker{document()};
    for (const auto& value : values_of(answered)) {
        const auto faults = checker.check(value, kind->at("schema"));
        EXPECT_TRUE(faults.empty()) << what << fmt::format("\n{}", fmt::join(faults, "\n"));
    }
}

struct Call {
    const char* method;
    std::string target;
    unsigned status = 200;
    std::string body = {};
    const char* type = "application/json";
};

std::vector<Call> calls(const Host& host) {
    const auto config = fmt::format(
        R"({{"config":{{"name":"g1","kernel":"{}","memory_kib":16384,"vcpus":2}},"paused":true}})",
        host.kernel());
    const std::string nonsense = R"({"config":{"name":"g1","nonsense":1}})";
    return {
        {"GET", "/v1/host"},
        {"GET", "/v1/host/log"},
        {"DELETE", "/v1/host/log"},
        {"POST", "/v1/host/debug-keys", 204, R"({"keys":"q"})"},
        {"POST", "/v1/host/debug-keys", 400, R"({"kes":"q"})"},
        {"GET", "/v1/host/parameters"},
        {"PUT", "/v1/host/parameters", 204, R"({"name":"loglvl","value":"all"})"},
        {"PUT", "/v1/host/parameters", 400, R"({"name":"loglvl","value":"0"})"},
        {"PUT", "/v1/host/parameters", 404, R"({"name":"loglevel","value":"all"})"},
        {"POST", "/v1/check?file=g.cfg", 200, "name = 'g'\nmemory = lots\n", "text/plain"},
        {"POST", "/v1/check?form=xml", 400, "x", "text/plain"},
        {"POST", "/v1/plan", 200, config},
        {"POST", "/v1/plan", 400, nonsense},
        {"POST", "/v1/domains", 400, nonsense},
        {"POST", "/v1/domains?progress=true", 200, config},
        {"POST", "/v1/domains", 200, config},  // its stream ends with "failed"
        {"GET", "/v1/domains"},
        {"GET", "/v1/domains?uptime=true"},
        {"GET", "/v1/domains?devices=true"},
        {"GET", "/v1/domains/g1?uptime=true"},
        {"GET", "/v1/domains/nobody", 404},
        {"POST", "/v1/domains/g1/unpause", 204},
        {"POST", "/v1/domains/g1/pause", 204},
        {"POST", "/v1/domains/7/pause", 404},
        {"GET", "/v1/domains/g1/config"},
        {"GET", "/v1/domains/g1/vcpus"},
        {"GET", "/v1/vcpus"},
        {"PUT", "/v1/domains/g1/vcpus/all/affinity", 204, R"({"hard":"0-1"})"},
        {"PUT", "/v1/domains/g1/vcpus/one/affinity", 400, R"({"hard":"0-1"})"},
        {"GET", "/v1/domains/g1/console"},
        {"GET", "/v1/domains/g1/console?type=tape", 400},
        {"PUT", "/v1/domains/g1/memory", 204, R"({"target":16384})"},
        {"PUT", "/v1/domains/g1/memory", 400, R"({"targets":16384})"},
        {"PUT", "/v1/domains/g1/vcpus", 204, R"({"online":1})"},
        {"PUT", "/v1/domains/g1/vcpus", 400, R"({"online":-1})"},
        {"POST", "/v1/domains/g1/sysrq", 204, R"({"key":"h"})"},
        {"PUT", "/v1/domains/g1/name", 204, R"({"name":"g2"})"},
        {"PUT", "/v1/domains/g2/name", 204, R"({"name":"g1"})"},
        {"PUT", "/v1/domains/g1/config", 204,
         fmt::format(R"({{"config":{{"name":"g1","kernel":"{}","memory_kib":16384}}}})",
                     host.kernel())},
        {"POST", "/v1/domains/g1/core", 204, fmt::format(R"({{"path":"{}/core"}})", host.folder)},
        {"GET", "/v1/domains?numa=true"},
        {"GET", "/v1/events?after=0&follow=false"},
        {"GET", "/v1/events?after=yesterday", 400},
        {"GET", "/v1/xenstore/local/domain/1?recursive"},
        {"GET", "/v1/xenstore/local/domain?depth=1"},
        {"GET", "/v1/xenstore/nowhere", 404},
        {"GET", "/v1/xenstore/local?depth=99", 400},
        // Xen for ARM has none so far.
        {"POST", "/v1/domains/g1/trigger", 501, R"({"trigger":"nmi"})"},
        {"GET", "/v1/cpupools"},
        {"POST", "/v1/cpupools", 200, R"({"name":"p1","scheduler":"credit"})"},
        {"POST", "/v1/cpupools", 409, R"({"name":"p1"})"},
        {"POST", "/v1/cpupools/p1/cpus", 409, R"({"add":"1"})"},
        {"POST", "/v1/cpupools/0/cpus", 204, R"({"remove":"1"})"},
        {"POST", "/v1/cpupools/p1/cpus", 204, R"({"add":"1"})"},
        {"PUT", "/v1/cpupools/p1/name", 204, R"({"name":"p2"})"},
        {"PUT", "/v1/cpupools/p2/scheduling", 204, R"({"timeslice_ms":10})"},
        {"PUT", "/v1/cpupools/p2/scheduling", 400, R"({"timeslice_ms":0})"},
        {"PUT", "/v1/domains/g1/cpupool", 204, R"({"pool":"p2"})"},
        {"GET", "/v1/scheduling"},
        {"PUT", "/v1/domains/g1/scheduling", 204, R"({"weight":512,"cap":50})"},
        {"PUT", "/v1/domains/g1/scheduling", 400, R"({"period_us":512})"},
        {"GET", "/v1/domains/g1/scheduling"},
        {"DELETE", "/v1/cpupools/p2", 409},
        {"PUT", "/v1/domains/g1/cpupool", 204, R"({"pool":"0"})"},
        {"DELETE", "/v1/cpupools/p2", 204},
        {"DELETE", "/v1/cpupools/p2", 404},
        {"POST", "/v1/cpupools-by-node", 204},
        {"GET", "/v1/domains/g1/nics"},
        {"GET", "/v1/domains/g1/disks"},
        {"POST", "/v1/domains/g1/nics", 400, R"({"macs":"00:16:3e:00:00:01"})"},
        {"POST", "/v1/domains/g1/disks", 400, R"({"target":"/nowhere"})"},
        {"GET", "/v1/domains/g1/served"},
        {"GET", "/v1/domains/g1/served?key=vkb"},
        {"POST", "/v1/domains/g1/served", 400, R"({"key":"pci","text":"01:00.0"})"},
        {"POST", "/v1/domains/g1/served", 400, R"({"key":"vkb","text":"unique-id=1"})"},
        {"POST", "/v1/domains/g1/served", 400, R"({"key":"vsnd","text":"[]\nname='x'"})"},
        {"POST", "/v1/domains/g1/served", 400, R"({"key":"vsnd","text":"["})"},
        {"POST", "/v1/domains/g1/served", 400, R"({"key":"vkb","text":"[]"})"},
        {"POST", "/v1/domains/g1/served", 400, R"({"key":"p9","text":""})"},
        {"DELETE", "/v1/domains/g1/served/vkb/0", 404},
        {"DELETE", "/v1/domains/g1/served/vif/0", 404},
        {"DELETE", "/v1/domains/g1/nics/9", 404},
        {"DELETE", "/v1/domains/g1/disks/xvdz?force=true", 404},
        {"GET", "/v1/traces"},
        {"GET", "/v1/trace/1"},
        {"GET", "/v1/trace/99", 404},
        {"GET", "/v1/openapi.json"},
        {"GET", "/metrics"},
        {"DELETE", "/v1/domains/g1", 204},
        {"DELETE", "/v1/domains/g1", 404},
    };
}

TEST(ApiDocument, DescribesEveryRouteAndNoOther) {
    Host host;
    // These need consoles, or a guest that answers: their own tests have them.
    std::set<std::string> routes{"get /v1/domains/{domain}/console/stream",
                                 "get /v1/domains/{domain}/channels",
                                 "post /v1/domains/{domain}/shutdown",
                                 "post /v1/domains/{domain}/reboot",
                                 "post /v1/shutdown",
                                 "post /v1/reboot"},
        described;
    for (const auto& route : host.routes()) {
        routes.insert(lower(route.method) + " " + documented(route.pattern));
        if (const auto* found = operation(route)) {
            EXPECT_EQ(found->at("x-access") == "root", route.access == http::Access::kChange)
                << route.pattern;
        }
    }
    for (const auto& path : document().at("paths").as_object()) {
        for (const auto& operation : path.value().as_object()) {
            described.insert(std::string{operation.key()} + " " + std::string{path.key()});
        }
    }
    EXPECT_EQ(routes, described);
}

TEST(ApiDocument, IsWhatEveryRouteAnswers) {
    Host host;
    std::set<std::string> well;
    for (const auto& call : calls(host)) {
        const auto what = fmt::format("{} {}", call.method, call.target);
        const auto answered = ask(host, call.method, call.target, call.body, call.type);
        EXPECT_EQ(answered.status, call.status) << what << ": " << answered.body;
        http::Request request;
        request.method = call.method;
        ASSERT_TRUE(http::parse_target(call.target, request));
        const auto route = host.router.find(request);
        ASSERT_TRUE(route) << what;
        const auto* described = operation(**route);
        ASSERT_NE(described, nullptr) << what;
        expect_as_described(*described, answered, what);
        // Devices that come and go need an xenstored that can be watched: tests/sim has them.
        const bool device = call.target.find("/nics") != call.target.npos ||
                            call.target.find("/disks") != call.target.npos ||
                            call.target.find("/served") != call.target.npos;
        if (call.status < 300 || call.target.ends_with("/trigger") || device)
            well.insert(std::string{(*route)->method} + (*route)->pattern.data());
    }
    for (const auto& route : host.routes()) {
        EXPECT_TRUE(well.contains(std::string{route.method} + route.pattern.data()))
            << route.method << " " << route.pattern << " is not among the calls of this test";
    }
}

/// `beside`: what a reply can have beside the type's own members.
template <class T>
void expect_described(const std::string& name, const std::set<std::string>& beside = {}) {
    const auto* schema = document().at("components").at("schemas").as_object().if_contains(name);
    ASSERT_NE(schema, nullptr) << name;
    std::set<std::string> members, needed, properties, required;
    std::apply(
        [&](const auto&... member) {
            (members.emplace(member.name), ...);
            ((member.presence == api::Presence::kRequired ? void(needed.emplace(member.name))
                                                          : void()),
             ...);
        },
        api::kMembers<T>);
    for (const auto& property : schema->at("properties").as_object()) {
        properties.emplace(property.key());
    }
    for (const auto& property : schema->at("required").as_array()) {
        required.emplace(property.as_string());
    }
    members.insert(beside.begin(), beside.end());
    EXPECT_EQ(properties, members) << name;
    EXPECT_EQ(required, needed) << name;
}

TEST(ApiDocument, DescribesEveryMemberOfEveryType) {
    expect_described<api::Domain>("Domain", {"devices"});
    expect_described<api::Vcpu>("Vcpu");
    expect_described<api::DomainVcpus>("DomainVcpus");
    expect_described<api::AffinityRequest>("AffinityRequest");
    expect_described<api::DebugKeysRequest>("DebugKeysRequest");
    expect_described<api::Parameter>("Parameter");
    expect_described<api::ParameterRequest>("ParameterRequest");
    expect_described<api::RenameRequest>("RenameRequest");
    expect_described<api::MemoryRequest>("MemoryRequest");
    expect_described<api::VcpusRequest>("VcpusRequest");
    expect_described<api::Cpupool>("Cpupool");
    expect_described<api::CpupoolRequest>("CpupoolRequest");
    expect_described<api::PoolCpusRequest>("PoolCpusRequest");
    expect_described<api::PoolSchedulingRequest>("PoolSchedulingRequest");
    expect_described<api::PoolChoice>("PoolChoice");
    expect_described<api::Scheduling>("Scheduling");
    expect_described<api::SchedulingRequest>("SchedulingRequest");
    expect_described<api::VcpuScheduling>("VcpuScheduling");
    expect_described<api::SysrqRequest>("SysrqRequest");
    expect_described<api::TriggerRequest>("TriggerRequest");
    expect_described<api::CoreRequest>("CoreRequest");
    expect_described<api::ConfigRequest>("ConfigRequest");
    expect_described<api::CpuTopology>("CpuTopology");
    expect_described<api::NumaNode>("NumaNode");
    expect_described<api::Host>("Host");
    expect_described<api::CreateRequest>("CreateRequest");
    expect_described<api::CreateEvent>("CreateEvent");
    expect_described<api::CreateEvent::ProblemText>("ProblemText");
    expect_described<api::ShutdownEvent>("ShutdownEvent");
    expect_described<api::Event>("Event");
    expect_described<api::EventGap>("EventGap");
    expect_described<api::TraceSummary>("TraceSummary");
    expect_described<api::XenStoreNode>("XenStoreNode");
    expect_described<api::XenStoreView>("XenStoreView");
    expect_described<api::CheckDiagnostic>("CheckDiagnostic");
    expect_described<api::CheckReply>("CheckReply");
    expect_described<api::PlanReply>("PlanReply");
    expect_described<api::Console>("Console");
    expect_described<api::Problem>("Problem");
    expect_described<config::DomainConfig>("DomainConfig");
    expect_described<config::Vif>("Vif");
    expect_described<config::Vif::Rate>("VifRate");
    expect_described<config::Disk>("Disk");
    expect_described<config::IomemRange>("IomemRange");
    expect_described<config::OtherDevice>("OtherDevice");
    expect_described<config::SchedulerParams>("SchedulerParams");
}

TEST(ApiDocument, NamesTheMemberThatIsNotThere) {
    Host host;
    const auto refused = ask(host, "POST", "/v1/plan", R"({"config":{"name":"g","nonsense":1}})",
                             "application/json");
    EXPECT_NE(refused.body.find("config.nonsense"), std::string::npos) << refused.body;
    std::string deep(10'000, '[');
    const auto too_deep = ask(host, "POST", "/v1/plan", deep, "application/json");
    EXPECT_EQ(too_deep.status, 400U);
    EXPECT_EQ(too_deep.type, "application/problem+json");
}

TEST(Scrape, IsWellFormed) {
    Host host;
    ask(host, "GET", "/v1/host", "", "");
    const auto text = ask(host, "GET", "/metrics", "", "").body;
    std::set<std::string> families;
    std::istringstream lines{text};
    std::string type_of;
    for (std::string line; std::getline(lines, line);) {
        std::istringstream words{line};
        std::string first, second, name;
        words >> first >> second >> name;
        if (first == "#") {
            if (second == "TYPE") {
                EXPECT_TRUE(families.insert(name).second) << name << " comes twice";
                type_of = name;
            }
            continue;
        }
        EXPECT_TRUE(first.starts_with(type_of)) << line;
        const auto space = line.rfind(' ');
        std::size_t used = 0;
        const auto value = line.substr(space + 1);
        EXPECT_NO_THROW(std::stod(value, &used)) << line;
        EXPECT_EQ(used, value.size()) << line;
        const auto brace = line.find('{');
        EXPECT_TRUE(brace == std::string::npos || line[space - 1] == '}') << line;
    }
    for (const auto* family :
         {"xen_up", "xen_host_memory_bytes", "xen_domain_cpu_seconds_total", "xld_build_info",
          "xld_http_requests_total", "xld_http_request_seconds"}) {
        EXPECT_TRUE(families.contains(family)) << family;
    }
    EXPECT_NE(
        text.find("xld_http_requests_total{method=\"GET\",route=\"/v1/host\",status=\"200\"} 1"),
        std::string::npos)
        << text;
}

}  // namespace
}  // namespace zeroth::daemon
