// SPDX-License-Identifier: Apache-2.0
// The commands that change a running domain: what they ask xld for, and how they end.
#include <gtest/gtest.h>

#include <boost/json/serialize.hpp>
#include <filesystem>
#include <fstream>

#include "daemon/api/json.hpp"
#include "tests/golden/golden.hpp"
#include "tests/unit/xl/fake_xld.hpp"
#include "tests/unit/xl/samples.hpp"
#include "xl/memory_size.hpp"

namespace zeroth::xl {
namespace {

using namespace testing;

std::string refusal(unsigned status, const std::string& detail, int errno_value = 0) {
    return boost::json::serialize(api::encode(api::Problem{.status = status,
                                                           .title = "failed",
                                                           .detail = detail,
                                                           .hint = {},
                                                           .more = {},
                                                           .errno_value = errno_value}));
}
const std::string kGone = refusal(404, "there is no domain 'nosuch'", ESRCH);

std::string domain_four() {
    api::Domain domain;
    domain.domid = 4;
    domain.name = "g1";
    domain.vcpus = 1;
    return boost::json::serialize(api::encode(domain));
}

TEST(XlAdjust, MemorySizesAreMebibytesUnlessTheySayOtherwise) {
    const std::pair<const char*, std::uint64_t> good[] = {
        {"512", 512 << 10}, {"512m", 512 << 10}, {"512M", 512 << 10}, {"1g", 1 << 20},
        {"2T", 2ULL << 30}, {"100k", 100},       {"4096b", 4},        {"0", 0},
        {"5000B", 4}};
    for (const auto& [text, kib] : good) {
        EXPECT_EQ(parse_memory_size(text), KiB{kib}) << text;
    }
    for (const char* bad : {"", "abc", "m", "512mb", "512 ", " 512", "-1", "1.5g", "0x10", "512x",
                            "99999999999999999999", "18014398509481984t", "512m "}) {
        EXPECT_EQ(parse_memory_size(bad), std::nullopt) << bad;
    }
}

TEST(XlAdjust, MemSetAndMemMax) {
    FakeXld xld;
    xld.answer("PUT /v1/domains/g1/memory", "");
    EXPECT_EQ(run({"mem-set", "g1", "96"}, xld).status, 0);
    EXPECT_EQ(run({"mem-set", "g1", "1g"}, xld).status, 0);
    EXPECT_EQ(run({"mem-max", "g1", "200m"}, xld).status, 0);
    EXPECT_EQ(xld.requests(),
              (std::vector<std::string>{R"(PUT /v1/domains/g1/memory {"target":98304})",
                                        R"(PUT /v1/domains/g1/memory {"target":1048576})",
                                        R"(PUT /v1/domains/g1/memory {"max":204800})"}));
    const auto bad = run({"mem-set", "g1", "abc"}, xld);
    EXPECT_EQ(bad.err, "invalid memory size: abc\n");
    EXPECT_EQ(bad.status, 1);
    EXPECT_EQ(run({"mem-max", "--", "g1", "-1"}, xld).err, "invalid memory size: -1\n");
}

TEST(XlAdjust, MemSetThatIsRefusedEndsWithTheReferencesLine) {
    FakeXld xld;
    xld.answer("PUT /v1/domains/g1/memory", refusal(400, "memory_dynamic_max must be"), 400);
    xld.answer("GET /v1/domains/g1", domain_four());
    const auto set = run({"mem-set", "g1", "256"}, xld);
    EXPECT_EQ(set.err,
              "xl: memory_dynamic_max must be\ncannot set domid 4 dynamic max memory to : 256\n");
    EXPECT_EQ(set.status, 1);
    EXPECT_TRUE(run({"mem-max", "g1", "64"}, xld)
                    .err.ends_with("cannot set domid 4 static max memory to : 64\n"));
    EXPECT_EQ(run({"mem-set", "nosuch", "100"}, xld).err,
              "nosuch is an invalid domain identifier (rc=-6)\n");
}

TEST(XlAdjust, Rename) {
    FakeXld xld;
    xld.answer("PUT /v1/domains/g1/name", "");
    xld.answer("PUT /v1/domains/g2/name",
               refusal(409, "Domain with name \"Domain-0\" already exists.", EEXIST), 409);
    EXPECT_EQ(run({"rename", "g1", "new \"name\""}, xld).status, 0);
    EXPECT_EQ(xld.requests()[0], R"(PUT /v1/domains/g1/name {"name":"new \"name\""})");
    const auto taken = run({"rename", "g2", "Domain-0"}, xld);
    EXPECT_EQ(taken.status, 1);
    EXPECT_EQ(taken.err,
              "xl: Domain with name \"Domain-0\" already exists.\nCan't rename domain 'g2'.\n");
    EXPECT_EQ(run({"rename", "nosuch", "x"}, xld).err,
              "nosuch is an invalid domain identifier (rc=-6)\n");
}

TEST(XlAdjust, VcpuSet) {
    FakeXld xld;
    const auto one = host(1);
    xld.answer("GET /v1/host", boost::json::serialize(api::encode(one)));
    xld.answer("PUT /v1/domains/g1/vcpus", "");
    xld.answer("GET /v1/domains/g1", domain_four());
    EXPECT_EQ(run({"vcpu-set", "g1", "1"}, xld).status, 0);
    EXPECT_EQ(xld.requests().back(), R"(PUT /v1/domains/g1/vcpus {"online":1})");
    const auto many = fmt::format("{}", one.nr_cpus + 1);
    const auto over = run({"vcpu-set", "g1", many.c_str()}, xld);
    EXPECT_EQ(over.status, 1);
    EXPECT_TRUE(over.err.starts_with("You are overcommmitting! You have ")) << over.err;
    EXPECT_EQ(run({"vcpu-set", "-i", "g1", many.c_str()}, xld).status, 0);
    for (const char* bad : {"x", "", "1x", "-1"}) {
        const auto outcome = run({"vcpu-set", "-i", "--", "g1", bad}, xld);
        EXPECT_EQ(outcome.err, "Error: Invalid argument.\n");
        EXPECT_EQ(outcome.status, 1);
    }
}

TEST(XlAdjust, VcpuSetOfMoreThanThereAreHasTheReferencesWords) {
    FakeXld xld;
    xld.answer("PUT /v1/domains/g1/vcpus", refusal(400, "Requested 2 VCPUs, however maxcpus is 1!"),
               400);
    xld.answer("GET /v1/domains/g1", domain_four());
    const auto outcome = run({"vcpu-set", "-i", "g1", "2"}, xld);
    EXPECT_EQ(outcome.status, 1);
    EXPECT_EQ(outcome.err,
              "xl: Requested 2 VCPUs, however maxcpus is 1!\n"
              "libxl_set_vcpuonline failed domid=4 max_vcpus=2, rc: -3\n");
}

TEST(XlAdjust, Sysrq) {
    FakeXld xld;
    xld.answer("POST /v1/domains/g1/sysrq", "");
    EXPECT_EQ(run({"sysrq", "g1", "h"}, xld).status, 0);
    EXPECT_EQ(xld.requests()[0], R"(POST /v1/domains/g1/sysrq {"key":"h"})");
    const auto long_one = run({"sysrq", "g1", "hh"}, xld);
    EXPECT_EQ(long_one.status, 1);
    EXPECT_EQ(long_one.err, "Invalid sysrq.\n\n");
    // As the reference prints it.
    EXPECT_EQ(long_one.out,
              "Usage: xl [-vtTf] sysrq <Domain> <letter>\n\nSend a sysrq to a domain.\n\n");
    EXPECT_EQ(run({"sysrq", "g1", ""}, xld).status, 1);
    EXPECT_EQ(run({"sysrq", "nosuch", "h"}, xld).err,
              "nosuch is an invalid domain identifier (rc=-6)\n");
}

TEST(XlAdjust, ATriggerThatXenHasNotFails) {
    FakeXld xld;
    xld.answer("POST /v1/domains/g1/trigger", refusal(500, "no such trigger"), 500);
    const auto none = run({"trigger", "g1", "nmi"}, xld);
    EXPECT_EQ(none.status, 1);
    EXPECT_EQ(none.err, "xl: Send trigger 'nmi' failed: no such trigger\n");
    EXPECT_EQ(run({"trigger", "g1", "s3resume", "1"}, xld).status, 1);
    EXPECT_EQ(xld.requests(),
              (std::vector<std::string>{
                  R"(POST /v1/domains/g1/trigger {"trigger":"nmi"})",
                  R"(POST /v1/domains/g1/trigger {"trigger":"s3resume","vcpu":1})"}));
    EXPECT_EQ(run({"trigger", "g1", "foo"}, xld).err, "Invalid trigger \"foo\"\n");
    EXPECT_EQ(run({"trigger", "g1", "nmi", "x"}, xld).status, 1);
}

TEST(XlAdjust, DumpCore) {
    FakeXld xld;
    xld.answer("POST /v1/domains/g1/core", "");
    EXPECT_EQ(run({"dump-core", "g1", "/run/core"}, xld).status, 0);
    EXPECT_EQ(run({"dump-core", "-L", "-C", "g1", "core"}, xld).status, 0);
    EXPECT_EQ(run({"dump-core", "--reset", "g1", "/run/core"}, xld).status, 0);
    const auto here = std::filesystem::current_path().string();
    EXPECT_EQ(xld.requests(),
              (std::vector<std::string>{
                  R"(POST /v1/domains/g1/core {"path":"/run/core"})",
                  R"(POST /v1/domains/g1/core {"path":")" + here +
                      R"(/core","live":true,"then":"crash"})",
                  R"(POST /v1/domains/g1/core {"path":"/run/core","then":"reset"})"}));
    EXPECT_EQ(run({"dump-core", "-C", "-R", "g1", "/run/core"}, xld).status, 2);

    FakeXld other;
    other.answer("POST /v1/domains/g1/core", refusal(404, "create /no/core: No such file", ENOENT),
                 404);
    other.answer("POST /v1/domains/nosuch/core", kGone, 404);
    EXPECT_EQ(run({"dump-core", "g1", "/no/core"}, other).err,
              "xl: create /no/core: No such file\ncore dump failed\n");
    EXPECT_EQ(run({"dump-core", "nosuch", "/no/core"}, other).err,
              "nosuch is an invalid domain identifier (rc=-6)\n");
}

TEST(XlAdjust, ConfigUpdate) {
    FakeXld xld;
    xld.answer("GET /v1/domains/g1", domain_four());
    xld.answer("PUT /v1/domains/g1/config", "");
    const auto file = xld.folder() + "/g1.cfg";
    std::ofstream{file} << "name = \"g1\"\nkernel = \"/k\"\nmemory = 32\n";
    const auto done = run({"config-update", "g1", file.c_str(), "vcpus=2"}, xld);
    EXPECT_EQ(done.status, 0) << done.err;
    EXPECT_EQ(done.out, "");
    EXPECT_EQ(done.err,
              "WARNING: xl now has better capability to manage domain configuration, avoid using "
              "this command when possible\nsetting dom4 configuration\n");
    const auto request = xld.requests().back();
    EXPECT_TRUE(request.starts_with("PUT /v1/domains/g1/config {\"config\":{\"name\":\"g1\""))
        << request;
    EXPECT_NE(request.find("\"vcpus\":2"), std::string::npos) << request;

    std::ofstream{file} << "name = \"g1\"\nmemory = abc\n";
    EXPECT_EQ(run({"config-update", "g1", file.c_str()}, xld).status, 1);
    EXPECT_EQ(run({"config-update", "g1"}, xld).status, 1);
    EXPECT_EQ(run({"config-update", "g1", "/nosuch.cfg"}, xld).status, 1);
    EXPECT_EQ(run({"config-update", "g1", "a.cfg", "b.cfg"}, xld).status, 2);
    EXPECT_EQ(run({"config-update", "nosuch", file.c_str()}, xld).status, 1);
    EXPECT_EQ(std::ranges::count_if(xld.requests(),
                                    [](const auto& line) { return line.starts_with("PUT"); }),
              1);
    EXPECT_EQ(
        run({"config-update", "g1", "/dev/null", "name=\"other\"", "kernel=\"/k\"", "memory=16"},
            xld)
                .err.find("warning: the domain keeps its name and its UUID") == std::string::npos,
        false);
}

TEST(XlAdjust, ClaimsAndNodes) {
    FakeXld xld;
    api::Domain domain;
    domain.domid = 0;
    domain.name = "Domain-0";
    domain.memory_kib = 512 << 10;
    domain.vcpus = 1;
    domain.running = true;
    domain.cpu_seconds = 5.2;
    const auto listed = [&] {
        return boost::json::serialize(api::encode(std::vector<api::Domain>{domain}));
    };
    xld.answer("GET /v1/domains", listed());
    // tests/golden has what the reference printed.
    zeroth::testing::expect_golden("xl/claims.txt", run({"claims"}, xld).out);
    domain.node_affinity = "all";
    xld.answer("GET /v1/domains?numa=true", listed());
    xld.answer("GET /v1/domains?uptime=true&numa=true", listed());
    EXPECT_NE(run({"list", "-n"}, xld).out.find("Time(s) NODE Affinity\n"), std::string::npos);
    EXPECT_NE(run({"list", "-n"}, xld).out.find("     5.2 all\n"), std::string::npos);
    EXPECT_EQ(run({"list", "-cn"}, xld).status, 0);
}

}  // namespace
}  // namespace zeroth::xl
