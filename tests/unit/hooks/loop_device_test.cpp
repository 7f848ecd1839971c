// SPDX-License-Identifier: Apache-2.0
#include "hooks/loop_device.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>

#include "tests/unit/hooks/own_folder.hpp"

namespace zeroth::hooks {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
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

TEST_F(LoopDeviceTest, TwoNamesOfAFileAreOneFile) {
    ASSERT_EQ(::link(file_.c_str(), (dir_ + "/other").c_str()), 0);
    const auto other = DiskTarget::open(dir_ + "/other", Access::kReadOnly);
    ASSERT_TRUE(other);
    EXPECT_EQ(other->file(), target(Access::kReadWrite).file());
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
    std::filesystem::rename(file_, dir_ + "/moved");
    EXPECT_FALSE(found.check_again());
    std::filesystem::copy(dir_ + "/moved", file_);
    const auto again = found.check_again();
    ASSERT_FALSE(again);
    EXPECT_THAT(again.error().text(), HasSubstr("is not what it was"));
}

TEST_F(LoopDeviceTest, AFileBecomesABlockDeviceAndGoesWithItsUser) {
    need_loop_devices();
    if (IsSkipped()) return;
    const FileId file = target(Access::kReadWrite).file();
    {
        const auto loop = LoopDevice::acquire(target(Access::kReadWrite), DirectIo::kWherePossible);
        ASSERT_TRUE(loop) << loop.error().text();
        struct stat facts {};
        ASSERT_EQ(::stat(loop->path().c_str(), &facts), 0);
        EXPECT_EQ(DeviceNumber::from(facts.st_rdev), loop->number());
        const auto uses = loops_of(file);
        ASSERT_TRUE(uses) << uses.error().text();
        ASSERT_THAT(*uses, SizeIs(1));
        EXPECT_EQ(uses->front().number, loop->number());
        EXPECT_EQ(uses->front().access, Access::kReadWrite);
        EXPECT_EQ(uses->front().direct, loop->is_direct());
        const auto block = DiskTarget::open(loop->path(), Access::kReadWrite);
        ASSERT_TRUE(block) << block.error().text();
        EXPECT_EQ(block->kind(), DiskTarget::Kind::kBlockDevice);
        EXPECT_EQ(block->number(), loop->number());
        EXPECT_EQ(block->bytes(), 1U << 20U);
    }
    const auto uses = loops_of(file);
    ASSERT_TRUE(uses);
    EXPECT_THAT(*uses, IsEmpty());
}

TEST_F(LoopDeviceTest, OnlyReadingIsAllReadOnlyGives) {
    need_loop_devices();
    if (IsSkipped()) return;
    const auto loop = LoopDevice::acquire(target(Access::kReadOnly), DirectIo::kNo);
    ASSERT_TRUE(loop) << loop.error().text();
    EXPECT_FALSE(loop->is_direct());
    const auto uses = loops_of(target(Access::kReadOnly).file());
    ASSERT_TRUE(uses);
    ASSERT_THAT(*uses, SizeIs(1));
    EXPECT_EQ(uses->front().access, Access::kReadOnly);
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
    const auto uses = loops_of(target(Access::kReadOnly).file());
    ASSERT_TRUE(uses);
    EXPECT_THAT(*uses, SizeIs(6));
}

TEST(DeviceNumber, IsWrittenInHexadecimal) {
    EXPECT_EQ((DeviceNumber{.major = 202, .minor = 26}).text(), "ca:1a");
}

}  // namespace
}  // namespace zeroth::hooks
