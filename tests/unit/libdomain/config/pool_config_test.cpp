// SPDX-License-Identifier: Apache-2.0
#include "libdomain/config/pool_config.hpp"

#include <gtest/gtest.h>

namespace zeroth::config {
namespace {

ParsedPool parsed(std::string text) {
    Source source;
    source.name = "pool.cfg";
    source.text = std::move(text);
    return parse_pool(source, Form::kXl);
}

TEST(PoolConfig, TakesListsAndStrings) {
    const auto lists = parsed("name = \"p\"\nsched = \"rtds\"\ncpus = [\"0\", \"2-3\"]\n");
    ASSERT_TRUE(lists.config);
    EXPECT_EQ(lists.config->name, "p");
    EXPECT_EQ(lists.config->scheduler, "rtds");
    EXPECT_EQ(lists.config->cpus->text(), "0,2-3");
    EXPECT_EQ(parsed("name=\"p\"\ncpus=\"1\"").config->cpus->text(), "1");
    const auto nodes = parsed("name=\"p\"\nnodes=[1, \"0\"]");
    ASSERT_TRUE(nodes.config);
    EXPECT_EQ(expand(*nodes.config->cpus, {0, 1, 2}), (std::vector<bool>{true, true, false}));
    EXPECT_FALSE(parsed("name=\"p\"").config->cpus);
}

TEST(PoolConfig, SaysWhatIsWrong) {
    EXPECT_EQ(parsed("sched=\"credit\"").diagnostics.at(0).message, "Missing cpupool name!");
    EXPECT_FALSE(parsed("").config);
    const auto scheduler = parsed("name=\"p\"\nsched=\"best\"");
    EXPECT_EQ(scheduler.diagnostics.at(0).message, "Unknown scheduler \"best\"");
    EXPECT_EQ(scheduler.diagnostics.at(0).where.line, 2U);
    EXPECT_FALSE(parsed("name=\"p\"\ncpus=[\"x\"]").config);
    const auto unknown = parsed("name=\"p\"\ncpu=\"1\"");
    EXPECT_TRUE(unknown.config) << "an unknown key is a warning";
    EXPECT_EQ(unknown.diagnostics.at(0).help, "did you mean `cpus`?");
    EXPECT_FALSE(parsed("name = \"p").config);
}

}  // namespace
}  // namespace zeroth::config
