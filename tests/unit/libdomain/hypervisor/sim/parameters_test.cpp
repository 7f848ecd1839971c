// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cerrno>
#include <map>
#include <string>

#include "tests/unit/libdomain/hypervisor/sim/simulated.hpp"

namespace zeroth::hyper {
namespace {

struct ParametersTest : testing::Test {
    std::map<std::string, std::string> values() const {
        std::map<std::string, std::string> out;
        const auto all = sim.xen->parameters();
        EXPECT_TRUE(all) << all.error().text();
        for (const auto& one : *all) out[one.name] = one.value;
        return out;
    }
    std::string refused(std::string_view name, std::string_view value) const {
        const auto done = sim.xen->set_parameter(name, value);
        return done ? "taken" : done.error().text();
    }

    Simulated sim;
};

TEST_F(ParametersTest, EachTypeIsText) {
    EXPECT_EQ(values(), (std::map<std::string, std::string>{{"console_timestamps", "none"},
                                                            {"guest_loglvl", "none/warning"},
                                                            {"loglvl", "warning/all"},
                                                            {"sim-count", "7"},
                                                            {"sim-fixed", "as-booted"},
                                                            {"sim-flag", "1"},
                                                            {"sim-offset", "3"}}));
}

TEST_F(ParametersTest, EachTypeIsSetFromText) {
    for (const auto& [name, value, then] : {std::tuple{"loglvl", "all", "all/all"},
                                            {"loglvl", "error/warning", "error/warning"},
                                            {"sim-count", "0x10", "16"},
                                            {"sim-flag", "off", "0"},
                                            {"sim-flag", "enable", "1"},
                                            {"sim-offset", "-5", "-5"},
                                            {"sim-offset", "-2147483648", "-2147483648"},
                                            {"sim-count", "4294967295", "4294967295"}}) {
        EXPECT_EQ(refused(name, value), "taken");
        EXPECT_EQ(values()[name], then);
    }
}

TEST_F(ParametersTest, WhatCannotBeIsSaid) {
    EXPECT_EQ(refused("sim-count", "many"),
              "sim-count: \"many\" is no value of it, which is now \"7\"");
    EXPECT_EQ(refused("sim-count", "4294967296"),
              "sim-count: \"4294967296\" is no value of it, which is now \"7\"");
    EXPECT_EQ(refused("sim-offset", "2147483648"),
              "sim-offset: \"2147483648\" is no value of it, which is now \"3\"");
    EXPECT_EQ(refused("sim-flag", "perhaps"),
              "sim-flag: \"perhaps\" is no value of it, which is now \"1\"");
    EXPECT_EQ(refused("sim-fixed", "a"),
              "sim-fixed is set when Xen boots, on its command line, only");
    EXPECT_EQ(refused("a/b", "1"), "\"a/b\" is no parameter's name");
    EXPECT_EQ(refused("nosuch", "1"),
              "XEN_HYPFS_OP_read /params/nosuch: No such file or directory");
    EXPECT_EQ(refused("loglvl", "3"),
              "XEN_HYPFS_OP_write_contents /params/loglvl=3: Invalid argument");
}

TEST_F(ParametersTest, AHypervisorWithoutThemSaysSo) {
    for (const int error : {ENOSYS, EFAULT}) {
        sim.machine->fail("XEN_HYPFS_OP_read", error);
        const auto all = sim.xen->parameters();
        ASSERT_FALSE(all);
        EXPECT_TRUE(all.error().is(error)) << all.error().text();
    }
}

}  // namespace
}  // namespace zeroth::hyper
