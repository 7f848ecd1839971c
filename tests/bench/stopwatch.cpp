// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>

// usage: stopwatch LOG LABEL COMMAND [ARG]…
// Runs the command and appends `LABEL MICROSECONDS PEAK_RSS_KB STATUS` to the file LOG. The
// command's output is dropped, its errors are not; its status is passed on. There is nothing of the
// tree in here, and little of the library, since its own memory is the least that it can report.

namespace {

struct Outcome {
    long long microseconds = 0;
    long peak_rss_kb = 0;
    int status = 0;
};

/// False, with errno set, if there was nothing to measure.
bool measure(char* const* command, Outcome& outcome) {
    posix_spawn_file_actions_t actions;
    if (posix_spawn_file_actions_init(&actions) != 0) return false;
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    pid_t child = 0;
    const auto start = std::chrono::steady_clock::now();
    const int failure = posix_spawnp(&child, *command, &actions, nullptr, command, environ);
    posix_spawn_file_actions_destroy(&actions);
    if (failure != 0) {
        errno = failure;
        return false;
    }
    int status = 0;
    rusage usage{};
    while (wait4(child, &status, 0, &usage) < 0) {
        if (errno != EINTR) return false;
    }
    const auto passed = std::chrono::steady_clock::now() - start;
    outcome.microseconds = std::chrono::duration_cast<std::chrono::microseconds>(passed).count();
    outcome.peak_rss_kb = usage.ru_maxrss;
    outcome.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return true;
}

bool append(const char* log, const char* label, const Outcome& outcome) {
    std::FILE* file = std::fopen(log, "a");
    if (file == nullptr) return false;
    std::fprintf(file, "%s %lld %ld %d\n", label, outcome.microseconds, outcome.peak_rss_kb,
                 outcome.status);
    return std::fclose(file) == 0;
}

int complain(const char* what) {
    std::fprintf(stderr, "stopwatch: %s: %s\n", what, std::strerror(errno));
    return 127;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 4) {
        std::fputs("usage: stopwatch LOG LABEL COMMAND [ARG]...\n", stderr);
        return 2;
    }
    Outcome outcome;
    if (!measure(argv + 3, outcome)) return complain(argv[3]);
    if (!append(argv[1], argv[2], outcome)) return complain(argv[1]);
    return outcome.status;
}
