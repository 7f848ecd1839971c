// SPDX-License-Identifier: Apache-2.0
#include "xl/xl_conf.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "libdomain/config/parse.hpp"
#include "tests/golden/golden.hpp"
#include "tests/unit/xl/fake_xld.hpp"

namespace zeroth::xl {
namespace {

using namespace testing;
using ::testing::HasSubstr;
using zeroth::testing::expect_golden;

XlConf parsed(const std::string& text) {
    auto read = parse_xl_conf({"xl.conf", text});
    EXPECT_FALSE(config::has_errors(read.diagnostics)) << text;
    return read.conf;
}

config::DomainConfig guest(const std::string& text) {
    auto read = config::parse({"guest.cfg", "name='g'\nkernel='/k'\nmemory=16\n" + text},
                              config::Form::kXl);
    EXPECT_TRUE(read.config) << text;
    return read.config.value_or(config::DomainConfig{});
}

std::string masked(const std::string& conf, const std::string& text) {
    auto config = guest(text);
    const auto done = apply_cpumasks(parsed(conf), {0, 0, 1, 1}, config);
    if (!done) return done.error().text();
    std::string all;
    for (const auto& cpus : config.cpus) all += cpus.text() + ";";
    return all;
}

TEST(XlConf, WhatIsWrongWithItIsGolden) {
    const config::Source source{"xl.conf",
                                "autobaloon = 0\nautoballoon = \"maybe\"\nautoballoon = 1\n"
                                "vm.cpumask = \"0-\"\nlockfile = \"/tmp/l\"\n"
                                "max_grant_version = 3\nvif.default.bridge = [\"a\"]\n"
                                "vm.pv.cpumask = \"1\"\nclaim_mode = 0\noutput_format = \"sxp\"\n"
                                "domid_policy = \"random\"\nrun_hotplug_scripts = 0\nwhat?\n"};
    expect_golden("xl/xl-conf.txt",
                  config::render(source, parse_xl_conf(source).diagnostics, config::Colour::kNo));
}

TEST(XlConf, TheValuesThatHoldAnywayAreNoNews) {
    EXPECT_TRUE(parse_xl_conf({"xl.conf",
                               "autoballoon = \"auto\"\nclaim_mode = 1\nrun_hotplug_scripts = 1\n"
                               "output_format = \"json\"\ndomid_policy = \"xen\"\n"})
                    .diagnostics.empty());
}

TEST(XlConf, FillsInWhatTheGuestLeavesOpen) {
    const auto conf = parsed(
        "vif.default.bridge = \"br1\"\nvif.default.script = \"vif-route\"\n"
        "max_grant_frames = 7\nmax_maptrack_frames = 8\nmax_grant_version = 1\n");
    auto config = guest("vif = [ 'bridge=br0', '' ]\nmax_grant_frames = 9\n");
    apply_defaults(conf, config);
    EXPECT_EQ(config.max_grant_frames, 9U);
    EXPECT_EQ(config.max_maptrack_frames, 8U);
    EXPECT_EQ(config.max_grant_version, 1U);
    EXPECT_EQ(config.vif.at(0).bridge, "br0");
    EXPECT_EQ(config.vif.at(0).script, "vif-route");
    EXPECT_EQ(config.vif.at(1).bridge, "br1");
}

TEST(XlConf, MasksTakeCpusAway) {
    EXPECT_EQ(masked("", "cpus = '1-2'\n"), "1-2;");
    EXPECT_EQ(masked("vm.cpumask = '1-63'\n", ""), "1,2,3;");
    EXPECT_EQ(masked("vm.cpumask = '1-63'\n", "cpus = '0-1'\n"), "1;");
    EXPECT_EQ(masked("vm.cpumask = '0-2'\nvm.hvm.cpumask = 'node:1'\n", ""), "2;");
    EXPECT_EQ(masked("vm.cpumask = '0-1'\n", "vcpus = 2\ncpus = ['0-3', '1,3']\n"), "0,1;1;");
}

TEST(XlConf, AVcpuWithoutACpuIsRefused) {
    EXPECT_EQ(masked("vm.cpumask = '3'\n", "cpus = '0-1'\n"),
              "cpus=0-1 and the cpumask of xl.conf have no CPU in common");
}

TEST(XlConf, TheExampleIsFine) {
    const auto text =
        zeroth::testing::read_file(zeroth::testing::golden_dir() / "../../etc/xen/xl.conf");
    EXPECT_TRUE(parse_xl_conf({"xl.conf", text}).diagnostics.empty());
    std::string active = text;
    for (std::size_t at = 0; (at = active.find("\n#", at)) != std::string::npos; ++at)
        if (active[at + 2] != ' ') active.erase(at + 1, 1);
    EXPECT_TRUE(parse_xl_conf({"xl.conf", active}).diagnostics.empty()) << active;
}

}  // namespace
}  // namespace zeroth::xl
