// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include <fstream>

#include "hooks/installed.hpp"
#include "tests/unit/hooks/own_folder.hpp"

namespace zeroth::hooks {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using namespace std::chrono_literals;

/// People's hooks, called as for an interface that has been set up without a script.
class VifHooksTest : public test::OwnFolder {
protected:
    void SetUp() override {
        OwnFolder::SetUp();
        install_scripts();
        std::ofstream{dir_ + "/hotplugpath.sh", std::ios::app} << "XEN_SCRIPT_DIR=" << dir_
                                                               << "\nbindir=" << dir_ << "/bin\n";
        // A XenStore in which every node has the same value.
        write("bin/xenstore-read", "#!/bin/sh\nfor path; do echo xenbr0; done\n");
        write("bin/xenstore-list", "#!/bin/sh\nprintf '%s\\n' bridge vifname\n");
        write("bin/xenstore-write", "#!/bin/sh\necho \"$@\" >>" + dir_ + "/nodes\n");
    }

    void hook(const std::string& name, const std::string& contents) {
        write("vif-post.d/" + name + ".hook", contents);
    }
    ScriptEnd call(Phase phase, std::chrono::milliseconds limit = 60s) {
        const BackendPath vif{.kind = "vif", .frontend = DomainId{3}, .devid = 0};
        ScriptCall call = vif_hooks_call(vif, phase, {}, dir_);
        call.time_limit = limit;
        auto end = test::run(call);
        EXPECT_TRUE(end) << end.error().text();
        return end.value_or(ScriptEnd{.status = 255});
    }
};

TEST_F(VifHooksTest, TheySeeWhatHappensAndToWhom) {
    hook("10", "echo $command $type_if $dev $XENBUS_PATH\n");
    hook("20", "echo second\n");
    const ScriptEnd up = call(Phase::kUp);
    EXPECT_TRUE(up.ok()) << up.words() << up.output;
    EXPECT_EQ(up.output, "online vif xenbr0 backend/vif/3/0\nsecond\n");
    EXPECT_THAT(call(Phase::kDown).output, HasSubstr("offline vif"));
}

TEST_F(VifHooksTest, OneThatHangsIsEndedAndItsOutputIsShown) {
    hook("10", "echo waiting for the fabric; sleep 1000\n");
    const ScriptEnd end = call(Phase::kUp, 2s);
    EXPECT_EQ(end.kind, ScriptEnd::Kind::kTimedOut);
    EXPECT_EQ(end.output, "waiting for the fabric\n");
}

TEST_F(VifHooksTest, OneThatWritesMegabytesIsBounded) {
    hook("10", "head -c 3000000 /dev/zero | tr '\\0' x\nfatal at last\n");
    const ScriptEnd end = call(Phase::kUp);
    EXPECT_EQ(end.status, 1);
    EXPECT_EQ(end.output.size(), Script::kKeptOutput);
    EXPECT_THAT(end.output, EndsWith("vif-hooks: at last\n"));
    EXPECT_THAT(contents("nodes"), HasSubstr("hotplug-error at last"));
}

}  // namespace
}  // namespace zeroth::hooks
