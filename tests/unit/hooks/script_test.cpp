// SPDX-License-Identifier: Apache-2.0
#include "hooks/script.hpp"

#include <gmock/gmock.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <csignal>

#include "hooks/script_calls.hpp"
#include "tests/unit/hooks/own_folder.hpp"

namespace zeroth::hooks {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
using namespace std::chrono_literals;

class ScriptTest : public test::OwnFolder {
protected:
    ScriptCall script(const std::string& body, std::chrono::milliseconds limit = 30s) {
        write("script", "#!/bin/sh\n" + body);
        return {.path = dir_ + "/script", .time_limit = limit};
    }
    ScriptEnd end_of(const ScriptCall& call) {
        auto end = test::run(call);
        EXPECT_TRUE(end) << end.error().text();
        return end.value_or(ScriptEnd{.status = 255});
    }
};

TEST_F(ScriptTest, EndsWithItsStatusAndBothOutputs) {
    const ScriptEnd end = end_of(script("echo one; echo two >&2; exit 3\n"));
    EXPECT_EQ(end.kind, ScriptEnd::Kind::kExited);
    EXPECT_EQ(end.status, 3);
    EXPECT_EQ(end.output, "one\ntwo\n");
    EXPECT_FALSE(end.ok());
    EXPECT_EQ(end.words(), "ended with status 3");
    EXPECT_EQ(end.said(), "one\ntwo\n");
}

TEST_F(ScriptTest, GetsArgumentsAndEnvironmentAndNothingElse) {
    ::setenv("ZEROTH_TEST_OURS", "ours", 1);
    ::setenv("ZEROTH_TEST_BOTH", "ours", 1);
    ScriptCall call = script(
        "echo \"$1|$2|$#\" $ZEROTH_TEST_OURS $ZEROTH_TEST_BOTH; pwd; cat; ls /proc/self/fd\n");
    call.arguments = {"online", "a b"};
    call.environment = {{"ZEROTH_TEST_BOTH", "theirs"}};
    const int leak = ::dup(STDERR_FILENO);  // without FD_CLOEXEC, as others' libraries do it
    const ScriptEnd end = end_of(call);
    ::close(leak);
    // 3 is the folder that ls reads
    EXPECT_EQ(end.output, "online|a b|2 ours theirs\n/\n0\n1\n2\n3\n");
}

TEST_F(ScriptTest, SignalsAreAsTheyAreForEverybody) {
    const auto before = std::signal(SIGPIPE, SIG_IGN);
    const ScriptEnd end = end_of(script("kill -PIPE $$; echo still here\n"));
    std::signal(SIGPIPE, before);
    EXPECT_EQ(end.kind, ScriptEnd::Kind::kKilled);
    EXPECT_EQ(end.status, SIGPIPE);
    EXPECT_EQ(end.words(), "was ended by signal 13 (Broken pipe)");
}

TEST_F(ScriptTest, KeepsTheEndOfMegabytes) {
    const ScriptEnd end = end_of(script("head -c 3000000 /dev/zero | tr '\\0' x; echo the end\n"));
    EXPECT_TRUE(end.ok());
    EXPECT_EQ(end.output.size(), Script::kKeptOutput);
    EXPECT_EQ(end.dropped, 3000008U - Script::kKeptOutput);
    EXPECT_THAT(end.output, EndsWith("xthe end\n"));
    EXPECT_THAT(end.said(), StartsWith("(2934472 bytes before these are not kept)\nx"));
}

TEST_F(ScriptTest, OneThatHangsIsEndedWithAllThatItStarted) {
    const ScriptEnd end =
        end_of(script("sleep 1000 & echo $! >" + dir_ + "/child\necho hanging\nwait\n", 100ms));
    EXPECT_EQ(end.kind, ScriptEnd::Kind::kTimedOut);
    EXPECT_EQ(end.output, "hanging\n");
    EXPECT_EQ(end.words(), "did not end within 0.1 s");
    const pid_t child = std::stoi(contents("child"));
    const UniqueFd process{static_cast<int>(::syscall(SYS_pidfd_open, child, 0))};
    pollfd waiting{.fd = process.get(), .events = POLLIN, .revents = 0};
    EXPECT_TRUE(!process || ::poll(&waiting, 1, 10000) == 1) << "it lives";
}

TEST_F(ScriptTest, OneThatIgnoresThePoliteSignalGetsTheOther) {
    const auto started = std::chrono::steady_clock::now();
    const ScriptEnd end = end_of(script("trap '' TERM; while :; do sleep 1000; done\n", 50ms));
    EXPECT_EQ(end.kind, ScriptEnd::Kind::kTimedOut);
    EXPECT_GE(std::chrono::steady_clock::now() - started, Script::kGrace);
}

TEST_F(ScriptTest, OneThatLeavesAProcessBehindHasEnded) {
    const ScriptEnd end = end_of(script("sleep 1000 & echo $! >" + dir_ + "/child\nexit 0\n"));
    EXPECT_TRUE(end.ok());
    EXPECT_LT(end.took, 20s);
    const pid_t child = std::stoi(contents("child"));
    EXPECT_EQ(::kill(child, SIGKILL), 0);
}

TEST_F(ScriptTest, GoesWithItsObject) {
    pid_t child = 0;
    {
        auto started = Script::start(script("echo $$; exec sleep 1000\n"));
        ASSERT_TRUE(started) << started.error().text();
        pollfd waiting{.fd = started->output_fd(), .events = POLLIN, .revents = 0};
        ASSERT_EQ(::poll(&waiting, 1, 10000), 1);
        EXPECT_FALSE(started->step());
        child = std::stoi(started->output());
    }
    EXPECT_NE(::kill(child, 0), 0);
}

TEST_F(ScriptTest, WhatCannotBeRunIsNamed) {
    const auto missing = test::run({.path = dir_ + "/none", .time_limit = 1s});
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().text(), "run " + dir_ + "/none: No such file or directory");
    ScriptCall call = script("");
    ::chmod(call.path.c_str(), 0644);
    const auto plain = test::run(call);
    ASSERT_FALSE(plain);
    EXPECT_TRUE(plain.error().is(EACCES));
}

TEST(ScriptCalls, AreAsScriptsRelyOn) {
    const BackendPath vif{.kind = "vif", .frontend = DomainId{3}, .devid = 1};
    const ScriptCall up = vif_call("/etc/xen/scripts/vif-bridge", vif, Phase::kUp);
    EXPECT_EQ(up.path, "/etc/xen/scripts/vif-bridge");
    EXPECT_THAT(up.arguments, ::testing::ElementsAre("online", "type_if=vif"));
    const std::map<std::string, std::string> wanted{{"script", "/etc/xen/scripts/vif-bridge"},
                                                    {"XENBUS_TYPE", "vif"},
                                                    {"XENBUS_PATH", "backend/vif/3/1"},
                                                    {"XENBUS_BASE_PATH", "backend"},
                                                    {"vif", "vif3.1"},
                                                    {"netdev", ""}};
    EXPECT_EQ(up.environment, wanted);
    const BackendPath vbd{.kind = "vbd", .frontend = DomainId{3}, .devid = 51712};
    const ScriptCall down = block_call("/etc/xen/scripts/block", vbd, Phase::kDown);
    EXPECT_THAT(down.arguments, ::testing::ElementsAre("remove"));
    EXPECT_EQ(down.environment.at("XENBUS_PATH"), "backend/vbd/3/51712");
    EXPECT_FALSE(down.environment.contains("vif"));
}

}  // namespace
}  // namespace zeroth::hooks
