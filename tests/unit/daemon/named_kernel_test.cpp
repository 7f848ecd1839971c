// SPDX-License-Identifier: Apache-2.0
#include "daemon/named_kernel.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

namespace zeroth::daemon {
namespace {

class NamedKernelTest : public ::testing::Test {
protected:
    ~NamedKernelTest() override { std::filesystem::remove_all(folder_); }
    static Result<std::vector<std::byte>> named(std::string_view name) {
        if (name != "linux") return fail("there is no such guest");
        return std::vector<std::byte>{std::byte{'k'}, std::byte{'2'}};
    }

    /// Its own: tests run side by side.
    std::string folder_ = ::testing::TempDir() + "named-kernels-" +
                          ::testing::UnitTest::GetInstance()->current_test_info()->name();
};

TEST_F(NamedKernelTest, AFileIsLeftAsItIs) {
    EXPECT_EQ(kernel_file("/boot/vmlinuz", {}, folder_).value(), "/boot/vmlinuz");
    EXPECT_EQ(kernel_file("/boot/sim:linux", &named, folder_).value(), "/boot/sim:linux");
    EXPECT_FALSE(std::filesystem::exists(folder_));
}

TEST_F(NamedKernelTest, ANameBecomesAFileOnce) {
    const auto path = kernel_file("sim:linux", &named, folder_).value();
    std::ifstream file{path};
    const std::string text{std::istreambuf_iterator<char>{file}, {}};
    EXPECT_EQ(text, "k2");
    const auto when = std::filesystem::last_write_time(path);
    EXPECT_EQ(kernel_file("sim:linux", &named, folder_).value(), path);
    EXPECT_EQ(std::filesystem::last_write_time(path), when);
    const std::filesystem::directory_iterator all{folder_};
    EXPECT_EQ(std::distance(begin(all), end(all)), 1);
}

TEST_F(NamedKernelTest, OneThatIsNotThereIsRefused) {
    const auto refused = kernel_file("sim:../../etc/passwd", &named, folder_);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().text(), "kernel sim:../../etc/passwd: there is no such guest");
    EXPECT_FALSE(std::filesystem::exists(folder_));
}

TEST_F(NamedKernelTest, ARealMachineHasNone) {
    const auto refused = kernel_file("sim:linux", {}, folder_);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().text(),
              "kernel sim:linux: this is the name of a simulated guest, and this machine is real");
}

}  // namespace
}  // namespace zeroth::daemon
