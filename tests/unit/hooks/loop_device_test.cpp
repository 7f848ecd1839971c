// SPDX-License-Identifier: Apache-2.0
#include "hooks/loop_device.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "tests/unit/hooks/own_folder.hpp"

namespace zeroth::hooks {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

class LoopDeviceTest : public test::OwnFolder {
protected:
    void SetUp() override {
        OwnFolder::SetUp();
        file_ = dir_ + "/disk.img";
        const UniqueFd fd{::open(file_.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600)};
        ASSERT_EQ(::ftruncate(fd.get(), 1 << 20), 0);
    }

    /// Skips, with the reason, where this machine gives us no loop devices.
    static void need_loop_devices() {
        if (::access("/dev/loop-control", R_OK | W_OK) != 0)
            GTEST_SKIP() << "no loop devices for the test: /dev/loop-control: "
                         << std::strerror(errno);
    }
    /// The loop devices of the file, by what the kernel says of them: to open one that its user
    /// has just left would keep it there.
    std::vector<fs::path> loops() const {
        std::vector<fs::path> found;
        for (const auto& device : fs::directory_iterator{"/sys/block"})
            if (attribute(device.path(), "loop/backing_file") == fs::canonical(file_))
                found.push_back("/dev" / device.path().filename());
        return found;
    }
    /// Whether there is none, or soon none: somebody else may look at a device when we leave it.
    bool loops_go() const {
        for (int tries = 2000; tries > 0; --tries) {
            if (loops().empty()) return true;
            std::this_thread::sleep_for(10ms);
        }
        return false;
    }
    static std::string attribute(const fs::path& device, const char* name) {
        std::string line;
        std::ifstream file{"/sys/block" / device.filename() / name};
        std::getline(file, line);
        return line;
    }
    DiskTarget target(Access access) {
        auto opened = DiskTarget::open(file_, access);
        EXPECT_TRUE(opened) << opened.error().text();
        return *std::move(opened);
    }

    std::string file_;
};

TEST_F(LoopDeviceTest, AFileIsATarget) {
    const DiskTarget found = target(Access::kReadOnly);
    EXPECT_EQ(found.kind(), DiskTarget::Kind::kFile);
    EXPECT_EQ(found.bytes(), 1U << 20U);
    EXPECT_TRUE(found.check_again());
}

TEST_F(LoopDeviceTest, WhatIsNeitherFileNorDeviceIsRefused) {
    ASSERT_EQ(::mkfifo((dir_ + "/fifo").c_str(), 0600), 0);
    for (const auto& path : {dir_ + "/fifo", dir_, std::string{"/dev/null"}}) {
        const auto opened = DiskTarget::open(path, Access::kReadOnly);
        ASSERT_FALSE(opened) << path;
        EXPECT_EQ(opened.error().text(), path + " is neither a file nor a block device");
    }
    const auto missing = DiskTarget::open(dir_ + "/none", Access::kReadOnly);
    ASSERT_FALSE(missing);
    EXPECT_TRUE(missing.error().is(ENOENT));
}

TEST_F(LoopDeviceTest, APathThatLeadsElsewhereIsNoticed) {
    const DiskTarget found = target(Access::kReadOnly);
    fs::rename(file_, dir_ + "/moved");
    EXPECT_FALSE(found.check_again());
    fs::copy(dir_ + "/moved", file_);
    const auto again = found.check_again();
    ASSERT_FALSE(again);
    EXPECT_THAT(again.error().text(), HasSubstr("is not what it was"));
}

TEST_F(LoopDeviceTest, AFileBecomesABlockDeviceAndGoesWithItsUser) {
    need_loop_devices();
    if (IsSkipped()) return;
    {
        const auto loop = LoopDevice::acquire(target(Access::kReadWrite), DirectIo::kWherePossible);
        ASSERT_TRUE(loop) << loop.error().text();
        struct stat facts {};
        ASSERT_EQ(::stat(loop->path().c_str(), &facts), 0);
        EXPECT_EQ(DeviceNumber::from(facts.st_rdev), loop->number());
        EXPECT_THAT(loops(), ElementsAre(loop->path()));
        EXPECT_EQ(attribute(loop->path(), "ro"), "0");
        EXPECT_EQ(attribute(loop->path(), "loop/dio"), loop->is_direct() ? "1" : "0");
        const auto block = DiskTarget::open(loop->path(), Access::kReadWrite);
        ASSERT_TRUE(block) << block.error().text();
        EXPECT_EQ(block->kind(), DiskTarget::Kind::kBlockDevice);
        EXPECT_EQ(block->number(), loop->number());
        EXPECT_EQ(block->bytes(), 1U << 20U);
    }
    EXPECT_TRUE(loops_go());
}

TEST_F(LoopDeviceTest, OnlyReadingIsAllReadOnlyGives) {
    need_loop_devices();
    if (IsSkipped()) return;
    const auto loop = LoopDevice::acquire(target(Access::kReadOnly), DirectIo::kNo);
    ASSERT_TRUE(loop) << loop.error().text();
    EXPECT_FALSE(loop->is_direct());
    EXPECT_THAT(loops(), ElementsAre(loop->path()));
    EXPECT_EQ(attribute(loop->path(), "ro"), "1");
    const auto writable = DiskTarget::open(loop->path(), Access::kReadWrite);
    ASSERT_FALSE(writable);
    EXPECT_EQ(writable.error().text(), loop->path() + " can only be read");
}

TEST_F(LoopDeviceTest, ManyAtOnceAreAllDifferent) {
    need_loop_devices();
    if (IsSkipped()) return;
    std::vector<LoopDevice> held;
    for (int i = 0; i < 6; ++i) {
        auto loop = LoopDevice::acquire(target(Access::kReadOnly), DirectIo::kNo);
        ASSERT_TRUE(loop) << loop.error().text();
        held.push_back(*std::move(loop));
    }
    EXPECT_THAT(loops(), SizeIs(6));
}

TEST(DeviceNumber, IsWrittenInHexadecimal) {
    EXPECT_EQ((DeviceNumber{.major = 202, .minor = 26}).text(), "ca:1a");
}

}  // namespace
}  // namespace zeroth::hooks
