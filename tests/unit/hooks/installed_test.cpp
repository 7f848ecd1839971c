// SPDX-License-Identifier: Apache-2.0
#include "hooks/installed.hpp"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

#include "tests/unit/hooks/own_folder.hpp"

namespace zeroth::hooks {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;

/// A folder with our scripts, as an installation has it.
class InstalledTest : public test::OwnFolder {
protected:
    void SetUp() override {
        OwnFolder::SetUp();
        install_scripts();
    }
};

TEST_F(InstalledTest, EveryScriptAsItShipsIsOurs) {
    EXPECT_THAT(shipped_files(), Not(IsEmpty()));
    for (const auto* name : {"vif-bridge", "vif-route", "vif-nat", "vif-openvswitch", "block"})
        EXPECT_TRUE(is_ours(dir_ + "/" + name)) << name;
}

TEST_F(InstalledTest, AChangedScriptIsNot) {
    std::ofstream{dir_ + "/vif-bridge", std::ios::app} << "\n";
    EXPECT_EQ(origin_of(dir_ + "/vif-bridge"), ScriptOrigin::kChanged);
    EXPECT_EQ(origin_of(dir_ + "/vif-route"), ScriptOrigin::kOurs);
}

TEST_F(InstalledTest, NorIsOneWhoseLibraryHasChanged) {
    std::ofstream{dir_ + "/vif-common.sh", std::ios::app} << "ip link set dev eth1 up\n";
    EXPECT_EQ(origin_of(dir_ + "/vif-bridge"), ScriptOrigin::kChanged);
    std::filesystem::remove(dir_ + "/vif-common.sh");
    EXPECT_EQ(origin_of(dir_ + "/vif-bridge"), ScriptOrigin::kChanged);
}

TEST_F(InstalledTest, NorOneThatWasAdded) {
    write("vif-ours", "#!/bin/sh\n");
    EXPECT_EQ(origin_of(dir_ + "/vif-ours"), ScriptOrigin::kChanged);
    EXPECT_EQ(origin_of(dir_ + "/vif-theirs"), ScriptOrigin::kMissing);
}

TEST_F(InstalledTest, HooksAreTheExecutableFilesInTheirOrder) {
    EXPECT_THAT(vif_hooks(dir_), IsEmpty());
    write("vif-post.d/20-b.hook", ":\n");
    write("vif-post.d/10-a.hook", ":\n");
    write("vif-post.d/30-c.hook", ":\n", 0644);
    write("vif-post.d/README", "\n");
    write("vif-post.d/.hidden.hook", ":\n");
    EXPECT_THAT(vif_hooks(dir_),
                ElementsAre(dir_ + "/vif-post.d/10-a.hook", dir_ + "/vif-post.d/20-b.hook"));
}

TEST_F(InstalledTest, HooksAreCalledAsTheScriptsAre) {
    const BackendPath vif{.kind = "vif", .frontend = DomainId{3}, .devid = 0};
    const ScriptCall call = vif_hooks_call(vif, Phase::kDown, "eth1", dir_);
    EXPECT_EQ(call.path, dir_ + "/vif-hooks");
    EXPECT_THAT(call.arguments, ElementsAre("offline", "type_if=vif"));
    EXPECT_EQ(call.environment.at("netdev"), "eth1");
}

}  // namespace
}  // namespace zeroth::hooks
