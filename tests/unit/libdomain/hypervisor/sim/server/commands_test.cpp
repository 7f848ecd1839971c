// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cerrno>

#include "libdomain/hypervisor/sim/server/connection.hpp"
#include "tests/unit/libdomain/hypervisor/sim/simulated.hpp"

namespace zeroth::hyper::sim {
namespace {

class CommandsTest : public ::testing::Test {
protected:
    std::string say(const std::string& line) {
        const auto answer = obey_command(*world_.machine, kills_, line);
        return answer ? *answer : answer.error().text();
    }

    Simulated world_;
    Kills kills_;
};

TEST_F(CommandsTest, FaultsAreMadeAndCleared) {
    EXPECT_EQ(say("fail XEN_DOMCTL_createdomain ENOMEM"), "");
    const auto refused = world_.xen->create_domain({});
    ASSERT_FALSE(refused);
    EXPECT_TRUE(refused.error().is(ENOMEM));
    EXPECT_EQ(say("fail-nth 1 5"), "");
    EXPECT_FALSE(world_.xen->physinfo());
    EXPECT_EQ(say("clear"), "");
    EXPECT_TRUE(world_.xen->physinfo());
}

TEST_F(CommandsTest, AGuestIsEnded) {
    const auto id = world_.domain();
    EXPECT_EQ(say("end " + std::to_string(id.raw()) + " watchdog"), "");
    const auto info = world_.xen->domain(id);
    ASSERT_TRUE(info);
    EXPECT_TRUE(info->shutdown);
    EXPECT_EQ(info->shutdown_code, static_cast<std::uint8_t>(ShutdownReason::kWatchdog));
}

TEST_F(CommandsTest, StatusCountsWhatThereIs) {
    const auto id = world_.domain();
    const auto status = say("status");
    EXPECT_NE(status.find("domains 0 " + std::to_string(id.raw()) + "\n"), std::string::npos);
    EXPECT_NE(status.find("mappings 0\nports 0\n"), std::string::npos);
}

TEST_F(CommandsTest, WhatMakesNoSenseIsRefused) {
    EXPECT_EQ(say("fail map ENOSUCH"), "'ENOSUCH' is not a number");
    EXPECT_EQ(say("fail map 0"), "there is no error 0");
    EXPECT_EQ(say("fail map"), "it is: fail OPERATION ERRNO");
    EXPECT_EQ(say("kill xld during 1"), "kill CLIENT before N, or kill CLIENT after N");
    EXPECT_EQ(say("end 1 sleep"), "a guest does not end by 'sleep'");
    EXPECT_EQ(say("end 77 crash"), "domain 77: no such domain");
    EXPECT_EQ(say(""), "no command");
    EXPECT_EQ(say("dance").substr(0, 40), "there is no command 'dance'; there are:\n");
}

TEST(Kills, CountUsesByClient) {
    Kills kills;
    EXPECT_FALSE(kills.begins("xld", 0));
    EXPECT_FALSE(kills.begins("xld", 0));
    EXPECT_FALSE(kills.begins("xenstored", 0));
    EXPECT_EQ(kills.uses("xld"), 2U);
    EXPECT_EQ(kills.uses("xenstored"), 1U);
    EXPECT_EQ(kills.uses("other"), 0U);
}

}  // namespace
}  // namespace zeroth::hyper::sim
