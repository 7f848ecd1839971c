// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

#include "daemon/adopt/configs.hpp"

namespace zeroth::daemon {
namespace {

namespace fs = std::filesystem;

class AdoptConfigs : public ::testing::Test {
protected:
    void SetUp() override {
        std::string pattern = ::testing::TempDir() + "/adoptXXXXXX";
        folder_ = ::mkdtemp(pattern.data());
    }
    void TearDown() override { fs::remove_all(folder_); }
    void put(const std::string& file, const std::string& name) const {
        std::ofstream{folder_ + "/" + file} << "name = \"" << name << "\"\nkernel = \"/k\"\n";
    }
    std::string chosen(std::uint16_t domain, const std::string& taken = "") const {
        const auto configs = read_adopt_configs(folder_);
        const auto* const config =
            choose_config(configs, DomainId{domain},
                          [&](const AdoptConfig& its) { return its.config.name == taken; });
        return config == nullptr ? "" : config->config.name;
    }
    std::string folder_;
};

TEST_F(AdoptConfigs, AreTakenInTheOrderOfTheirFiles) {
    put("b.cfg", "second");
    put("a.cfg", "first");
    put("c.txt", "no config");
    EXPECT_EQ(chosen(1), "first");
    EXPECT_EQ(chosen(2, "first"), "second");
    EXPECT_EQ(read_adopt_configs(folder_).size(), 2U);
}

TEST_F(AdoptConfigs, MayNameTheirDomain) {
    put("2-b.cfg", "b");
    put("10-a.toml", "a");
    put("z.cfg", "z");
    EXPECT_EQ(chosen(1), "z");
    EXPECT_EQ(chosen(2), "b");
    EXPECT_EQ(chosen(10), "a");
    // It is nobody else's, and the domain has no other.
    EXPECT_EQ(chosen(2, "b"), "");
    EXPECT_EQ(chosen(3, "z"), "");
}

TEST_F(AdoptConfigs, AreLeftOutWhereTheyMakeNoSense) {
    std::ofstream{folder_ + "/bad.cfg"} << "name = \n";
    put("good.cfg", "good");
    EXPECT_EQ(chosen(1), "good");
}

TEST_F(AdoptConfigs, NeedNotBeThere) { EXPECT_TRUE(read_adopt_configs(folder_ + "/none").empty()); }

}  // namespace
}  // namespace zeroth::daemon
