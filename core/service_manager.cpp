// SPDX-License-Identifier: Apache-2.0
#include "core/service_manager.hpp"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdlib>
#include <cstring>

#include "core/log.hpp"
#include "core/result.hpp"
#include "core/unique_fd.hpp"

namespace zeroth::service_manager {
namespace {

std::optional<std::uint64_t> number_in(const char* variable) {
    const char* const text = std::getenv(variable);
    if (text == nullptr) return std::nullopt;
    std::uint64_t value = 0;
    const char* const end = text + std::strlen(text);
    const auto [stop, error] = std::from_chars(text, end, value);
    if (error != std::errc{} || stop != end) return std::nullopt;
    return value;
}

}  // namespace

void notify(std::string_view state) {
    const char* const name = std::getenv("NOTIFY_SOCKET");
    sockaddr_un address{};
    if (name == nullptr || std::strlen(name) >= sizeof address.sun_path) return;
    address.sun_family = AF_UNIX;
    const std::size_t length = std::strlen(name);
    std::memcpy(address.sun_path, name, length);
    if (name[0] == '@') address.sun_path[0] = '\0';
    const UniqueFd socket{::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
    const void* const generic = &address;
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + length);
    if (::sendto(socket.get(), state.data(), state.size(), MSG_NOSIGNAL,
                 static_cast<const sockaddr*>(generic), size) < 0)
        log::warning("{}", errno_error("tell systemd").error().text());
}

void notify_reloading() {
    const auto now = std::chrono::steady_clock::now().time_since_epoch();
    notify(fmt::format("RELOADING=1\nMONOTONIC_USEC={}",
                       std::chrono::duration_cast<std::chrono::microseconds>(now).count()));
}

Heartbeat::Heartbeat() : next_{std::chrono::steady_clock::now()} {
    const auto period = number_in("WATCHDOG_USEC");
    const auto whose = number_in("WATCHDOG_PID");
    const bool ours = !whose || *whose == static_cast<std::uint64_t>(::getpid());
    if (period && *period > 0 && ours)
        period_ = std::chrono::milliseconds{std::max<std::uint64_t>(*period / 2000, 1)};
}

void Heartbeat::beat() {
    const auto now = std::chrono::steady_clock::now();
    if (!period_ || now < next_) return;
    notify("WATCHDOG=1");
    next_ = now + *period_;
}

std::optional<std::chrono::milliseconds> Heartbeat::left() const {
    if (!period_) return std::nullopt;
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(next_ - std::chrono::steady_clock::now());
    return std::max(left, std::chrono::milliseconds{0});
}

}  // namespace zeroth::service_manager
