// SPDX-License-Identifier: Apache-2.0
#include "libdomain/hypervisor/sim/guests/guest.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "libdomain/hypervisor/sim/guests/console_ring.hpp"

namespace zeroth::hyper::sim {
namespace {

/// How long an ending waits for the console to take the last lines.
constexpr std::chrono::seconds kLastWords{2};
/// A chatterer without a rate prints no further ahead than this.
constexpr std::size_t kAhead = 4096;

std::string_view last_words(ShutdownReason reason) {
    switch (reason) {
        case ShutdownReason::kPoweroff:
            return "reboot: Power down";
        case ShutdownReason::kReboot:
            return "reboot: Restarting system";
        case ShutdownReason::kSuspend:
            return "PM: suspend entry";
        case ShutdownReason::kCrash:
            return "Kernel panic - not syncing: simulated crash";
        case ShutdownReason::kWatchdog:
            return "watchdog: simulated expiry";
        case ShutdownReason::kSoftReset:
            return "kexec: simulated soft reset";
    }
    return "reboot: for a reason unknown";
}

}  // namespace

Guest::Guest(DomainId id, Program program, StoreBy store_by)
    : id_{id},
      program_{std::move(program)},
      store_by_{store_by},
      store_{fmt::format("/local/domain/{}", id.raw())},
      frontends_{store_} {}

std::optional<Guest::Time> Guest::run(GuestCpu& cpu, Time now) {
    cpu_ = &cpu;
    static_cast<void>(cpu.take_pending());
    if (!started_) start(now);
    if (!program_.alive) return std::nullopt;
    carry_store();
    if (auto page = page_of(HvmParam::kConsolePfn); !page.empty()) {
        if (const auto text = ConsoleRing{page}.read(); !text.empty()) {
            notify(HvmParam::kConsoleEvtchn);
            typed(text);
        }
    }
    if (ends_at_ && !ending_ && *ends_at_ <= now) {
        ends_at_.reset();
        end(*program_.ending);
    }
    // As long as the console takes something there may be more to say.
    do chatter(now);
    while (write_console());
    if (end_now(now)) return std::nullopt;
    if (store_by_ == StoreBy::kRing) carry_store();
    auto next = ends_at_;
    if (chats_at_ && output_.empty() && (!next || *chats_at_ < *next)) next = chats_at_;
    return next;
}

void Guest::start(Time now) {
    started_ = true;
    if (!program_.alive) return;
    boot();
    if (program_.chatters) chats_at_ = now;
    if (program_.ending) ends_at_ = now + program_.after;
    use_store();
}

void Guest::boot() {
    print("Booting Linux on physical CPU 0x0 (simulated)");
    print(fmt::format("Machine model: XENVM, {} vCPUs, {} kB of memory", cpu_->vcpus(),
                      pages_to_kib(cpu_->pages()).raw()));
    print(fmt::format("zeroth simulated guest is up: {}", program_.name));
}

void Guest::print(std::string_view line) { output_ += fmt::format("{}\r\n", line); }

void Guest::chatter(Time now) {
    while (chats_at_ && *chats_at_ <= now && output_.size() < kAhead && !ending_) {
        print(fmt::format("line {}", chats_++));
        if (program_.rate > 0)
            *chats_at_ += std::chrono::nanoseconds{1'000'000'000 / program_.rate};
    }
}

void Guest::end(ShutdownReason reason) {
    if (ending_) return;
    print(last_words(reason));
    ending_ = reason;
}

bool Guest::end_now(Time now) {
    if (!ending_) return false;
    if (!ends_at_) ends_at_ = now + kLastWords;
    if (!output_.empty() && now < *ends_at_) return false;
    if (!store_.output().empty() && now < *ends_at_) return false;
    ends_at_.reset();
    cpu_->shut_down(*std::exchange(ending_, std::nullopt));
    return true;
}

/// Whether the console took all that there was.
bool Guest::write_console() {
    if (output_.empty()) return false;
    const auto page = page_of(HvmParam::kConsolePfn);
    if (page.empty()) return false;
    const auto written = ConsoleRing{page}.write(output_);
    if (written == 0) return false;
    output_.erase(0, written);
    notify(HvmParam::kConsoleEvtchn);
    return output_.empty();
}

std::span<std::byte> Guest::page_of(HvmParam param) const {
    const auto frame = cpu_->param(param);
    return frame == 0 ? std::span<std::byte>{} : cpu_->page(GuestFrame{frame});
}

void Guest::notify(HvmParam param) {
    const auto port = cpu_->param(param);
    if (port != 0) static_cast<void>(cpu_->notify(Port{static_cast<std::uint32_t>(port)}));
}

}  // namespace zeroth::hyper::sim
