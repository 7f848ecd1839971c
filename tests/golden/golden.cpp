// SPDX-License-Identifier: Apache-2.0
#include "tests/golden/golden.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#ifndef ZEROTH_GOLDEN_DIR
#error "define ZEROTH_GOLDEN_DIR as the golden folder's path"
#endif

namespace zeroth::testing {
namespace {

bool accepting() {
    const char* value = std::getenv("ZEROTH_ACCEPT");
    return value != nullptr && std::string_view{value} == "1";
}

void rewrite(const std::filesystem::path& path, std::string_view text) {
    std::filesystem::create_directories(path.parent_path());
    std::ofstream file{path, std::ios::binary | std::ios::trunc};
    file.write(text.data(), static_cast<std::streamsize>(text.size()));
    file.close();
    ASSERT_TRUE(file) << "cannot write " << path;
}

}  // namespace

std::filesystem::path golden_dir() { return ZEROTH_GOLDEN_DIR; }

std::string read_file(const std::filesystem::path& path) {
    std::ifstream file{path, std::ios::binary};
    EXPECT_TRUE(file) << "cannot read " << path;
    return {std::istreambuf_iterator<char>{file}, {}};
}

void expect_golden(std::string_view name, std::string_view text) {
    const std::filesystem::path path = golden_dir() / name;
    if (accepting()) {
        rewrite(path, text);
        GTEST_SKIP() << "accepted " << name;
    }
    ASSERT_TRUE(std::filesystem::exists(path))
        << "no golden file " << path << "; ZEROTH_ACCEPT=1 writes it:\n"
        << text;
    EXPECT_EQ(read_file(path), text) << "differs from " << path;
}

}  // namespace zeroth::testing
