// SPDX-License-Identifier: Apache-2.0
#include "libdomain/hypervisor/sim/guests/store_session.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <utility>

#include "xenstore/wire/frame.hpp"

namespace zeroth::hyper::sim {
namespace {

std::vector<std::string> split(std::string_view payload) {
    std::vector<std::string> words;
    while (!payload.empty()) {
        const auto end = std::min(payload.find('\0'), payload.size());
        words.emplace_back(payload.substr(0, end));
        payload.remove_prefix(std::min(end + 1, payload.size()));
    }
    return words;
}

}  // namespace

std::string StoreSession::absolute(std::string_view path) const {
    return path.starts_with('/') || path.starts_with('@') ? std::string{path}
                                                          : home_ + std::string{path};
}

void StoreSession::send(xs::MessageType type, std::string_view payload, OnReply on_reply) {
    xs::encode(xs::Frame{type, ++last_id_, 0, payload}, output_);
    waiting_.emplace(last_id_, std::move(on_reply));
}

void StoreSession::request(xs::MessageType type, std::string_view payload, OnReply on_reply) {
    send(type, payload, std::move(on_reply));
}

void StoreSession::read(std::string_view path, OnReply on_reply) {
    send(xs::MessageType::kRead, absolute(path) + '\0', std::move(on_reply));
}

void StoreSession::list(std::string_view path,
                        std::function<void(const std::vector<std::string>& names)> on_names) {
    send(xs::MessageType::kDirectory, absolute(path) + '\0',
         [on_names = std::move(on_names)](const Result<std::string>& reply) {
             on_names(reply ? split(*reply) : std::vector<std::string>{});
         });
}

void StoreSession::write(std::string_view path, std::string_view value, OnReply on_reply) {
    send(xs::MessageType::kWrite, absolute(path) + '\0' + std::string{value}, std::move(on_reply));
}

void StoreSession::watch(std::string_view path, OnEvent on_event) {
    watches_.push_back({absolute(path), std::move(on_event)});
    send_watch(watches_.size() - 1);
}

void StoreSession::unwatch(std::string_view path) {
    const auto whole = absolute(path);
    for (std::size_t i = 0; i < watches_.size(); ++i) {
        if (watches_[i].path != whole) continue;
        send(xs::MessageType::kUnwatch, whole + '\0' + std::to_string(i) + '\0', {});
        // Its place stays, for the others' tokens.
        watches_[i] = {};
    }
}

void StoreSession::send_watch(std::size_t index) {
    send(xs::MessageType::kWatch, watches_[index].path + '\0' + std::to_string(index) + '\0', {});
}

void StoreSession::reconnected() {
    output_.clear();
    reader_ = {};
    for (auto& [id, on_reply] : std::exchange(waiting_, {})) {
        if (on_reply) on_reply(fail(ECONNRESET, "XenStore"));
    }
    for (std::size_t i = 0; i < watches_.size(); ++i) {
        if (watches_[i].on_event) send_watch(i);
    }
}

Result<> StoreSession::feed(std::string_view bytes) {
    reader_.feed(bytes);
    return take_messages();
}

Result<> StoreSession::take_messages() {
    for (;;) {
        ZEROTH_TRY(const auto message, reader_.next());
        if (!message) return {};
        take(*message);
    }
}

void StoreSession::take(const xs::Message& message) {
    if (message.type == xs::MessageType::kWatchEvent) {
        const auto words = split(message.payload);
        std::size_t index = 0;
        if (words.size() < 2) return;
        std::from_chars(words[1].data(), words[1].data() + words[1].size(), index);
        if (index >= watches_.size()) return;
        // Copied: what it does may add a watch.
        const auto on_event = watches_[index].on_event;
        if (!on_event) return;
        std::string_view path = words[0];
        if (path.starts_with(home_)) path.remove_prefix(home_.size());
        return on_event(path);
    }
    auto entry = waiting_.extract(message.request_id);
    if (entry.empty() || !entry.mapped()) return;
    if (message.type == xs::MessageType::kError) {
        const auto words = split(message.payload);
        return entry.mapped()(fail(xs::errno_of(words.empty() ? "" : words.front()), "XenStore"));
    }
    entry.mapped()(message.payload);
}

}  // namespace zeroth::hyper::sim
