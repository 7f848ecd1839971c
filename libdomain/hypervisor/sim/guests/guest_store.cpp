// SPDX-License-Identifier: Apache-2.0
// What a guest reads in XenStore and does about it.
#include <fmt/format.h>

#include <array>
#include <charconv>
#include <utility>

#include "core/units.hpp"
#include "libdomain/hypervisor/sim/guests/guest.hpp"
#include "libdomain/hypervisor/sim/guests/store_ring.hpp"

namespace zeroth::hyper::sim {
namespace {

constexpr std::array<std::pair<std::string_view, ShutdownReason>, 4> kWishes{{
    {"poweroff", ShutdownReason::kPoweroff},
    {"halt", ShutdownReason::kPoweroff},
    {"reboot", ShutdownReason::kReboot},
    {"suspend", ShutdownReason::kSuspend},
}};

}  // namespace

void Guest::use_store() {
    for (const auto* feature : {"poweroff", "reboot", "suspend"}) {
        store_.write(fmt::format("control/feature-{}", feature), "1");
    }
    if (program_.obeys) {
        store_.watch("control/shutdown", [this](std::string_view path) {
            store_.read(path, [this](const Result<std::string>& value) {
                if (value && !value->empty()) control(*value);
            });
        });
    }
    store_.watch("control/sysrq", [this](std::string_view path) {
        store_.read(path, [this](const Result<std::string>& value) {
            if (!value || value->empty() || value->front() == '\0') return;
            const char key = value->front();
            store_.write("control/sysrq", "",
                         [this, key](const Result<std::string>&) { sysrq(key); });
        });
    });
    store_.watch("memory/target", [this](std::string_view path) {
        store_.read(path, [this](const Result<std::string>& value) {
            std::uint64_t kib = 0;
            if (value) std::from_chars(value->data(), value->data() + value->size(), kib);
            if (kib > 0) balloon(kib);
        });
    });
    store_.watch("cpu", [this](std::string_view) { look_at_cpus(); });
    frontends_.begin();
}

/// As Linux does: the wish is cleared first, which tells the toolstack that it was heard.
void Guest::control(std::string_view value) {
    for (const auto& [word, reason] : kWishes) {
        if (value != word) continue;
        store_.write("control/shutdown", "",
                     [this, reason](const Result<std::string>&) { end(reason); });
        return;
    }
    print(fmt::format("Ignoring shutdown request: {}", value));
    store_.write("control/shutdown", "");
}

void Guest::sysrq(char key) {
    print(fmt::format("sysrq: {}", key));
    if (key == 'c') end(ShutdownReason::kCrash);
    if (key == 'b') end(ShutdownReason::kReboot);
    if (key == 'o') end(ShutdownReason::kPoweroff);
}

/// The target does not count the pages of the rings, so the first one, which the guest has at its
/// start, says how many those are.
void Guest::balloon(std::uint64_t kib) {
    const auto target = to_pages(KiB{kib});
    if (!uncounted_) uncounted_ = cpu_->pages() > target ? cpu_->pages() - target : 0;
    cpu_->balloon_to(target + *uncounted_);
}

void Guest::look_at_cpus() {
    store_.list("cpu", [this](const std::vector<std::string>& names) {
        for (const auto& name : names) {
            std::uint32_t number = 0;
            std::from_chars(name.data(), name.data() + name.size(), number);
            // The first CPU stays, whatever is written.
            if (number == 0) continue;
            store_.read(fmt::format("cpu/{}/availability", name),
                        [this, number](const Result<std::string>& value) {
                            if (value) cpu_->set_online(VcpuId{number}, *value == "online");
                        });
        }
    });
}

void Guest::carry_store() {
    if (store_by_ == StoreBy::kCarrier) return static_cast<void>(store_.take_messages());
    const auto page = page_of(HvmParam::kStorePfn);
    if (page.empty()) return;
    StoreRing ring{page};
    bool moved = false;
    // What is answered may ask again, and there may be room for it now.
    for (;;) {
        const auto replies = ring.read();
        static_cast<void>(store_.feed(replies));
        auto& requests = store_.output();
        const auto written = ring.write(requests);
        requests.erase(0, written);
        if (replies.empty() && written == 0) break;
        moved = true;
    }
    if (moved) notify(HvmParam::kStoreEvtchn);
}

}  // namespace zeroth::hyper::sim
