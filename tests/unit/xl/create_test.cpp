// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <boost/json/object.hpp>
#include <filesystem>
#include <fstream>

#include "tests/golden/golden.hpp"
#include "tests/unit/xl/fake_xld.hpp"
#include "tests/unit/xl/samples.hpp"
#include "xl/config_file.hpp"

namespace zeroth::xl {
namespace {

namespace json = boost::json;
using namespace testing;

constexpr const char* kGuest = R"(name = "g1"
kernel = "/guest/vmlinuz"
ramdisk = "/guest/domu.cpio.gz"
memory = 128
vcpus = 1
extra = "console=hvc0"
)";

class XlCreate : public ::testing::Test {
protected:
    std::string write(const std::string& name, const std::string& text) {
        const std::string path = xld_.folder() + "/" + name;
        std::ofstream{path} << text;
        return path;
    }
    static std::string event(const api::CreateEvent& event) {
        return json::serialize(api::encode(event)) + "\n";
    }
    void answer_stream(const std::string& lines, const char* request = "POST /v1/domains") {
        xld_.answer_raw(request,
                        "HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\n"
                        "Transfer-Encoding: chunked\r\n\r\n" +
                            chunks(lines) + "0\r\n\r\n");
    }
    static std::string chunks(const std::string& text) {
        std::string out;
        for (std::size_t at = 0; at < text.size(); at += 100) {
            const std::string piece = text.substr(at, 100);
            out += fmt::format("{:x}\r\n{}\r\n", piece.size(), piece);
        }
        return out;
    }
    static std::string step(const char* name, std::uint32_t index) {
        api::CreateEvent step;
        step.event = "step";
        step.step = name;
        step.index = index;
        step.total = 2;
        return event(step);
    }
    static std::string done() {
        api::CreateEvent done;
        done.event = "done";
        done.domid = 7;
        done.warnings = {"type=\"pv\" is a PVH guest on ARM"};
        return event(done);
    }
    static std::string failed() {
        api::CreateEvent failed;
        failed.event = "failed";
        failed.problem = api::CreateEvent::ProblemText{.title = "failed",
                                                       .detail = "create g1: populate memory: no",
                                                       .hint = "the host has 12 MiB free",
                                                       .more = "(XEN) Over-allocation"};
        return event(failed);
    }

    FakeXld xld_;
};

TEST_F(XlCreate, ADryRunPrintsTheReferencesJsonAndAsksNobody) {
    const std::string file = write("g1.cfg", kGuest);
    const auto outcome =
        run({"create", "-n", file.c_str(), R"(uuid="8b72dcb4-14a7-4a02-928a-f331c43e866d")"});
    EXPECT_EQ(outcome.status, 0) << outcome.err;
    EXPECT_EQ(outcome.err, "Parsing config from " + file + "\n");
    zeroth::testing::expect_golden("xl/create-n.txt", outcome.out);
    for (const std::vector<const char*>& words :
         {std::vector{"-N", "create", "-q", file.c_str()},
          std::vector{"create", "--dryrun", "--quiet", "--defconfig", file.c_str()},
          std::vector{"create", file.c_str(), "-qn"}}) {
        const auto same = run(words);
        EXPECT_EQ(same.status, 0);
        EXPECT_EQ(same.err, "");
        EXPECT_EQ(same.out.size(), outcome.out.size());
    }
}

TEST_F(XlCreate, SettingsOnTheCommandLineWin) {
    const std::string file = write("g1.cfg", kGuest);
    const auto outcome = run({"create", "-nq", file.c_str(), "memory=64", "name=\"over\""});
    EXPECT_EQ(outcome.status, 0) << outcome.err;
    const auto value = api::parse_json(outcome.out);
    ASSERT_TRUE(value);
    EXPECT_EQ(value->at("c_info").at("name").as_string(), "over");
    EXPECT_EQ(value->at("b_info").at("target_memkb").as_int64(), 65536);
    const auto alone = run({"create", "-n", "name=\"x\"", "kernel=\"/k\"", "memory=16"});
    EXPECT_EQ(alone.status, 0);
    EXPECT_TRUE(alone.err.starts_with("Parsing config from command line\n")) << alone.err;
}

TEST_F(XlCreate, FilesThatCannotBeReadEndAsTheReferencesDo) {
    const auto missing = run({"create", "-q", "/nonexistent.cfg"});
    EXPECT_EQ(missing.status, 3);
    EXPECT_EQ(missing.err,
              "Failed to read config file: /nonexistent.cfg: No such file or directory\n");
    const auto folder = run({"create", "/"});
    EXPECT_EQ(folder.status, 3);
    EXPECT_EQ(folder.err, "Failed to read config file: /: Is a directory\n");
    const auto endless = run({"create", "/dev/zero"});
    EXPECT_EQ(endless.status, 3);
    EXPECT_EQ(endless.err, "Failed to read config file: /dev/zero: File too large\n");
    const auto none = run({"create"});
    EXPECT_EQ(none.status, 6);
    EXPECT_EQ(none.err, "Config file not specified and none in save file\n");
    EXPECT_EQ(run({"create", "a.cfg", "b.cfg"}).status, 2);
}

TEST_F(XlCreate, AConfigWithErrorsIsShownAndNotSent) {
    const std::string file = write("bad.cfg", "name = \"b1\nkernel = \"/k\"\nmemory = 128\n");
    const auto outcome = run({"create", file.c_str()}, xld_);
    EXPECT_EQ(outcome.status, 1);
    EXPECT_NE(outcome.err.find("bad.cfg:1:"), std::string::npos) << outcome.err;
    EXPECT_EQ(outcome.out, "");
    EXPECT_TRUE(xld_.requests().empty());
}

TEST_F(XlCreate, SuccessIsQuiet) {
    answer_stream(step("make the domain", 1) + step("populate memory", 2) + done());
    const std::string file = write("g1.cfg", kGuest);
    const auto outcome = run({"create", "-p", "-e", "-F", file.c_str()}, xld_);
    EXPECT_EQ(outcome.status, 0);
    EXPECT_EQ(outcome.out, "");
    EXPECT_EQ(outcome.err,
              "Parsing config from " + file + "\nwarning: type=\"pv\" is a PVH guest on ARM\n");
    ASSERT_EQ(xld_.requests().size(), 1U);
    const std::string sent = xld_.requests()[0].substr(std::string{"POST /v1/domains "}.size());
    const auto request = api::decode<api::CreateRequest>(*api::parse_json(sent));
    ASSERT_TRUE(request) << request.error().text();
    EXPECT_TRUE(request->paused);
    EXPECT_EQ(request->config.name, "g1");
    EXPECT_EQ(request->config.memory, mib(128));
}

TEST_F(XlCreate, VerboseShowsTheSteps) {
    answer_stream(step("make the domain", 1) + step("populate memory", 2) + done(),
                  "POST /v1/domains?progress=true");
    const std::string file = write("g1.cfg", kGuest);
    EXPECT_TRUE(run({"-v", "create", "-q", file.c_str()}, xld_)
                    .err.starts_with("[1/2] make the domain\n[2/2] populate memory\n"));
    EXPECT_TRUE(run({"-vt", "create", "-q", file.c_str()}, xld_)
                    .err.starts_with("[1/2] make the domain\r[2/2] populate memory\r"));
    const auto lines = run({"create", "-q", "--json", file.c_str()}, xld_).out;
    EXPECT_EQ(std::ranges::count(lines, '\n'), 3);
}

TEST_F(XlCreate, AFailureTellsItsStory) {
    answer_stream(step("make the domain", 1) + failed());
    const std::string file = write("g1.cfg", kGuest);
    const auto outcome = run({"create", "-q", file.c_str()}, xld_);
    EXPECT_EQ(outcome.status, 3);
    EXPECT_EQ(outcome.err,
              "xl: create g1: populate memory: no\n    (XEN) Over-allocation\n"
              "hint: the host has 12 MiB free\n");
}

TEST_F(XlCreate, ARefusalIsAFailureToo) {
    const std::string problem =
        json::serialize(api::encode(api::Problem{.status = 409,
                                                 .title = "in conflict",
                                                 .detail = "a domain named g1 exists already",
                                                 .hint = {},
                                                 .more = {},
                                                 .errno_value = 17}));
    xld_.answer("POST /v1/domains", problem, 409);
    const std::string file = write("g1.cfg", kGuest);
    const auto outcome = run({"create", "-q", file.c_str()}, xld_);
    EXPECT_EQ(outcome.status, 3);
    EXPECT_EQ(outcome.err, "xl: a domain named g1 exists already\n");
}

TEST_F(XlCreate, AStreamThatBreaksOffIsNoSuccess) {
    const std::string file = write("g1.cfg", kGuest);
    // No end of the story; no end of the transfer; no JSON.
    answer_stream(step("make the domain", 1));
    EXPECT_EQ(run({"create", "-q", file.c_str()}, xld_).status, 3);
    xld_.forget();
    xld_.answer_raw("POST /v1/domains", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" +
                                            chunks(step("make the domain", 1)));
    const auto broken = run({"create", "-q", file.c_str()}, xld_);
    EXPECT_EQ(broken.status, 3);
    EXPECT_EQ(broken.err, "xl: xld closed the connection before its answer was complete\n");
    xld_.forget();
    answer_stream("{\"event\":\n");
    const auto garbage = run({"create", "-q", file.c_str()}, xld_);
    EXPECT_EQ(garbage.status, 3);
    EXPECT_TRUE(garbage.err.starts_with("xl: xld's answer: not JSON: ")) << garbage.err;
}

TEST_F(XlCreate, WithoutXldNothingIsBegun) {
    const std::string file = write("g1.cfg", kGuest);
    const auto outcome = run({"create", "-q", file.c_str()});
    EXPECT_EQ(outcome.status, 1);
    EXPECT_EQ(outcome.err,
              "xl: xld is not running (no answer on /nonexistent/xld.sock): start it with `xld &` "
              "or /etc/init.d/xencommons start\n");
}

TEST(XlConfigFile, RelativePathsAreTakenFromWhereXlRuns) {
    config::DomainConfig config;
    config.kernel = "boot/vmlinuz";
    config.ramdisk = "/abs";
    config.disk.resize(3);
    config.disk[0].target = "disk.img";
    config.disk[1].target = "volume";
    config.disk[1].script = "block-drbd";
    make_paths_absolute(config);
    const std::string here = std::filesystem::current_path().string();
    EXPECT_EQ(config.kernel, here + "/boot/vmlinuz");
    EXPECT_EQ(config.ramdisk, "/abs");
    EXPECT_FALSE(config.device_tree);
    EXPECT_EQ(config.disk[0].target, here + "/disk.img");
    EXPECT_EQ(config.disk[1].target, "volume");
    EXPECT_EQ(config.disk[2].target, "");
}

TEST_F(XlCreate, PlanShowsWhatXldAnswers) {
    api::PlanReply plan;
    plan.text = "memory: 128 MiB\n";
    plan.json = R"({"steps":[]})";
    xld_.answer("POST /v1/plan", json::serialize(api::encode(plan)));
    const std::string file = write("g1.cfg", kGuest);
    EXPECT_EQ(run({"plan", "-q", file.c_str()}, xld_).out, "memory: 128 MiB\n");
    EXPECT_EQ(run({"plan", "-q", "--json", file.c_str()}, xld_).out,
              "{\n    \"steps\": [\n\n    ]\n}\n");
}

TEST_F(XlCreate, ConfigCheckTellsEachFile) {
    const std::string good = write("good.cfg", kGuest);
    const std::string bad = write("bad.cfg", "name = \"b1\nmemory = 128\n");
    const auto outcome = run({"config-check", good.c_str(), bad.c_str(), "/nonexistent"});
    EXPECT_EQ(outcome.status, 1);
    EXPECT_EQ(outcome.out, good + ": ok\n");
    EXPECT_NE(outcome.err.find("bad.cfg:1:"), std::string::npos);
    EXPECT_NE(outcome.err.find("/nonexistent: No such file or directory"), std::string::npos);
    EXPECT_EQ(run({"config-check", good.c_str()}).status, 0);

    const auto as_json = run({"config-check", "--json", good.c_str(), bad.c_str()});
    EXPECT_EQ(as_json.status, 1);
    const auto value = api::parse_json(as_json.out);
    ASSERT_TRUE(value);
    EXPECT_TRUE(value->as_array()[0].at("ok").as_bool());
    EXPECT_FALSE(value->as_array()[1].at("ok").as_bool());
    EXPECT_EQ(value->as_array()[1].at("diagnostics").as_array()[0].at("line").as_int64(), 1);
}

TEST_F(XlCreate, ConfigCheckTellsWhatCreateRefuses) {
    const std::string screen = write("screen.cfg", std::string{kGuest} + "vfb = [ 'vnc=1' ]\n");
    const auto outcome = run({"config-check", screen.c_str()});
    EXPECT_EQ(outcome.status, 1);
    EXPECT_EQ(outcome.out, "");
    EXPECT_NE(outcome.err.find(screen + ": error: vfb: a framebuffer needs QEMU"),
              std::string::npos)
        << outcome.err;

    const auto as_json = api::parse_json(run({"config-check", "--json", screen.c_str()}).out);
    ASSERT_TRUE(as_json);
    const auto& verdict = as_json->as_array()[0];
    EXPECT_FALSE(verdict.at("ok").as_bool());
    EXPECT_EQ(verdict.at("diagnostics").as_array()[0].at("severity").as_string(), "error");
}

TEST_F(XlCreate, ConfigConvertTurnsOneFormIntoTheOther) {
    const std::string xl = write("g1.cfg", kGuest);
    const auto to_toml = run({"config-convert", xl.c_str()});
    ASSERT_EQ(to_toml.status, 0) << to_toml.err;
    const std::string toml = write("g1.toml", to_toml.out);
    const auto back = run({"config-convert", toml.c_str()});
    ASSERT_EQ(back.status, 0) << back.err;
    const std::string again = write("again.cfg", back.out);
    EXPECT_EQ(run({"config-convert", "--to", "toml", again.c_str()}).out, to_toml.out);
    EXPECT_EQ(run({"config-convert", "--to", "xl", again.c_str()}).out, back.out);
}

}  // namespace
}  // namespace zeroth::xl
