// SPDX-License-Identifier: Apache-2.0
#include "xenstore/daemon/options.hpp"

#include <gtest/gtest.h>

#include <cstdlib>

namespace zeroth::xenstored {
namespace {

Result<std::variant<Options, Notice>> parse(std::vector<std::string> words) {
    words.insert(words.begin(), "xenstored");
    std::vector<char*> pointers;
    pointers.reserve(words.size());
    for (auto& word : words) pointers.push_back(word.data());
    return parse_options(pointers);
}

Options options(std::vector<std::string> words) {
    return std::get<Options>(parse(std::move(words)).value());
}

std::string error(std::vector<std::string> words) {
    const auto parsed = parse(std::move(words));
    return parsed ? std::string{} : parsed.error().text();
}

struct OptionsTest : testing::Test {
    OptionsTest() { clear(); }
    ~OptionsTest() override { clear(); }
    static void clear() {
        ::unsetenv("XENSTORED_RUNDIR");
        ::unsetenv("XENSTORED_PATH");
    }
};

TEST_F(OptionsTest, AreTheUsualPlacesWithoutAny) {
    const auto all = options({});
    EXPECT_EQ(all.socket, "/var/run/xenstored/socket");
    EXPECT_EQ(all.journal, "/var/run/xenstored/journal");
    EXPECT_EQ(all.place, Options::Place::kBackground);
    EXPECT_EQ(all.xen, Options::Xen::kUse);
    EXPECT_EQ(all.other, Options::Other::kLeave);
    EXPECT_EQ(all.store.quotas.nodes, 1000U);
    EXPECT_TRUE(all.notes.empty());
}

TEST_F(OptionsTest, FollowTheEnvironmentAsTheReferenceDoes) {
    ::setenv("XENSTORED_RUNDIR", "/tmp/run", 1);
    EXPECT_EQ(options({}).socket, "/tmp/run/socket");
    EXPECT_EQ(options({}).journal, "/tmp/run/journal");
    ::setenv("XENSTORED_PATH", "/tmp/door", 1);
    EXPECT_EQ(options({}).socket, "/tmp/door");
    EXPECT_EQ(options({}).journal, "/tmp/door.journal");
    EXPECT_EQ(options({"--socket", "/tmp/s"}).socket, "/tmp/s");
    EXPECT_EQ(options({"--journal=none"}).journal, std::nullopt);
    EXPECT_EQ(options({"--journal", "/tmp/j"}).journal, "/tmp/j");
}

TEST_F(OptionsTest, TakeTheReferencesLettersAndNames) {
    const auto all = options({"-N",
                              "-F",
                              "pid",
                              "-T",
                              "trace",
                              "-E",
                              "1",
                              "-S",
                              "2",
                              "-W",
                              "3",
                              "-t",
                              "4",
                              "-A",
                              "5",
                              "-M",
                              "6",
                              "-Q",
                              "outstanding=7",
                              "-Q",
                              "memory=8",
                              "-q",
                              "memory=9",
                              "-K",
                              "-U"});
    EXPECT_EQ(all.place, Options::Place::kForeground);
    EXPECT_EQ(all.pid_file, "pid");
    EXPECT_EQ(all.trace_file, "trace");
    const auto& quotas = all.store.quotas;
    EXPECT_EQ(quotas.nodes, 1U);
    EXPECT_EQ(quotas.node_size, 2U);
    EXPECT_EQ(quotas.watches, 3U);
    EXPECT_EQ(quotas.transactions, 4U);
    EXPECT_EQ(quotas.node_permissions, 5U);
    EXPECT_EQ(quotas.path_length, 6U);
    EXPECT_EQ(quotas.outstanding, 7U);
    EXPECT_EQ(quotas.memory_hard, 8U);
    EXPECT_EQ(quotas.memory_soft, 9U);
    EXPECT_TRUE(all.store.keep_orphans);
    EXPECT_EQ(all.other, Options::Other::kReplace);
    EXPECT_EQ(options({"--entry-nb=12"}).store.quotas.nodes, 12U);
    EXPECT_EQ(options({"-p", "3"}).store.privileged, DomainId{3});
    EXPECT_NE(error({"--priv-domid=40000"}).find("no domain 40000"), std::string::npos);
    EXPECT_EQ(options({"--quota", "transaction-nodes=0"}).store.quotas.transaction_nodes, 0U);
}

TEST_F(OptionsTest, SayWhatHasNoEffect) {
    const auto all = options({"-w", "watch-event=20", "-m", "0", "-e", "5", "--trace-control=+io"});
    EXPECT_EQ(all.notes.size(), 4U);
    for (const auto& note : all.notes) EXPECT_NE(note.find("has no effect"), std::string::npos);
}

TEST_F(OptionsTest, AreRefusedByName) {
    EXPECT_NE(error({"--nonsense"}).find("--nonsense"), std::string::npos);
    EXPECT_NE(error({"-Z"}).find("-Z"), std::string::npos);
    EXPECT_NE(error({"-F"}).find("-F"), std::string::npos);
    EXPECT_NE(error({"--socket"}).find("--socket"), std::string::npos);
    EXPECT_NE(error({"word"}).find("word"), std::string::npos);
    EXPECT_NE(error({"-E", "many"}).find("many"), std::string::npos);
    EXPECT_NE(error({"-E", "-1"}).find("-1"), std::string::npos);
    EXPECT_NE(error({"-E", "4294967296"}).find("4294967296"), std::string::npos);
    EXPECT_NE(error({"-E", ""}).find("-E"), std::string::npos);
    EXPECT_NE(error({"-Q", "nodes"}).find("nodes"), std::string::npos);
    EXPECT_NE(error({"-Q", "noodles=3"}).find("noodles"), std::string::npos);
    EXPECT_NE(error({"-q", "nodes=3"}).find("nodes"), std::string::npos);
}

TEST_F(OptionsTest, TellOfThemselves) {
    EXPECT_EQ(std::get<Notice>(parse({"--version"}).value()), "xenstored " ZEROTH_VERSION "\n");
    const auto help = std::get<Notice>(parse({"-H"}).value());
    for (const char* const name : {"--pid-file FILE", "--no-xen", "-Q, --quota WHAT=N"})
        EXPECT_NE(help.find(name), std::string::npos) << name;
}

}  // namespace
}  // namespace zeroth::xenstored
