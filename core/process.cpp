// SPDX-License-Identifier: Apache-2.0
#include "core/process.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include <array>

namespace zeroth {
namespace {

[[noreturn]] void wait_for_child(int from_child, pid_t child) {
    char byte = 0;
    if (::read(from_child, &byte, 1) == 1) ::_exit(0);
    int status = 0;
    ::waitpid(child, &status, 0);
    ::_exit(WIFEXITED(status) && WEXITSTATUS(status) != 0 ? WEXITSTATUS(status) : 1);
}

}  // namespace

void use_small_pages() { (void)::prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0); }

Result<Background> Background::enter() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) return errno_error("go to the background");
    UniqueFd from_child{ends[0]}, to_parent{ends[1]};
    const pid_t child = ::fork();
    if (child < 0) return errno_error("go to the background");
    if (child > 0) {
        to_parent = UniqueFd{};
        wait_for_child(from_child.get(), child);
    }
    ::setsid();
    return Background{std::move(to_parent)};
}

void Background::ready(const std::string& log_file) {
    const UniqueFd nothing{::open("/dev/null", O_RDWR | O_CLOEXEC)};
    const UniqueFd log{
        ::open(log_file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY, 0640)};
    ::dup2(nothing.get(), STDIN_FILENO);
    ::dup2(nothing.get(), STDOUT_FILENO);
    ::dup2(log ? log.get() : nothing.get(), STDERR_FILENO);
    [[maybe_unused]] const auto told = ::write(parent_.get(), "", 1);
    parent_ = UniqueFd{};
}

Result<PidFile> PidFile::create(std::string path) {
    const UniqueFd file{::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644)};
    const auto text = fmt::format("{}\n", ::getpid());
    if (!file || ::write(file.get(), text.data(), text.size()) != std::ssize(text))
        return errno_error("pid file " + path);
    return PidFile{std::move(path)};
}

PidFile::~PidFile() {
    if (!path_.empty()) ::unlink(path_.c_str());
}

}  // namespace zeroth
