// SPDX-License-Identifier: Apache-2.0
// What a guest does with what is typed at its console.
#include <fmt/format.h>

#include <array>
#include <charconv>
#include <utility>

#include "libdomain/hypervisor/sim/guests/guest.hpp"

namespace zeroth::hyper::sim {
namespace {

constexpr char kBackspace = '\b', kDelete = 0x7f, kInterrupt = 0x03;
constexpr std::size_t kLongestLine = 4096;
/// The most lines that `seq` prints.
constexpr std::uint32_t kMostLines = 10'000;

constexpr std::array<std::pair<std::string_view, ShutdownReason>, 4> kEndings{{
    {"poweroff", ShutdownReason::kPoweroff},
    {"halt", ShutdownReason::kPoweroff},
    {"reboot", ShutdownReason::kReboot},
    {"crash", ShutdownReason::kCrash},
}};

}  // namespace

/// As a terminal's line discipline has it: what is typed is seen, and a line is taken when it ends.
void Guest::typed(std::string_view text) {
    for (const char byte : text) {
        if (byte == '\r' || byte == '\n') {
            output_ += "\r\n";
            obey(std::exchange(line_, {}));
        } else if (byte == kBackspace || byte == kDelete) {
            if (line_.empty()) continue;
            line_.pop_back();
            output_ += "\b \b";
        } else if (byte == kInterrupt) {
            output_ += "^C\r\n";
            line_.clear();
        } else if (line_.size() < kLongestLine) {
            output_ += byte;
            line_ += byte;
        }
    }
}

void Guest::obey(std::string_view line) {
    if (line.empty()) return;
    for (const auto& [word, reason] : kEndings) {
        if (line == word) return end(reason);
    }
    if (line.starts_with("seq ")) {
        std::uint32_t count = 0;
        std::from_chars(line.data() + 4, line.data() + line.size(), count);
        for (std::uint32_t i = 1; i <= std::min(count, kMostLines); ++i)
            print(fmt::format("{}", i));
        return;
    }
    print(fmt::format("you typed: {}", line));
}

}  // namespace zeroth::hyper::sim
