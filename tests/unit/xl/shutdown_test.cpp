// SPDX-License-Identifier: Apache-2.0
// How `xl shutdown` and `xl reboot` tell xld's story: the reference's words are in its transcripts.
#include <gtest/gtest.h>

#include "tests/unit/xl/fake_xld.hpp"
#include "tests/unit/xl/samples.hpp"

namespace zeroth::xl {
namespace {

using namespace testing;

const std::string kAsked = R"({"event":"asked","domid":2,"name":"g2","reason":"poweroff"})"
                           "\n";
const std::string kWaiting = R"({"event":"waiting","domid":0,"count":1})"
                             "\n";
const std::string kEnded = R"({"event":"shutdown","domid":2,"reason":"poweroff"})"
                           "\n";

const std::string kGuest = boost::json::serialize(api::encode(guest(1)));

TEST(XlShutdown, AsksAndSaysSo) {
    FakeXld xld;
    xld.answer("GET /v1/domains/g2", kGuest);
    xld.answer("POST /v1/domains/g2/shutdown?until=acknowledged",
               kAsked + kWaiting + "\n" + R"({"event":"acknowledged","domid":2})" + "\n");
    const auto outcome = run({"shutdown", "g2"}, xld);
    EXPECT_EQ(outcome.status, 0);
    EXPECT_EQ(outcome.out, "");
    EXPECT_EQ(outcome.err, "Shutting down domain 2\n");
}

TEST(XlShutdown, WaitsInTheReferencesWords) {
    FakeXld xld;
    xld.answer("GET /v1/domains/g2", kGuest);
    xld.answer("POST /v1/domains/g2/shutdown?until=shutdown", kAsked + kWaiting + kEnded);
    EXPECT_EQ(run({"shutdown", "-w", "g2"}, xld).err,
              "Shutting down domain 2\nWaiting for 1 domains\n"
              "Domain 2 has been shut down, reason code 0\n");
    xld.answer("POST /v1/domains/g2/reboot?until=destroyed&timeout=5",
               kAsked + kWaiting + kEnded + R"({"event":"destroyed","domid":2})" + "\n");
    EXPECT_EQ(run({"reboot", "-ww", "--timeout=5", "g2"}, xld).err,
              "Rebooting domain 2\nWaiting for 1 domains\n"
              "Domain 2 has been shut down, reason code 0\nDomain 2 has been destroyed\n");
}

TEST(XlShutdown, OfNobodyWaitsForNobody) {
    FakeXld xld;
    xld.answer("POST /v1/shutdown?until=shutdown", R"({"event":"waiting","domid":0})"
                                                   "\n");
    const auto outcome = run({"shutdown", "-a", "-w"}, xld);
    EXPECT_EQ(outcome.status, 0);
    EXPECT_EQ(outcome.err, "Waiting for 0 domains\n");
}

TEST(XlShutdown, AGuestThatDoesNotAnswerIsAFailure) {
    FakeXld xld;
    xld.answer("GET /v1/domains/g2", kGuest);
    xld.answer("POST /v1/domains/g2/shutdown?until=acknowledged",
               kAsked + kWaiting + R"({"event":"unanswered","domid":2})" + "\n");
    const auto outcome = run({"shutdown", "-F", "g2"}, xld);
    EXPECT_EQ(outcome.status, 1);
    EXPECT_EQ(outcome.err,
              "Shutting down domain 2\n"
              "xl: domain 2: the guest did not take note of the request, which is withdrawn\n"
              "hint: `xl destroy' ends it at once; guests on ARM have no ACPI button to fall back "
              "on.\nshutdown failed (rc=-9)\n");
}

TEST(XlShutdown, BadCommandLines) {
    FakeXld xld;
    EXPECT_EQ(run({"shutdown"}, xld).status, 1);
    EXPECT_EQ(run({"shutdown"}, xld).err, "You must specify -a or a domain id.\n\n");
    EXPECT_EQ(run({"shutdown", "-a", "g1"}, xld).status, 2);
    EXPECT_EQ(run({"reboot", "--timeout=soon", "g1"}, xld).status, 2);
    const auto unknown = run({"shutdown", "nosuch"}, xld);
    EXPECT_EQ(unknown.status, 1);
    EXPECT_EQ(unknown.err, "nosuch is an invalid domain identifier (rc=-6)\n");
}

}  // namespace
}  // namespace zeroth::xl
