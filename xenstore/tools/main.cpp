// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "xenstore/tools/modes.hpp"

namespace {

using namespace zeroth;
using namespace zeroth::xs;

constexpr int kFailure = 1;

/// A standard descriptor that the caller had closed would go to the connection, and what is printed
/// into it.
void occupy_standard_descriptors() {
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; ++fd)
        if (::fcntl(fd, F_GETFD) < 0) ::open("/dev/null", O_RDWR);
}

std::optional<int> columns() {
    winsize size{};
    if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0) return std::nullopt;
    return size.ws_col;
}

int complain(const tools::CommandLine& line, const Error& error) {
    std::fflush(stdout);
    std::fprintf(stderr, "%s: %s\n", line.name.c_str(), error.text().c_str());
    if (!error.hint().empty()) std::fprintf(stderr, "  %s\n", error.hint().c_str());
    return kFailure;
}

Result<int> run(const tools::CommandLine& line) {
    ZEROTH_TRY(const auto client, Client::connect());
    const tools::Terminal terminal{stdout, stderr, columns()};
    ZEROTH_TRY(const int status, tools::run(line, *client, terminal));
    if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) return errno_error("print");
    return status;
}

}  // namespace

int main(int argc, char** argv) {
    occupy_standard_descriptors();
    const auto line = tools::parse_command_line({argv, static_cast<std::size_t>(argc)});
    if (!line) {
        std::fputs(line.error().out.c_str(), stdout);
        std::fputs(line.error().err.c_str(), stderr);
        return line.error().status;
    }
    const auto status = run(*line);
    return status ? *status : complain(*line, status.error());
}
