// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "tests/golden/golden.hpp"
#include "tests/unit/xl/fake_xld.hpp"
#include "xl/doctor/checks.hpp"

namespace zeroth::xl {
namespace {

namespace fs = std::filesystem;
using namespace testing;
using ::testing::HasSubstr;
using ::testing::Not;
using zeroth::testing::expect_golden;

/// A folder that looks like a host's file system.
class XlDoctor : public ::testing::Test {
protected:
    XlDoctor() { fs::create_directories(root_); }
    ~XlDoctor() override { fs::remove_all(root_); }

    void file(const std::string& path, const std::string& text = "") {
        fs::create_directories((root_ + path).substr(0, (root_ + path).rfind('/')));
        std::ofstream{root_ + path} << text;
    }
    void folder(const std::string& path) { fs::create_directories(root_ + path); }
    void healthy() {
        file("/sys/hypervisor/type", "xen\n");
        file("/sys/hypervisor/version/major", "4\n");
        file("/sys/hypervisor/version/minor", "17\n");
        file("/sys/hypervisor/version/extra", ".5\n");
        file("/proc/xen/capabilities", "control_d\n");
        for (const char* name : {"privcmd", "evtchn", "gntdev"})
            file(std::string{"/dev/xen/"} + name);
        file("/proc/mounts", "devpts /dev/pts devpts rw 0 0\n");
        folder("/run/zeroth");
        folder("/sys/bus/xen-backend/drivers/vbd");
        folder("/sys/bus/xen-backend/drivers/vif");
        folder("/sys/class/net/xenbr0/bridge");
        folder("/sys/class/net/lo");
        file("/etc/init.d/xencommons");
    }
    Outcome doctor(std::vector<const char*> words = {}) {
        words.insert(words.begin(), {"doctor", "--root", root_.c_str()});
        return run(words, xld_);
    }

    FakeXld xld_;
    std::string root_ = xld_.folder() + "/root";
};

TEST_F(XlDoctor, WithoutXenSaysSoAndNoMore) {
    const auto outcome = doctor();
    EXPECT_EQ(outcome.status, 1);
    expect_golden("xl/doctor-no-xen.txt", outcome.out);
}

TEST_F(XlDoctor, InAGuestSaysSo) {
    file("/sys/hypervisor/type", "xen\n");
    file("/proc/xen/capabilities", "");
    EXPECT_THAT(doctor().out, HasSubstr("this is a guest"));
}

TEST_F(XlDoctor, OnABareDomain0TellsAllThatIsMissing) {
    file("/sys/hypervisor/type", "xen\n");
    file("/sys/hypervisor/version/major", "4\n");
    file("/sys/hypervisor/version/minor", "23\n");
    const auto outcome = doctor();
    EXPECT_EQ(outcome.status, 1);
    expect_golden("xl/doctor-bare.txt", outcome.out);
}

TEST_F(XlDoctor, WithAllButTheDaemonsMissesThem) {
    healthy();
    const auto outcome = doctor();
    EXPECT_EQ(outcome.status, 1);
    expect_golden("xl/doctor-no-daemons.txt", outcome.out);
    expect_golden("xl/doctor-no-daemons-json.txt", doctor({"--json"}).out);
}

TEST_F(XlDoctor, LooksAtTheSettings) {
    healthy();
    file("/etc/xen/xl.conf", "autoballoon = \"maybe\"\n");
    file("/etc/xen/xld.toml", "log_levl = 1\nlog_level = 2\n");
    const auto out = doctor().out;
    EXPECT_THAT(out, HasSubstr("xl.conf    missing  /etc/xen/xl.conf:1:15: invalid autoballoon"));
    EXPECT_THAT(out, HasSubstr("xld.toml   missing  /etc/xen/xld.toml:2:13: log_level"));
    EXPECT_THAT(out, HasSubstr("(and 1 more)"));
}

TEST_F(XlDoctor, UnderSystemdWantsEnabledUnits) {
    healthy();
    folder("/run/systemd/system");
    EXPECT_THAT(doctor().out, HasSubstr("no units for systemd"));
    file("/lib/systemd/system/xld.service");
    EXPECT_THAT(doctor().out, HasSubstr("systemctl enable"));
    file("/etc/systemd/system/multi-user.target.wants/xld.service");
    EXPECT_THAT(doctor().out, HasSubstr("enabled in systemd"));
}

TEST_F(XlDoctor, SeesAnotherConsoleDaemon) {
    healthy();
    file("/proc/77/comm", "xenconsoled\n");
    EXPECT_THAT(doctor().out, HasSubstr("xenconsoled runs beside xld"));
}

TEST_F(XlDoctor, ReadsOffXensLogWhetherGuestsReachEachOther) {
    healthy();
    fs::create_symlink(xld_.socket(), root_ + "/run/zeroth/xld.sock");
    xld_.answer("GET /v1/host/log",
                "(XEN) Xen version 4.17.5\n(XEN) XSM Framework v1.0.1 initialized\n"
                "(XEN) Initialising XSM SILO mode\n");
    const auto silo = doctor().out;
    EXPECT_THAT(silo, HasSubstr("XSM        note     SILO, Xen's default on ARM"));
    EXPECT_THAT(silo, HasSubstr("-> xsm=dummy on Xen's command line"));
    xld_.forget();
    xld_.answer("GET /v1/host/log", "(XEN) something of today\n");
    EXPECT_THAT(doctor().out, HasSubstr("XSM        note     unknown"));
}

TEST(XlDoctorSecurity, KnowsTheModules) {
    using doctor::security_module;
    EXPECT_THAT(security_module("(XEN) XSM Framework v1.0.1 initialized\n").found,
                HasSubstr("guests may reach each other"));
    EXPECT_THAT(security_module("(XEN) XSM Framework v1.0.1 initialized\n"
                                "(XEN) Flask:  Starting in enforcing mode.\n")
                    .found,
                HasSubstr("FLASK"));
}

}  // namespace
}  // namespace zeroth::xl
