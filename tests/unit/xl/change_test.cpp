// SPDX-License-Identifier: Apache-2.0
// The commands that change something: what they ask xld for, and how they end.
#include <gtest/gtest.h>

#include <boost/json/object.hpp>

#include "tests/unit/xl/fake_xld.hpp"
#include "tests/unit/xl/samples.hpp"

namespace zeroth::xl {
namespace {

namespace json = boost::json;
using namespace testing;

const std::string kRefusal =
    json::serialize(api::encode(api::Problem{.status = 500,
                                             .title = "failed",
                                             .detail = "destroy g1: no",
                                             .hint = "try again",
                                             .more = "(XEN) one\n(XEN) two\n",
                                             .errno_value = 16}));

TEST(XlChange, PauseAndUnpause) {
    FakeXld xld;
    xld.answer("POST /v1/domains/g1/pause", "{}");
    xld.answer("POST /v1/domains/1/unpause", "{}");
    EXPECT_EQ(run({"pause", "g1"}, xld).status, 0);
    EXPECT_EQ(run({"unpause", "1"}, xld).status, 0);
    const auto unknown = run({"pause", "nosuch"}, xld);
    EXPECT_EQ(unknown.status, 1);
    EXPECT_EQ(unknown.err, "nosuch is an invalid domain identifier (rc=-6)\n");
}

TEST(XlChange, DestroyTellsItsStory) {
    FakeXld xld;
    xld.answer("DELETE /v1/domains/g1", "{}");
    xld.answer("DELETE /v1/domains/g2", kRefusal, 500);
    EXPECT_EQ(run({"destroy", "g1"}, xld).status, 0);
    EXPECT_EQ(run({"destroy", "g1"}, xld).out, "");
    const auto failed = run({"destroy", "g2"}, xld);
    EXPECT_EQ(failed.status, 1);
    EXPECT_EQ(failed.err,
              "xl: destroy g1: no\n    (XEN) one\n    (XEN) two\nhint: try again\n"
              "destroy failed (rc=-3)\n");
    EXPECT_EQ(run({"destroy", "nosuch"}, xld).err,
              "nosuch is an invalid domain identifier (rc=-6)\n");
    const auto number = run({"destroy", "99"}, xld);
    EXPECT_EQ(number.status, 1);
    EXPECT_TRUE(number.err.ends_with("destroy failed (rc=-21)\n")) << number.err;
}

TEST(XlChange, Domain0IsDestroyedOnlyByForce) {
    FakeXld xld;
    xld.answer("DELETE /v1/domains/0", kRefusal, 500);
    for (const char* word : {"0", "00", "Domain-0"}) {
        const auto outcome = run({"destroy", word}, xld);
        EXPECT_EQ(outcome.status, 1);
        EXPECT_EQ(outcome.err,
                  "Not destroying domain 0; use -f to force.\nThis can only be done when using a "
                  "disaggregated hardware domain and toolstack.\n\n");
    }
    EXPECT_TRUE(xld.requests().empty());
    EXPECT_EQ(run({"destroy", "-f", "0"}, xld).status, 1);
    EXPECT_EQ(xld.requests(), std::vector<std::string>{"DELETE /v1/domains/0"});
}

TEST(XlChange, NamesAreQuotedInTargets) {
    FakeXld xld;
    xld.answer("POST /v1/domains/a%2Fb%20%3F%C3%A9/pause", "{}");
    EXPECT_EQ(run({"pause", "a/b ?\xc3\xa9"}, xld).status, 0);
    // An empty name would be the target of all domains.
    EXPECT_EQ(run({"destroy", ""}, xld).status, 1);
    EXPECT_EQ(run({"list", ""}, xld).err, " is an invalid domain identifier (rc=-6)\n");
    EXPECT_EQ(xld.requests().size(), 1U);
}

TEST(XlChange, ListOfUnknownDomains) {
    FakeXld xld;
    EXPECT_EQ(run({"list", "nosuch"}, xld).err, "nosuch is an invalid domain identifier (rc=-6)\n");
    EXPECT_EQ(run({"list", "99"}, xld).err, "Error: Domain '99' does not exist.\n");
    EXPECT_EQ(run({"list", "99"}, xld).status, 1);
    EXPECT_EQ(run({"uptime", "nosuch"}, xld).status, 1);
    EXPECT_EQ(run({"console", "nosuch"}, xld).err,
              "nosuch is an invalid domain identifier (rc=-6)\n");
}

TEST(XlChange, DebugKeys) {
    FakeXld xld;
    xld.answer("POST /v1/host/debug-keys", "{}");
    EXPECT_EQ(run({"debug-keys", "q\""}, xld).status, 0);
    EXPECT_EQ(xld.requests()[0], R"(POST /v1/host/debug-keys {"keys":"q\""})");
}

TEST(XlChange, VcpuPin) {
    FakeXld xld;
    xld.answer("PUT /v1/domains/g1/vcpus/0/affinity", "{}");
    xld.answer("PUT /v1/domains/g1/vcpus/all/affinity", "{}");
    EXPECT_EQ(run({"vcpu-pin", "g1", "0", "1"}, xld).status, 0);
    EXPECT_EQ(run({"vcpu-pin", "g1", "all", "-", "0-3,^2"}, xld).status, 0);
    EXPECT_EQ(run({"vcpu-pin", "-f", "g1", "0", "all", "1"}, xld).status, 0);
    EXPECT_EQ(
        xld.requests(),
        (std::vector<std::string>{
            R"(PUT /v1/domains/g1/vcpus/0/affinity {"hard":"1"})",
            R"(PUT /v1/domains/g1/vcpus/all/affinity {"soft":"0-3,^2"})",
            R"(PUT /v1/domains/g1/vcpus/0/affinity {"hard":"all","soft":"1","force":true})"}));
}

TEST(XlChange, VcpuPinRefusesWhatMakesNoSense) {
    FakeXld xld;
    xld.answer("PUT /v1/domains/g1/vcpus/5/affinity", kRefusal, 400);
    const auto refused = run({"vcpu-pin", "g1", "5", "0"}, xld);
    EXPECT_EQ(refused.status, 1);
    EXPECT_TRUE(refused.err.ends_with("Could not set affinity for vcpu `5'.\n")) << refused.err;
    const auto garbage = run({"vcpu-pin", "g1", "0", "foo"}, xld);
    EXPECT_EQ(garbage.status, 1);
    EXPECT_TRUE(garbage.err.starts_with("Invalid pcpu range: foo.\n")) << garbage.err;
    EXPECT_EQ(run({"vcpu-pin", "g1", "x", "0"}, xld).status, 1);
    EXPECT_EQ(run({"vcpu-pin", "g1", "0", "-", "-"}, xld).status, 1);
    EXPECT_EQ(run({"vcpu-pin", "-f", "g1", "all", "0"}, xld).status, 1);
    EXPECT_EQ(run({"vcpu-pin", "nosuch", "0", "0"}, xld).err,
              "nosuch is an invalid domain identifier (rc=-6)\n");
    EXPECT_EQ(xld.requests().size(), 2U);
}

TEST(XlChange, VcpuPinDryRunPrintsTheMaps) {
    FakeXld xld;
    xld.answer("GET /v1/host", json::serialize(api::encode(host(1))));
    const auto outcome = run({"-N", "vcpu-pin", "g1", "0", "all", "1"}, xld);
    EXPECT_EQ(outcome.status, 0) << outcome.err;
    EXPECT_EQ(outcome.out, "cpumap: all\ncpumap: 1\n");
}

}  // namespace
}  // namespace zeroth::xl
