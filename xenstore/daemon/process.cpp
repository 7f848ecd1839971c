// SPDX-License-Identifier: Apache-2.0
#include "xenstore/daemon/process.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include "core/log.hpp"

namespace zeroth::xenstored {
namespace {

/// Room for whoever root lets connect.
constexpr rlim_t kDescriptors = 1 << 20;
constexpr std::string_view kOutOfMemoryScore = "-500";

bool write_file(const char* path, int flags, std::string_view text) {
    const UniqueFd file{::open(path, flags | O_WRONLY | O_CLOEXEC, 0644)};
    return file && ::write(file.get(), text.data(), text.size()) == std::ssize(text);
}

[[noreturn]] void wait_for_child(int from_child, pid_t child) {
    char byte = 0;
    if (::read(from_child, &byte, 1) == 1) ::_exit(0);
    int status = 0;
    ::waitpid(child, &status, 0);
    ::_exit(WIFEXITED(status) && WEXITSTATUS(status) != 0 ? WEXITSTATUS(status) : 1);
}

}  // namespace

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
    if (!write_file(path.c_str(), O_CREAT | O_TRUNC, fmt::format("{}\n", ::getpid())))
        return errno_error("pid file " + path);
    return PidFile{std::move(path)};
}

PidFile::~PidFile() {
    if (!path_.empty()) ::unlink(path_.c_str());
}

void raise_limits() {
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    const rlimit more{kDescriptors, std::max(kDescriptors, limit.rlim_max)};
    if (::geteuid() != 0 || ::setrlimit(RLIMIT_NOFILE, &more) != 0) {
        limit.rlim_cur = limit.rlim_max;
        ::setrlimit(RLIMIT_NOFILE, &limit);
    }
    if (::geteuid() == 0) write_file("/proc/self/oom_score_adj", 0, kOutOfMemoryScore);
}

void tell_systemd() {
    const char* const name = std::getenv("NOTIFY_SOCKET");
    sockaddr_un address{};
    if (name == nullptr || std::strlen(name) >= sizeof address.sun_path) return;
    address.sun_family = AF_UNIX;
    const std::size_t length = std::strlen(name);
    std::memcpy(address.sun_path, name, length);
    if (name[0] == '@') address.sun_path[0] = '\0';
    const UniqueFd socket{::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
    constexpr std::string_view kReady = "READY=1";
    const void* const generic = &address;
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + length);
    if (::sendto(socket.get(), kReady.data(), kReady.size(), MSG_NOSIGNAL,
                 static_cast<const sockaddr*>(generic), size) < 0)
        log::warning("{}", errno_error("tell systemd").error().text());
}

}  // namespace zeroth::xenstored
