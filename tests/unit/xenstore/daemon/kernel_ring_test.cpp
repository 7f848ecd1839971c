// SPDX-License-Identifier: Apache-2.0
#include "xenstore/daemon/kernel_ring.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace zeroth::xenstored {
namespace {

struct KernelRingTest : testing::Test {
    std::string folder = "/tmp/zeroth-test-XXXXXX";
    KernelFiles files;

    KernelRingTest() {
        if (::mkdtemp(folder.data()) == nullptr) throw std::runtime_error{"mkdtemp"};
        files = {folder + "/page", folder + "/port"};
    }
    ~KernelRingTest() override { std::filesystem::remove_all(folder); }
};

TEST_F(KernelRingTest, ReadsThePort) {
    std::ofstream{files.port} << "17";
    EXPECT_EQ(kernel_port(files).value(), Port{17});
    std::ofstream{files.port} << "18\n";
    EXPECT_EQ(kernel_port(files).value(), Port{18});
}

TEST_F(KernelRingTest, RefusesWhatIsNoPort) {
    EXPECT_FALSE(kernel_port(files).has_value());
    for (const char* const text : {"", "\n", "x", "0", "99999999999999"}) {
        std::ofstream{files.port} << text;
        EXPECT_FALSE(kernel_port(files).has_value()) << text;
    }
}

TEST_F(KernelRingTest, SharesThePage) {
    EXPECT_FALSE(map_kernel_page(files).has_value());
    std::ofstream{files.page} << std::string(4096, 'a');
    {
        const auto page = map_kernel_page(files);
        ASSERT_TRUE(page.has_value());
        EXPECT_EQ(page->bytes().size(), 4096U);
        page->bytes()[7] = std::byte{'b'};
    }
    std::ifstream file{files.page};
    std::string text;
    file >> text;
    EXPECT_EQ(text.substr(0, 9), "aaaaaaaba");
}

}  // namespace
}  // namespace zeroth::xenstored
