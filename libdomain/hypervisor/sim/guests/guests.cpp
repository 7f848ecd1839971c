// SPDX-License-Identifier: Apache-2.0
#include "libdomain/hypervisor/sim/guests/guests.hpp"

#include <fmt/format.h>
#include <pthread.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <array>

#include "core/log.hpp"

namespace zeroth::hyper::sim {
namespace {

using namespace std::chrono_literals;

/// Between two tries to reach an xenstored that is away.
constexpr auto kRetry = 100ms;

}  // namespace

Guests::Guests(Machine& machine, std::optional<std::string> store, std::string dom0_store,
               UniqueFd epoll, UniqueFd bell)
    : machine_{machine},
      store_{std::move(store)},
      dom0_store_{std::move(dom0_store)},
      epoll_{std::move(epoll)},
      bell_{std::move(bell)} {}

Result<std::unique_ptr<Guests>> Guests::start(Machine& machine, std::optional<std::string> store,
                                              std::string dom0_store) {
    UniqueFd epoll{::epoll_create1(EPOLL_CLOEXEC)};
    UniqueFd bell{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
    if (!epoll || !bell) return errno_error("run simulated guests");
    epoll_event event{EPOLLIN, {.u64 = kBell}};
    ::epoll_ctl(epoll.get(), EPOLL_CTL_ADD, bell.get(), &event);
    std::unique_ptr<Guests> guests{new Guests{machine, std::move(store), std::move(dom0_store),
                                              std::move(epoll), std::move(bell)}};
    machine.observe(guests.get());
    // Signals are for the threads of whoever runs us.
    sigset_t all, before;
    sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before);
    guests->thread_ = std::thread{[self = guests.get()] { self->loop(); }};
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    return guests;
}

Guests::~Guests() {
    machine_.observe(nullptr);
    {
        const std::scoped_lock lock{mutex_};
        news_.stop = true;
    }
    ring_bell();
    thread_.join();
}

void Guests::ring_bell() { ::eventfd_write(bell_.get(), 1); }

void Guests::wake(DomainId id) {
    const std::scoped_lock lock{mutex_};
    if (news_.woken.insert(id).second) ring_bell();
}

void Guests::ended(DomainId id, End how) {
    const std::scoped_lock lock{mutex_};
    news_.ended.emplace_back(id, how);
    ring_bell();
}

Guests::News Guests::take_news() {
    eventfd_t count = 0;
    ::eventfd_read(bell_.get(), &count);
    const std::scoped_lock lock{mutex_};
    News news;
    std::swap(news.woken, news_.woken);
    std::swap(news.ended, news_.ended);
    news.stop = news_.stop;
    return news;
}

bool Guests::is_away() const {
    return (store_ && !announcer_line_.endpoint) || !backends_line_.endpoint;
}

int Guests::patience() const {
    const bool away = is_away();
    if (deadlines_.empty()) return away ? static_cast<int>(kRetry / 1ms) : -1;
    const auto left = deadlines_.begin()->first - Guest::Clock::now();
    const auto wait = std::clamp(std::chrono::ceil<std::chrono::milliseconds>(left), 0ms,
                                 std::chrono::milliseconds{away ? kRetry : 60'000ms});
    return static_cast<int>(wait / 1ms);
}

void Guests::loop() {
    announce();
    serve_devices();
    for (;;) {
        std::array<epoll_event, 64> events;
        const int count = ::epoll_wait(epoll_.get(), events.data(), events.size(), patience());
        for (int i = 0; i < count; ++i) {
            const auto& event = events.at(static_cast<std::size_t>(i));
            if (event.data.u64 != kBell) arrived(event.data.u64);
        }
        const auto news = take_news();
        if (news.stop) return;
        hear(news);
        due();
        if (store_ && !announcer_line_.endpoint) announce();
        if (!backends_line_.endpoint) serve_devices();
    }
}

void Guests::hear(const News& news) {
    for (const auto id : news.woken) step(id);
    for (const auto& [id, how] : news.ended) {
        if (how == End::kDestroyed) forget(id);
        if (store_) announcer_.ended(id, how);
    }
    if (!news.ended.empty()) announce();
}

void Guests::due() {
    const auto now = Guest::Clock::now();
    while (!deadlines_.empty() && deadlines_.begin()->first <= now) {
        const auto id = deadlines_.begin()->second;
        if (const auto found = guests_.find(id); found != guests_.end()) {
            sleep_until(id, found->second, std::nullopt);
        }
        step(id);
    }
}

/// The guest with this domid, which may have begun to run just now.
Guests::Entry* Guests::entry_of(DomainId id, GuestCpu& cpu) {
    if (const auto found = guests_.find(id); found != guests_.end()) return &found->second;
    auto& entry = guests_[id];
    const auto text = program_text(cpu.page(frame_of(cpu.entry())));
    if (!text) return &entry;
    auto program = parse_program(*text);
    if (!program) {
        log::warning("domain {}: {}", id.raw(), program.error().text());
        return &entry;
    }
    entry.guest = std::make_unique<Guest>(
        id, *std::move(program), store_ ? Guest::StoreBy::kCarrier : Guest::StoreBy::kRing);
    return &entry;
}

void Guests::step(DomainId id) {
    auto cpu = machine_.run(id);
    if (!cpu) return;
    auto& entry = *entry_of(id, *cpu);
    if (!entry.guest) return;
    const auto deadline = entry.guest->run(*cpu, Guest::Clock::now());
    cpu.reset();
    sleep_until(id, entry, deadline);
    if (store_) carry(id.raw(), entry.guest->store(), entry.line);
}

void Guests::sleep_until(DomainId id, Entry& entry, std::optional<Guest::Time> deadline) {
    if (entry.deadline) deadlines_.erase({*entry.deadline, id});
    entry.deadline = deadline;
    if (deadline) deadlines_.emplace(*deadline, id);
}

void Guests::forget(DomainId id) {
    const auto found = guests_.find(id);
    if (found == guests_.end()) return;
    sleep_until(id, found->second, std::nullopt);
    guests_.erase(found);
}

}  // namespace zeroth::hyper::sim
