// SPDX-License-Identifier: Apache-2.0
#include "daemon/console/hub.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <cerrno>

#include "core/log.hpp"

namespace zeroth::daemon::console {
namespace {

using boost::system::error_code;

/// The shortest rest of those that print too much: one timer serves them all.
constexpr std::chrono::milliseconds kShortestRest{5};
/// A console at which nothing happens for as long, or at most twice as long, has no page mapped.
constexpr std::chrono::seconds kRest{5};

}  // namespace

Hub::Hub(boost::asio::io_context& io, hyper::Privcmd& seam, hyper::GrantTable& grants,
         hyper::EventChannels& channels, const Settings& settings, Tell tell)
    : io_{io},
      seam_{seam},
      grants_{grants},
      channels_{channels},
      limits_{settings.limits},
      tell_{std::move(tell)},
      folder_{std::make_shared<LogFolder>(settings.log_folder, settings.logs)},
      marks_{settings.marks},
      watch_{io.get_executor()},
      events_{io, channels.fd()},
      timer_{io},
      rest_timer_{io} {
    wait_for_events();
    rest_now_and_then();
}

Hub::~Hub() {
    // The descriptor is not ours to close.
    events_.release();
}

Result<std::shared_ptr<Console>> Hub::attach(const Description& description) {
    const auto& key = description.key;
    if (auto known = find(key)) return known;
    // The port first: who has it serves the console, and is not to be disturbed.
    auto port = channels_.bind_interdomain(key.domain, description.port);
    // What Xen says of a port that is not, or no longer, free to be bound.
    if (!port && port.error().is(EINVAL))
        return fail(Error::message(EBUSY, key.text() + " is served by somebody else"));
    if (!port) return fail(std::move(port).error().within("serve " + key.text()));
    auto page = Page::map(seam_, grants_, {key.domain, description.grant, description.frame});
    if (!page) {
        (void)channels_.unbind(*port);
        return fail(std::move(page).error().within("serve " + key.text()));
    }
    auto opened = open_log(description);
    auto console = std::make_shared<Console>(
        key, Owner{description.uuid, description.domain_name},
        Console::Ends{*std::move(page), channels_, *port}, std::move(opened.log), limits_,
        std::max<std::uint64_t>(description.patience, zeroth::console::Recent::kReplay));
    using Use = Description::Use;
    if (description.use != Use::kSocketChannel)
        console->open_pty(
            io_.get_executor(), watch_,
            description.use == Use::kChannel ? Cursor::Form::kBare : Cursor::Form::kRaw);
    consoles_[key] = console;
    by_port_[*port] = console;
    // What it printed before we came.
    schedule(console);
    log::info("serving {} ({}) at {}", key.text(), description.domain_name, console->tty());
    if (!opened.known) tell(Happening::What::kAttached, *console, console->tty());
    return console;
}

void Hub::tell(Happening::What what, const Console& console, std::string detail,
               std::string code) const {
    if (tell_) tell_({what, console.key(), console.owner(), std::move(detail), std::move(code)});
}

void Hub::tell_drops(const Console& console, const std::optional<Dropped>& dropped) const {
    if (!dropped) return;
    const auto one = [&](std::uint64_t bytes, const char* why, const char* code) {
        if (bytes == 0) return;
        tell(Happening::What::kDropped, console,
             fmt::format("{} bytes of {}: {}", bytes, console.log()->path(), why), code);
    };
    one(dropped->rotated, "the oldest, as there is room for newer ones only", "rotated");
    one(dropped->unwritten, "it could not be written to", "unwritten");
}

Hub::OpenLog Hub::open_log(const Description& description) {
    const auto& key = description.key;
    if (description.use != Description::Use::kConsole) return {std::make_shared<Log>()};
    const auto marked = marks_.find(key, description.uuid);
    auto log = std::make_shared<Log>(
        folder_, zeroth::console::log_name(description.domain_name, key.kind, key.number),
        marked.mark);
    if (description.fresh && !marked.known) log->begin_here();
    marked_[key] = marked.mark;
    return {std::move(log), marked.known};
}

std::shared_ptr<Console> Hub::find(const Key& key) const {
    const auto found = consoles_.find(key);
    return found == consoles_.end() ? nullptr : found->second;
}

std::vector<std::shared_ptr<Console>> Hub::of(DomainId domain) const {
    std::vector<Held> found;
    for (auto it = consoles_.lower_bound(Key{domain, {}, 0});
         it != consoles_.end() && it->first.domain == domain; ++it) {
        found.push_back(it->second);
    }
    return found;
}

std::vector<DomainId> Hub::domains() const {
    std::vector<DomainId> ids;
    for (const auto& [key, console] : consoles_) {
        if (ids.empty() || ids.back() != key.domain) ids.push_back(key.domain);
    }
    return ids;
}

void Hub::detach(const Key& key) {
    const auto console = find(key);
    if (!console) return;
    consoles_.erase(key);
    by_port_.erase(console->port());
    const auto same = [&](const Held& other) { return other == console; };
    std::erase_if(queue_, same);
    std::erase_if(later_, same);
    console->finish();
    tell_drops(*console, console->drop_report().rest(console->log()->dropped()));
    tell(Happening::What::kDetached, *console, {});
    Marks::release(std::exchange(marked_[key], nullptr));
    marked_.erase(key);
    log::info("no longer serving {}", key.text());
}

void Hub::detach(DomainId domain) {
    for (const auto& console : of(domain)) detach(console->key());
}

void Hub::hold(DomainId domain) {
    for (const auto& console : of(domain)) console->hold();
}

void Hub::forget_former(const std::set<DomainId>& alive) {
    marks_.release_others([&](const Key& key) { return alive.contains(key.domain); });
}

void Hub::rename(DomainId domain, const std::string& name) {
    for (const auto& console : of(domain)) {
        const auto& key = console->key();
        console->log()->rename(zeroth::console::log_name(name, key.kind, key.number));
        console->rename(name);
    }
}

void Hub::reopen_logs() {
    for (const auto& [key, console] : consoles_) console->log()->reopen();
}

void Hub::apply(const Settings& settings) {
    folder_->set_limits(settings.logs);
    limits_ = settings.limits;
}

void Hub::wait_for_events() {
    events_.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                       [this](const error_code& error) {
                           if (error) return;
                           take_events();
                           wait_for_events();
                       });
}

void Hub::take_events() {
    for (int event = 0; event < hyper::EventChannels::kAtOnce; ++event) {
        const auto port = channels_.pending();
        if (!port) return;
        const auto found = by_port_.find(*port);
        if (found != by_port_.end()) schedule(found->second);
    }
}

void Hub::rest() {
    for (const auto& [key, console] : consoles_) {
        if (console->wants_page()) schedule(console);
        console->rest();
    }
}

void Hub::rest_now_and_then() {
    rest_timer_.expires_after(kRest);
    rest_timer_.async_wait([this](const error_code& error) {
        if (error) return;
        rest();
        rest_now_and_then();
    });
}

void Hub::schedule(Held console) {
    if (std::ranges::find(queue_, console) != queue_.end()) return;
    queue_.push_back(std::move(console));
    post_turn();
}

void Hub::post_turn() {
    if (std::exchange(turn_posted_, true)) return;
    boost::asio::post(io_, [this] {
        turn_posted_ = false;
        turn();
    });
}

/// Each that waits is served once; then whatever else the thread has to do comes first.
void Hub::turn() {
    for (auto count = queue_.size(); count > 0 && !queue_.empty(); --count) {
        const Held console = std::move(queue_.front());
        queue_.pop_front();
        serve(console);
    }
    if (!queue_.empty()) post_turn();
}

void Hub::serve(const Held& console) {
    const auto now = Console::Clock::now();
    const auto next = console->serve(now);
    tell_drops(*console, console->drop_report().due(console->log()->dropped(), now));
    switch (next) {
        case Console::Next::kEvent:
            return console->unmask();
        case Console::Next::kTurn:
            return queue_.push_back(console);
        case Console::Next::kLater:
            return serve_later(console);
    }
}

void Hub::serve_later(Held console) {
    later_.push_back(std::move(console));
    if (later_.size() > 1) return;
    const auto wait = std::max<std::chrono::nanoseconds>(later_.front()->wait(), kShortestRest);
    timer_.expires_after(std::chrono::duration_cast<std::chrono::milliseconds>(wait));
    timer_.async_wait([this](const error_code& error) {
        if (error) return;
        for (auto& held : std::exchange(later_, {})) schedule(std::move(held));
    });
}

}  // namespace zeroth::daemon::console
