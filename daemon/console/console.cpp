// SPDX-License-Identifier: Apache-2.0
#include "daemon/console/console.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/log.hpp"

namespace zeroth::daemon::console {
namespace {

/// Slices of a turn: a guest that prints without end waits for the others after them.
constexpr int kSlicesPerTurn = 4;
/// What was typed and the guest has not taken; more waits with who types.
constexpr std::size_t kMostInput = 4096;

}  // namespace

std::string Key::text() const {
    return fmt::format("the {} console {} of domain {}", zeroth::console::name_of(kind), number,
                       domain.raw());
}

Console::Console(Key key, Owner owner, Ends ends, std::shared_ptr<Log> log, const Limits& limits,
                 std::uint64_t patience)
    : key_{key},
      owner_{std::move(owner)},
      ends_{std::move(ends)},
      ring_{ends_.page.bytes()},
      log_{std::move(log)},
      bucket_{limits.rate, std::max<std::uint64_t>(limits.burst, kSlice)},
      patience_{patience} {
    ring_.mark_connected();
    // What the xld before has logged, but not taken out of the ring.
    const auto logged = log_->logged_from(ring_.consumer());
    std::array<char, kSlice> copy;
    const auto there = ring_.peek(
        std::span{copy}.first(static_cast<std::size_t>(std::min<std::uint64_t>(logged, kSlice))));
    ring_.consume(static_cast<std::uint32_t>(there.size()));
}

Console::~Console() {
    // A port that went with its domain cannot be unbound again.
    (void)ends_.channels.unbind(ends_.port);
}

void Console::open_pty(const boost::asio::any_io_executor& executor, PtyWatch& watch,
                       Cursor::Form form) {
    auto made = Pty::create(
        executor, watch, log_, form, patience_,
        [weak = weak_from_this()](Typist& typist, std::string_view bytes) {
            const auto self = weak.lock();
            return self ? self->type(typist, bytes) : bytes.size();
        },
        [weak = weak_from_this()](Typist& typist) {
            if (const auto self = weak.lock()) self->leave(typist);
        });
    if (made) {
        pty_ = *std::move(made);
    } else {
        log::warning("{} has no terminal: {}", key_.text(), made.error().text());
    }
}

/// Maps it where it is not.
bool Console::has_page() {
    used_ = true;
    if (ends_.page.is_mapped()) return true;
    const auto mapped = ends_.page.map();
    if (!mapped && !wants_page_) log::warning("{}: {}", key_.text(), mapped.error().text());
    wants_page_ = !mapped;
    if (mapped) ring_.move_to(ends_.page.bytes());
    return !wants_page_;
}

void Console::rest() {
    if (std::exchange(used_, false) || held_ || !ends_.page.is_mapped()) return;
    // What comes between this look and the end of the mapping comes with an event.
    if (!input_.empty() || ring_.has_output()) return;
    ring_.move_to({});
    ends_.page.unmap();
}

void Console::hold() { held_ = has_page(); }

bool Console::take_output(std::uint32_t most) {
    std::array<char, kSlice> copy;
    const auto bytes = ring_.peek(std::span{copy}.first(std::min(most, kSlice)));
    if (bytes.empty()) return false;
    // The order is what makes a SIGKILL lose nothing: only what is kept leaves the ring.
    log_->append_from(ring_.consumer(), bytes);
    ring_.consume(static_cast<std::uint32_t>(bytes.size()));
    bucket_.take(bytes.size());
    output_ += bytes.size();
    return true;
}

Console::Next Console::serve(Clock::time_point now) {
    if (!has_page()) return Next::kEvent;
    bool took = false;
    Next next = Next::kTurn;
    for (int slice = 0; slice < kSlicesPerTurn; ++slice) {
        const auto most = std::min<std::uint64_t>(bucket_.available(now), kSlice);
        if (most < kSlice && ring_.has_output() && bucket_.wait(kSlice).count() > 0) {
            ++held_up_;
            next = Next::kLater;
            break;
        }
        if (!take_output(static_cast<std::uint32_t>(most))) {
            next = Next::kEvent;
            break;
        }
        took = true;
    }
    if (took) {
        (void)ends_.channels.notify(ends_.port);
        show();
    }
    give_input();
    return next;
}

void Console::unmask() {
    if (const auto done = ends_.channels.unmask(ends_.port); !done)
        log::debug("{}: {}", key_.text(), done.error().text());
}

void Console::show() {
    if (pty_) pty_->pump();
    // One that goes says so, which changes the list.
    const auto viewers = viewers_;
    for (const auto& viewer : viewers) viewer->pump();
}

void Console::give_input() {
    if (!input_.empty() && has_page()) {
        const auto taken = ring_.put(input_);
        input_.erase(0, taken);
        if (taken > 0) (void)ends_.channels.notify(ends_.port);
    }
    if (!room_wanted_ || input_.size() >= kMostInput / 2) return;
    room_wanted_ = false;
    if (pen_ != nullptr) pen_->input_room();
}

std::size_t Console::type(Typist& typist, std::string_view bytes) {
    if (pen_ == nullptr) pen_ = &typist;
    if (pen_ != &typist) {
        if (std::ranges::find(warned_, &typist) == warned_.end()) {
            warned_.push_back(&typist);
            typist.notice(fmt::format("{} is typing here: what you type is dropped", pen_->name()));
        }
        return bytes.size();
    }
    const auto taken = std::min(bytes.size(), kMostInput - std::min(kMostInput, input_.size()));
    input_ += bytes.substr(0, taken);
    typed_ += taken;
    // Not before: nobody is to be asked for more while they are about to hear how much was taken.
    room_wanted_ = false;
    give_input();
    room_wanted_ = taken < bytes.size();
    return taken;
}

void Console::take_pen(Typist& typist) {
    if (pen_ == &typist) return;
    Typist* const before = std::exchange(pen_, &typist);
    warned_.clear();
    if (before == nullptr) return;
    warned_.push_back(before);
    before->notice(fmt::format("{} took over: what you type is dropped", typist.name()));
    before->input_room();
}

void Console::leave(Typist& typist) {
    std::erase(warned_, &typist);
    if (pen_ == &typist) {
        pen_ = nullptr;
        warned_.clear();
    }
    std::erase_if(viewers_, [&](const auto& viewer) {
        if (viewer.get() != &typist) return false;
        missed_ += viewer->missed();
        return true;
    });
}

std::uint64_t Console::start_of(const Wish& wish) const {
    const auto replay = log_->back(wish.replay);
    if (!wish.from) return replay;
    // Somebody who was here before, and has missed no more than there is.
    return std::clamp(*wish.from, log_->back(patience_), log_->end());
}

void Console::add_viewer(Viewer::Socket socket, const Wish& wish, std::string first) {
    Cursor cursor{log_, wish.form, patience_};
    cursor.move_to(start_of(wish));
    auto viewer =
        std::make_shared<Viewer>(std::move(socket), std::move(cursor), wish.form, wish.may);
    viewers_.push_back(viewer);
    viewer->start(weak_from_this(), std::move(first));
}

void Console::finish() {
    // The guest is gone and prints no more; twice the ring is all there can be.
    if (!ends_.page.is_mapped() && ends_.page.map()) ring_.move_to(ends_.page.bytes());
    for (int slice = 0; slice < 2 && ends_.page.is_mapped() && take_output(kSlice); ++slice) {
    }
    log_->forget_mark();
    show();
    for (const auto& viewer : std::exchange(viewers_, {})) viewer->finish();
    pen_ = nullptr;
    if (pty_) pty_->close();
    pty_.reset();
}

Console::Numbers Console::numbers() const {
    auto missed = missed_;
    for (const auto& viewer : viewers_) missed += viewer->missed();
    return {output_, typed_, log_->dropped(), missed, held_up_, ring_.lies(), viewers_.size()};
}

}  // namespace zeroth::daemon::console
