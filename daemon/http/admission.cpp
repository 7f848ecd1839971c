// SPDX-License-Identifier: Apache-2.0
#include "daemon/http/admission.hpp"

#include <algorithm>

namespace zeroth::daemon::http {
namespace {

constexpr unsigned kRoot = 0;

}  // namespace

void Admission::Place::idle(std::function<void()> close) {
    guest_->close = std::move(close);
    guest_->idle_since = std::chrono::steady_clock::now();
    from_->guests_.splice(from_->guests_.end(), from_->guests_, guest_);
}

bool Admission::Place::begin_feed() {
    const auto feeds = std::ranges::count_if(from_->guests_, &Guest::on_feed);
    guest_->on_feed = static_cast<std::size_t>(feeds) < from_->limits_.feeds;
    return guest_->on_feed;
}

std::size_t Admission::of(unsigned user) const {
    const auto found = count_.find(user);
    return found == count_.end() ? 0 : found->second;
}

std::optional<Admission::Place> Admission::admit(unsigned user) {
    const auto of_users = [&] { return guests_.size() - of(kRoot); };
    if (user != kRoot) {
        const bool full = of(user) >= limits_.per_user || of_users() >= limits_.users;
        if (full && !make_room(user)) return std::nullopt;
    }
    if (guests_.size() >= limits_.connections &&
        !make_room(user == kRoot ? std::nullopt : std::optional{user})) {
        return std::nullopt;
    }
    ++count_[user];
    guests_.emplace_back().user = user;
    return Place{*this, std::prev(guests_.end())};
}

/// Whether an idle connection (of that user) was told to go. Its place is free at once; its socket
/// closes a little later.
bool Admission::make_room(std::optional<unsigned> user) {
    const auto now = std::chrono::steady_clock::now();
    const auto goes = std::ranges::find_if(guests_, [&](const Guest& guest) {
        return guest.close && (!user || guest.user == *user) &&
               now - guest.idle_since >= limits_.grace;
    });
    if (goes == guests_.end()) return false;
    const auto close = std::exchange(goes->close, nullptr);
    if (--count_[goes->user] == 0) count_.erase(goes->user);
    leaving_.splice(leaving_.end(), guests_, goes);
    close();
    return true;
}

void Admission::leave(Guests::iterator guest) {
    const bool told = std::ranges::any_of(leaving_, [&](const Guest& g) { return &g == &*guest; });
    if (told) {
        leaving_.erase(guest);
        return;
    }
    if (--count_[guest->user] == 0) count_.erase(guest->user);
    guests_.erase(guest);
}

}  // namespace zeroth::daemon::http
