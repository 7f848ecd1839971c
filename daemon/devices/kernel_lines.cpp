// SPDX-License-Identifier: Apache-2.0
#include "daemon/devices/kernel_lines.hpp"

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <deque>

#include "core/unique_fd.hpp"

namespace zeroth::daemon::devices {
namespace {

constexpr std::size_t kLines = 8;

/// The name as a whole: vif-1-1 is not vif-1-10.
bool names(std::string_view line, std::string_view name) {
    for (auto at = line.find(name); at != line.npos; at = line.find(name, at + 1)) {
        const auto after = at + name.size();
        if (after >= line.size() || line[after] < '0' || line[after] > '9') return true;
    }
    return false;
}

}  // namespace

bool is_about(std::string_view line, const device::Paths& paths) {
    const auto guest = paths.guest.raw();
    if (names(line, fmt::format("{}-{}-{}", paths.kind, guest, paths.id))) return true;
    if (names(line, fmt::format("backend/{}/{}/{}", paths.kind, guest, paths.id))) return true;
    return paths.kind == "vif" && names(line, fmt::format("vif{}.{}", guest, paths.id));
}

std::vector<std::string> kernel_lines(const device::Paths& paths) {
    std::deque<std::string> kept;
    const UniqueFd fd{::open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC)};
    if (!fd) return {};
    std::array<char, 8192> record{};
    for (;;) {
        const auto count = ::read(fd.get(), record.data(), record.size());
        // EPIPE: lines were overwritten meanwhile; the next read goes on behind them.
        if (count < 0 && errno == EPIPE) continue;
        if (count <= 0) break;
        // "6,1234,567890,-;text", then a line of properties each.
        std::string_view text{record.data(), static_cast<std::size_t>(count)};
        text = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(text.find(';') + 1, text.size()));
        if (!is_about(text, paths)) continue;
        kept.emplace_back(text);
        if (kept.size() > kLines) kept.pop_front();
    }
    return {kept.begin(), kept.end()};
}

}  // namespace zeroth::daemon::devices
