// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <poll.h>
#include <sys/mman.h>

extern "C" {
#include <xenevtchn.h>
#include <xengnttab.h>
}

#include <algorithm>
#include <atomic>
#include <charconv>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/ids.hpp"
#include "core/result.hpp"
#include "core/units.hpp"
#include "tests/guests/rtos/pin_page.hpp"
#include "xenstore/client/client.hpp"

// The page that a guest of tests/guests/rtos shares, from dom0: tells the guest what to do with its
// pin, wakes it by an event, and waits for the event that says it is done.
namespace zeroth::testing {
namespace {

constexpr std::string_view kUsage =
    "usage: pin-state DOMAIN-ID [0|1]\n"
    "Sets the pin of the domain's GPIO, if told to what, and prints its state.\n";
constexpr int kPatience = 10'000;  // milliseconds

struct CloseGrants {
    void operator()(xengnttab_handle* handle) const { ::xengnttab_close(handle); }
};
struct CloseEvents {
    void operator()(xenevtchn_handle* handle) const { ::xenevtchn_close(handle); }
};

/// The mapped page and the bound channel.
class PinPage {
public:
    static Result<PinPage> open(DomainId domain) {
        ZEROTH_TRY(const auto store, xs::Client::connect());
        ZEROTH_TRY(const auto grant, number(*store, domain, rtos::kPinPageGrant));
        ZEROTH_TRY(const auto port, number(*store, domain, rtos::kPinPagePort));
        PinPage page;
        page.grants_.reset(::xengnttab_open(nullptr, 0));
        if (!page.grants_) return errno_error("open grant tables");
        page.page_ = static_cast<volatile rtos::PinPage*>(::xengnttab_map_grant_ref(
            page.grants_.get(), domain.raw(), grant, PROT_READ | PROT_WRITE));
        if (page.page_ == nullptr) return errno_error(fmt::format("map grant {}", grant));
        if (page.page_->magic != rtos::kPinPageMagic)
            return fail("the page that the guest shares is another one");
        page.events_.reset(::xenevtchn_open(nullptr, 0));
        if (!page.events_) return errno_error("open event channels");
        const auto bound = ::xenevtchn_bind_interdomain(page.events_.get(), domain.raw(), port);
        if (bound < 0) return errno_error(fmt::format("bind to port {}", port));
        page.port_ = static_cast<evtchn_port_t>(bound);
        return page;
    }
    PinPage(PinPage&& other) noexcept
        : grants_{std::move(other.grants_)},
          events_{std::move(other.events_)},
          page_{std::exchange(other.page_, nullptr)},
          port_{other.port_} {}
    PinPage& operator=(PinPage&&) = delete;
    ~PinPage() {
        if (page_ != nullptr)
            ::xengnttab_unmap(grants_.get(), const_cast<rtos::PinPage*>(page_), 1);
    }

    /// The pin's state after the command.
    Result<std::uint32_t> ask(rtos::PinCommand command, std::uint32_t argument) {
        const auto request = page_->request + 1;
        page_->command = static_cast<std::uint32_t>(command);
        page_->argument = argument;
        std::atomic_thread_fence(std::memory_order_seq_cst);
        page_->request = request;
        std::atomic_thread_fence(std::memory_order_seq_cst);
        if (::xenevtchn_notify(events_.get(), port_) != 0) return errno_error("notify the guest");
        while (page_->reply != request) ZEROTH_CHECK(wait());
        if (const auto error = page_->error; error != 0)
            return fail(-error, "the guest refuses the command");
        return page_->pin;
    }

private:
    PinPage() = default;

    static Result<std::uint32_t> number(xs::Client& store, DomainId domain, const char* name) {
        const auto path = fmt::format("/local/domain/{}/{}", domain.raw(), name);
        ZEROTH_TRY(const auto text, store.value(path));
        std::uint32_t value = 0;
        const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
        if (parsed.ec != std::errc{} || parsed.ptr != text.data() + text.size())
            return fail(fmt::format("{} is no number but \"{}\"", path, text));
        return value;
    }

    Result<> wait() {
        ::pollfd fd{::xenevtchn_fd(events_.get()), POLLIN, 0};
        const int ready = ::poll(&fd, 1, kPatience);
        if (ready < 0) return errno_error("wait for the guest");
        if (ready == 0) return fail(ETIMEDOUT, "the guest does not answer");
        const auto fired = ::xenevtchn_pending(events_.get());
        if (fired < 0) return errno_error("learn which event it was");
        if (::xenevtchn_unmask(events_.get(), static_cast<evtchn_port_t>(fired)) != 0)
            return errno_error("unmask the event");
        return {};
    }

    std::unique_ptr<xengnttab_handle, CloseGrants> grants_;
    std::unique_ptr<xenevtchn_handle, CloseEvents> events_;
    volatile rtos::PinPage* page_ = nullptr;
    evtchn_port_t port_ = 0;
};

Result<std::uint32_t> run(DomainId domain, std::optional<std::uint32_t> wanted) {
    ZEROTH_TRY(auto page, PinPage::open(domain));
    return wanted ? page.ask(rtos::PinCommand::kSet, *wanted)
                  : page.ask(rtos::PinCommand::kRead, 0);
}

std::optional<std::uint16_t> parse_domain(std::string_view text) {
    std::uint16_t id = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), id);
    if (parsed.ec != std::errc{} || parsed.ptr != text.data() + text.size()) return std::nullopt;
    return id;
}

}  // namespace
}  // namespace zeroth::testing

int main(int argc, char** argv) {
    using namespace zeroth;
    const auto domain = argc >= 2 ? testing::parse_domain(argv[1]) : std::nullopt;
    const std::string_view wanted = argc == 3 ? argv[2] : "";
    if (!domain || argc > 3 || (argc == 3 && wanted != "0" && wanted != "1")) {
        fmt::print(stderr, "{}", testing::kUsage);
        return 2;
    }
    const auto set = argc == 3 ? std::optional{wanted == "1" ? 1U : 0U} : std::nullopt;
    const auto state = testing::run(DomainId{*domain}, set);
    if (!state) {
        fmt::print(stderr, "pin-state: {}\n", state.error().text());
        return 1;
    }
    fmt::print("{}\n", *state);
    return 0;
}
