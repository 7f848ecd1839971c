// SPDX-License-Identifier: Apache-2.0
// What the commands that print data print, against the reference's own output on the same board.
#include <gtest/gtest.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "daemon/api/reference_json.hpp"
#include "tests/golden/golden.hpp"
#include "tests/unit/xl/fake_xld.hpp"
#include "tests/unit/xl/samples.hpp"

namespace zeroth::xl {
namespace {

namespace json = boost::json;
using namespace testing;
using zeroth::testing::expect_golden;

/// One request on one connection, and the reference's bytes.
void expect_printed(FakeXld& xld, const std::vector<const char*>& words, const char* golden) {
    const auto outcome = run(words, xld);
    EXPECT_EQ(outcome.status, 0) << outcome.err;
    EXPECT_EQ(outcome.err, "");
    expect_golden(golden, outcome.out);
    EXPECT_EQ(xld.requests().size(), 1U);
}

TEST(XlPrint, List) {
    FakeXld xld;
    xld.answer("GET /v1/domains", both_domains(9.1, 2.6));
    expect_printed(xld, {"list"}, "xl/list-g1.txt");
}

TEST(XlPrint, ListOfDomain0) {
    FakeXld xld;
    xld.answer("GET /v1/domains",
               json::serialize(api::encode(std::vector<api::Domain>{domain0(3.0)})));
    expect_printed(xld, {"list"}, "xl/list-dom0.txt");
}

TEST(XlPrint, ListVerbose) {
    FakeXld xld;
    xld.answer("GET /v1/domains", both_domains(9.8, 2.6));
    expect_printed(xld, {"list", "-v"}, "xl/list-g1-v.txt");
}

TEST(XlPrint, ListContext) {
    FakeXld xld;
    xld.answer("GET /v1/domains", both_domains(10.3, 2.6));
    expect_printed(xld, {"list", "-Z"}, "xl/list-g1-Z.txt");
}

TEST(XlPrint, ListCpupool) {
    FakeXld xld;
    xld.answer("GET /v1/domains?uptime=true", both_domains(10.1, 2.6));
    expect_printed(xld, {"list", "-c"}, "xl/list-g1-c.txt");
}

TEST(XlPrint, ListOfOne) {
    for (const char* word : {"g1", "1", "01"}) {
        FakeXld xld;
        xld.answer(word[0] == 'g' ? "GET /v1/domains/g1" : "GET /v1/domains/1",
                   json::serialize(api::encode(guest(2.6))));
        expect_printed(xld, {"list", word}, "xl/list-one.txt");
    }
}

TEST(XlPrint, ListStates) {
    FakeXld xld;
    api::Domain shut = guest(0.05);
    shut.running = shut.blocked = false;
    shut.shutdown = shut.dying = shut.paused = true;
    shut.shutdown_code = 3;
    shut.outstanding_kib = 2048;
    shut.node_affinity = "0-1";
    api::Domain odd = shut;
    odd.shutdown_code = 255;
    odd.dying = false;
    odd.node_affinity.reset();
    xld.answer("GET /v1/domains?uptime=true&numa=true",
               json::serialize(api::encode(std::vector{shut, odd})));
    const auto outcome = run({"list", "-vcn"}, xld);
    EXPECT_EQ(
        outcome.out,
        "Name                                        ID   Mem VCPUs\tState\tTime(s)   UUID    "
        "                        Reason-Code\tSecurity Label         Cpupool NODE Affinity\n"
        "g1                                           1   130     1     --pscd       0.1 "
        "02785c78-618d-426f-aba3-c18d4d31e14d        3                -          Pool-0 0-1\n"
        "g1                                           1   130     1     --ps?-       0.1 "
        "02785c78-618d-426f-aba3-c18d4d31e14d       ff                -          Pool-0 -\n");
}

config::DomainConfig small_guest() {
    config::DomainConfig config;
    config.name = "g1";
    config.kernel = "/guest/vmlinuz";
    config.ramdisk = "/guest/domu.cpio.gz";
    config.memory = mib(128);
    config.cmdline = "console=hvc0";
    return config;
}

TEST(XlPrint, ListLong) {
    FakeXld xld;
    json::value dom0_config = api::domain0_reference_json(524288, 524287);
    json::value guest_config = api::stored_reference_json(small_guest(), guest(0).uuid);
    api::set_scheduler(dom0_config, "credit2", 256, 0);
    api::set_scheduler(guest_config, "credit2", 256, 0);
    xld.answer("GET /v1/domains", both_domains(9.1, 2.6));
    xld.answer("GET /v1/domains/g1", json::serialize(api::encode(guest(2.6))));
    xld.answer("GET /v1/domains/0/config", json::serialize(dom0_config));
    xld.answer("GET /v1/domains/1/config", json::serialize(guest_config));
    const auto all = run({"list", "-l"}, xld);
    EXPECT_EQ(all.status, 0) << all.err;
    expect_golden("xl/list-g1-l.txt", all.out);
    EXPECT_EQ(xld.connections(), 1);
    expect_golden("xl/list-g1-l-one.txt", run({"list", "-l", "g1"}, xld).out);
}

TEST(XlPrint, ADomainThatGoesAwayWhileListedIsLeftOut) {
    FakeXld xld;
    xld.answer("GET /v1/domains", both_domains(9.1, 2.6));
    const auto all = run({"list", "-l"}, xld);
    EXPECT_EQ(all.status, 0);
    EXPECT_EQ(all.out, "[\n\n]\n\n");
}

std::string vcpus(double dom0_seconds, std::vector<api::Vcpu> guests) {
    api::DomainVcpus dom0;
    dom0.name = "Domain-0";
    dom0.vcpus = {vcpu(0, 0, dom0_seconds)};
    dom0.vcpus[0].running = true;
    for (api::Vcpu& each : guests) each.blocked = each.online;
    api::DomainVcpus g1;
    g1.domid = 1;
    g1.name = "g1";
    g1.vcpus = std::move(guests);
    return json::serialize(api::encode(std::vector{dom0, g1}));
}

TEST(XlPrint, VcpuList) {
    FakeXld xld;
    xld.answer("GET /v1/vcpus", vcpus(10.9, {vcpu(0, 1, 2.6)}));
    expect_printed(xld, {"vcpu-list"}, "xl/vcpu-list.txt");
}

TEST(XlPrint, VcpuListOfTwo) {
    FakeXld xld;
    xld.answer("GET /v1/vcpus", vcpus(12.7, {vcpu(0, 1, 8.2), vcpu(1, 0, 7.1)}));
    expect_printed(xld, {"vcpu-list"}, "xl/vcpu-list-g1v2.txt");
}

TEST(XlPrint, VcpuListOfOneDomain) {
    for (const char* word : {"g1", "1"}) {
        FakeXld xld;
        xld.answer("GET /v1/vcpus", vcpus(10.9, {vcpu(0, 1, 2.6)}));
        expect_printed(xld, {"vcpu-list", word}, "xl/vcpu-list-g1.txt");
    }
}

TEST(XlPrint, VcpuListOfflineAndUnknown) {
    FakeXld xld;
    auto offline = vcpu(1, 0, 7.3);
    offline.online = false;
    xld.answer("GET /v1/vcpus", vcpus(1, {offline}));
    const auto outcome = run({"vcpu-list", "g1", "nosuch"}, xld);
    EXPECT_EQ(outcome.status, 1);
    EXPECT_EQ(outcome.err, "nosuch is an invalid domain identifier (rc=-6)\n");
    EXPECT_EQ(outcome.out,
              "Name                                ID  VCPU   CPU State   Time(s) Affinity (Hard / "
              "Soft)\n"
              "g1                                   1     1    -   --p       7.3  all / all\n");
}

TEST(XlPrint, Info) {
    FakeXld xld;
    xld.answer("GET /v1/host", json::serialize(api::encode(host(1504))));
    expect_printed(xld, {"info"}, "xl/info.txt");
}

TEST(XlPrint, InfoWithTopology) {
    FakeXld xld;
    xld.answer("GET /v1/host", json::serialize(api::encode(host(1504))));
    expect_printed(xld, {"info", "-n"}, "xl/info-n.txt");
}

TEST(XlPrint, InfoOfOneName) {
    FakeXld xld;
    api::Host newer = host(1504);
    newer.xen_minor = 20;
    newer.arch_capabilities = 2;
    newer.outstanding_pages = 256 * 500;
    xld.answer("GET /v1/host", json::serialize(api::encode(newer)));
    EXPECT_EQ(run({"info", "free_memory"}, xld).out, "1004\n");
    EXPECT_EQ(run({"info", "xen_m"}, xld).out, "4\n20\n");
    EXPECT_EQ(run({"info", "arm_sve"}, xld).out, "256\n");
    EXPECT_EQ(run({"info", "nosuch"}, xld).out, "");
}

TEST(XlPrint, Uptime) {
    FakeXld xld;
    xld.answer("GET /v1/domains?uptime=true", both_domains(1, 1));
    expect_printed(xld, {"uptime"}, "xl/uptime.txt");
    const std::string brief = run({"uptime", "-s"}, xld).out;
    ASSERT_EQ(brief.size(), 60U) << brief;
    EXPECT_EQ(brief.substr(9, 24), " up  0:00, Domain-0 (0)\n");
    EXPECT_EQ(brief.substr(42), " up  0:00, g1 (1)\n");
}

TEST(XlPrint, UptimeInDays) {
    const std::pair<std::uint64_t, const char*> rows[] = {{59, " 0:00:59"},
                                                          {3600, " 1:00:00"},
                                                          {86399, "23:59:59"},
                                                          {86400, "1 day,  0:00:00"},
                                                          {200000, "2 days,  7:33:20"}};
    for (const auto& [seconds, text] : rows) {
        FakeXld xld;
        api::Domain domain = guest(1);
        domain.uptime_seconds = seconds;
        xld.answer("GET /v1/domains/g1?uptime=true", json::serialize(api::encode(domain)));
        EXPECT_EQ(run({"uptime", "g1"}, xld).out,
                  fmt::format("Name                                ID Uptime\n"
                              "g1                                   1 {}\n",
                              text));
    }
}

TEST(XlPrint, DomidAndDomname) {
    FakeXld xld;
    xld.answer("GET /v1/domains/g1", json::serialize(api::encode(guest(1))));
    xld.answer("GET /v1/domains/1", json::serialize(api::encode(guest(1))));
    EXPECT_EQ(run({"domid", "g1"}, xld).out, "1\n");
    EXPECT_EQ(run({"domname", "1"}, xld).out, "g1\n");
    const auto unknown = run({"domid", "nosuch"}, xld);
    EXPECT_EQ(unknown.status, 1);
    EXPECT_EQ(unknown.err,
              "Can't get domid of domain name 'nosuch', maybe this domain does not exist.\n");
    EXPECT_EQ(run({"domid", "1"}, xld).err,
              "Can't get domid of domain name '1', maybe this domain does not exist.\n");
    EXPECT_EQ(run({"domname", "77"}, xld).err,
              "Can't get domain name of domain id '77', maybe this domain does not exist.\n");
    EXPECT_EQ(run({"domname", "g1"}, xld).status, 1);
}

TEST(XlPrint, Dmesg) {
    FakeXld xld;
    xld.answer("GET /v1/host/log", "(XEN) one\n(XEN) two\n");
    xld.answer("DELETE /v1/host/log", "(XEN) three\n");
    EXPECT_EQ(run({"dmesg"}, xld).out, "(XEN) one\n(XEN) two\n");
    EXPECT_EQ(run({"dmesg", "-c"}, xld).out, "(XEN) three\n");
}

TEST(XlPrint, JsonIsOnEveryCommandThatPrintsData) {
    FakeXld xld;
    xld.answer("GET /v1/host", json::serialize(api::encode(host(1))));
    xld.answer("GET /v1/host/log", "(XEN) one\n");
    xld.answer("GET /v1/domains?uptime=true&devices=true", both_domains(1, 1));
    xld.answer("GET /v1/domains/g1?uptime=true&devices=true",
               json::serialize(api::encode(guest(1))));
    xld.answer("GET /v1/domains?uptime=true", both_domains(1, 1));
    xld.answer("GET /v1/domains/g1?uptime=true", json::serialize(api::encode(guest(1))));
    xld.answer("GET /v1/domains/g1", json::serialize(api::encode(guest(1))));
    xld.answer("GET /v1/domains/1", json::serialize(api::encode(guest(1))));
    xld.answer("GET /v1/vcpus", vcpus(1, {vcpu(0, 0, 1)}));
    for (const std::vector<const char*>& words :
         {std::vector{"list", "--json"}, std::vector{"list", "g1", "--json"},
          std::vector{"info", "--json"}, std::vector{"vcpu-list", "--json"},
          std::vector{"uptime", "--json"}, std::vector{"domid", "--json", "g1"},
          std::vector{"domname", "--json", "1"}, std::vector{"dmesg", "--json"}}) {
        const auto outcome = run(words, xld);
        EXPECT_EQ(outcome.status, 0);
        const auto value = api::parse_json(outcome.out);
        EXPECT_TRUE(value && value->is_structured()) << words[0] << ": " << outcome.out;
    }
}

}  // namespace
}  // namespace zeroth::xl
