// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <map>

#include "tests/unit/xenstore/server/fixture.hpp"

namespace zeroth::xenstored {
namespace {

using enum xs::MessageType;
using testing::ElementsAre;
using testing::HasSubstr;

class FakeLog final : public MessageLog {
public:
    bool on() const override { return on_; }
    Result<bool> turn_on() override {
        on_ = !file.empty();
        return on_;
    }
    void turn_off() override { on_ = false; }
    Result<> go_to(std::string_view where) override {
        if (where == "/nowhere") return fail(ENOENT, "open");
        file = where;
        on_ = true;
        return {};
    }
    Result<> append(std::string_view where, std::string_view text) override {
        if (where == "/nowhere") return fail(EACCES, "open");
        files[std::string{where}] += text;
        return {};
    }

    std::string file;
    std::map<std::string, std::string> files;

private:
    bool on_ = false;
};

struct ControlTest : testing::Test {
    FakeLog log;
    Bench bench;

    ControlTest() { bench.store->set_log(log); }
    std::string ask(std::string_view text) { return bench.ask(bench.dom0, kControl, text).back(); }
};

TEST_F(ControlTest, HelpNamesEveryCommand) {
    const auto help = ask("help|");
    for (const auto* command : {"check", "help", "live-update", "log", "logfile", "memreport",
                                "print", "quota", "quota-soft", "stats"}) {
        EXPECT_THAT(help, HasSubstr(command));
    }
    EXPECT_EQ(ask("help|me|"), "ERROR EINVAL|");
}

TEST_F(ControlTest, LogGoesToTheFileItIsGiven) {
    EXPECT_EQ(ask("log|"), "CONTROL log: off\n|");
    EXPECT_EQ(ask("logfile|/var/log/x|"), "CONTROL OK|");
    EXPECT_EQ(log.file, "/var/log/x");
    EXPECT_EQ(ask("log|"), "CONTROL log: on\n|");
    EXPECT_EQ(ask("log|off|"), "CONTROL OK|");
    EXPECT_FALSE(log.on());
    EXPECT_EQ(ask("log|on|"), "CONTROL OK|");
    EXPECT_TRUE(log.on());
    EXPECT_EQ(ask("logfile|/nowhere|"), "ERROR ENOENT|");
    EXPECT_EQ(log.file, "/var/log/x");
    EXPECT_EQ(ask("logfile|"), "ERROR EINVAL|");
    EXPECT_EQ(ask("logfile|a|b|"), "ERROR EINVAL|");
}

TEST_F(ControlTest, WithoutAFileRequestsAreToldOfInTheLog) {
    EXPECT_EQ(ask("log|on|"), "CONTROL OK|");
    testing::internal::CaptureStderr();
    EXPECT_EQ(ask("log|"), "CONTROL log: on\n|");
    EXPECT_EQ(ask("log|off|"), "CONTROL OK|");
    ask("log|");
    const auto told = testing::internal::GetCapturedStderr();
    EXPECT_THAT(told, HasSubstr("request 0 of 4 bytes"));
    EXPECT_EQ(std::ranges::count(told, '\n'), 2) << told;
}

TEST_F(ControlTest, TakesTheReferencesPartsOfTheLog) {
    for (const auto* part : {"log|+io|", "log|-io|", "log|+obj|", "log|-tdb|", "log|+wrl|"})
        EXPECT_EQ(ask(part), "CONTROL OK|") << part;
    for (const auto* wrong : {"log|io|", "log|+xyz|", "log|+|", "log|maybe|", "log|on|off|"})
        EXPECT_EQ(ask(wrong), "ERROR EINVAL|") << wrong;
}

TEST_F(ControlTest, MemoryIsReportedToAFileToo) {
    EXPECT_THAT(ask("memreport|"), HasSubstr("domain 0: 3 nodes"));
    EXPECT_EQ(ask("memreport|/tmp/m|"), "CONTROL OK|");
    EXPECT_THAT(log.files["/tmp/m"], HasSubstr("domain 0: 3 nodes"));
    EXPECT_EQ(ask("memreport|/nowhere|"), "ERROR EACCES|");
    EXPECT_EQ(ask("memreport|a|b|"), "ERROR EINVAL|");
}

TEST_F(ControlTest, ALogIsNotThereForGuests) {
    bench.domain(5);
    EXPECT_THAT(bench.ask(DomainId{5}, kControl, "logfile|/x|"), ElementsAre("ERROR EACCES|"));
    EXPECT_EQ(log.file, "");
}

}  // namespace
}  // namespace zeroth::xenstored
