// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/hooks/own_folder.hpp"

#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "hooks/installed.hpp"

namespace zeroth::hooks::test {

namespace fs = std::filesystem;

void OwnFolder::SetUp() {
    std::string pattern = (fs::temp_directory_path() / "hooks.XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    dir_ = pattern;
}

void OwnFolder::TearDown() { fs::remove_all(dir_); }

void OwnFolder::write(const std::string& name, const std::string& contents, mode_t mode) const {
    const fs::path path{dir_ + "/" + name};
    fs::create_directories(path.parent_path());
    std::ofstream{path, std::ios::binary} << contents;
    ASSERT_EQ(::chmod(path.c_str(), mode), 0);
}

std::string OwnFolder::contents(const std::string& name) const {
    std::ostringstream text;
    text << std::ifstream{dir_ + "/" + name}.rdbuf();
    return text.str();
}

void OwnFolder::install_scripts() const {
    for (const ShippedFile& file : shipped_files())
        write(std::string{file.name}, std::string{file.contents});
}

Result<ScriptEnd> run(const ScriptCall& call) {
    ZEROTH_TRY(auto script, Script::start(call));
    for (;;) {
        if (auto end = script.step()) return *std::move(end);
        const auto left =
            std::chrono::ceil<std::chrono::milliseconds>(script.wake_at() - Script::Clock::now());
        std::array<pollfd, 2> waiting{
            pollfd{.fd = script.process_fd(), .events = POLLIN, .revents = 0},
            pollfd{.fd = script.output_fd(), .events = POLLIN, .revents = 0}};
        ::poll(waiting.data(), waiting.size(), static_cast<int>(std::max(left.count(), 0L)));
    }
}

}  // namespace zeroth::hooks::test
