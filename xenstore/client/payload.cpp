// SPDX-License-Identifier: Apache-2.0
#include "xenstore/client/payload.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace zeroth::xs {
namespace {

/// Whether the store, and what others see of it, end up the same if it is carried out twice.
bool is_repeatable(const Message& request) {
    switch (request.type) {
        case MessageType::kControl:
        case MessageType::kRelease:
        case MessageType::kResume:
        case MessageType::kResetWatches:
            return false;
        case MessageType::kTransactionEnd:
            return request.payload.starts_with('F');
        default:
            return true;
    }
}

}  // namespace

std::string with_nul(std::string_view text) { return std::string{text} + '\0'; }

std::string_view without_nul(std::string_view payload) {
    return payload.ends_with('\0') ? payload.substr(0, payload.size() - 1) : payload;
}

std::vector<std::string> split_nul(std::string_view payload) {
    std::vector<std::string> parts;
    while (!payload.empty()) {
        const auto end = payload.find('\0');
        parts.emplace_back(payload.substr(0, end));
        if (end == std::string_view::npos) break;
        payload.remove_prefix(end + 1);
    }
    return parts;
}

std::optional<int> error_of(const Message& reply) {
    if (reply.type != MessageType::kError) return std::nullopt;
    return errno_of(without_nul(reply.payload));
}

std::string permissions_payload(std::string_view path, std::span<const Permission> permissions) {
    std::string payload = with_nul(path);
    for (const auto& permission : permissions) payload += with_nul(permission.text());
    return payload;
}

Message to_message(const Change& change) {
    if (const auto* write = std::get_if<Write>(&change)) {
        return {MessageType::kWrite, 0, 0, with_nul(write->path) + write->value};
    }
    if (const auto* set = std::get_if<SetPermissions>(&change)) {
        return {MessageType::kSetPerms, 0, 0, permissions_payload(set->path, set->permissions)};
    }
    return {MessageType::kRm, 0, 0, with_nul(std::get<Remove>(change).path)};
}

std::string describe(const Change& change) {
    if (const auto* write = std::get_if<Write>(&change)) return "write " + write->path;
    if (const auto* set = std::get_if<SetPermissions>(&change))
        return "set permissions of " + set->path;
    if (const auto* remove = std::get_if<Remove>(&change)) return "remove " + remove->path;
    return "prune " + std::get<Prune>(change).path;
}

Result<std::vector<Permission>> parse_permissions(std::string_view payload) {
    std::vector<Permission> permissions;
    for (const auto& text : split_nul(payload)) {
        const auto permission = Permission::parse(text);
        if (!permission) return fail(EPROTO, fmt::format("XenStore gave a permission '{}'", text));
        permissions.push_back(*permission);
    }
    return permissions;
}

Message watch_request(const Watch& watch) {
    std::string payload = with_nul(watch.path) + with_nul(watch.token);
    if (watch.depth) payload += with_nul(fmt::format("{}", *watch.depth));
    return {MessageType::kWatch, 0, 0, std::move(payload)};
}

Result<WatchEvent> parse_event(const Message& message) {
    auto parts = split_nul(message.payload);
    if (parts.size() != 2) return fail(EPROTO, "XenStore: a watch's event");
    return WatchEvent{std::move(parts[0]), std::move(parts[1])};
}

Result<TransactionId> parse_transaction(std::string_view payload) {
    const auto digits = without_nul(payload);
    TransactionId::Raw id = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), id);
    if (error != std::errc{} || end != digits.data() + digits.size() || id == 0) {
        return fail(EPROTO, "XenStore: start a transaction");
    }
    return TransactionId{id};
}

Result<std::vector<std::optional<std::string>>> take_values(std::span<const std::string> paths,
                                                            std::vector<Message> replies) {
    std::vector<std::optional<std::string>> values;
    for (std::size_t i = 0; i < replies.size(); ++i) {
        const auto error = error_of(replies[i]);
        if (error && *error != ENOENT) return fail(*error, "XenStore: read " + paths[i]);
        values.push_back(error ? std::nullopt : std::optional{std::move(replies[i].payload)});
    }
    return values;
}

std::vector<Message> to_messages(TransactionId transaction, std::span<const Change> changes) {
    std::vector<Message> requests;
    for (const auto& change : changes) {
        if (std::holds_alternative<Prune>(change)) continue;
        requests.push_back(to_message(change));
        requests.back().transaction_id = transaction.raw();
    }
    return requests;
}

Result<> check_changes(std::span<const Change> changes, std::span<const Message> replies) {
    auto reply = replies.begin();
    for (const auto& change : changes) {
        if (std::holds_alternative<Prune>(change)) continue;
        const auto error = error_of(*reply++);
        const bool gone = error == ENOENT && std::holds_alternative<Remove>(change);
        if (error && !gone) return fail(*error, "XenStore: " + describe(change));
    }
    return {};
}

std::vector<Message> prune_questions(TransactionId transaction, std::string_view path) {
    std::vector<Message> questions;
    questions.push_back({MessageType::kDirectory, 0, transaction.raw(), with_nul(path)});
    questions.push_back({MessageType::kRead, 0, transaction.raw(), with_nul(path)});
    return questions;
}

bool may_prune(std::span<const Message> answers) {
    return std::ranges::all_of(
        answers, [](const Message& answer) { return !error_of(answer) && answer.payload.empty(); });
}

Result<> check_repeatable(std::span<const Message> unanswered) {
    for (const auto& request : unanswered) {
        if (request.transaction_id != 0 && request.type != MessageType::kTransactionEnd) {
            return fail(EAGAIN, "XenStore went away in the middle of a transaction");
        }
        if (!is_repeatable(request)) {
            return fail(Error::message(ECONNRESET,
                                       "XenStore went away before it answered: "
                                       "whether it did what was asked is unknown"));
        }
    }
    return {};
}

Message DirectoryParts::next_request() const {
    return {MessageType::kDirectoryPart, 0, 0,
            with_nul(path_) + with_nul(fmt::format("{}", names_.size()))};
}

Result<bool> DirectoryParts::add(std::string_view payload) {
    const auto end = payload.find('\0');
    if (end == std::string_view::npos) {
        return fail(EPROTO, fmt::format("XenStore: list {}", path_));
    }
    const auto generation = payload.substr(0, end);
    if (!names_.empty() && generation != generation_) {
        names_.clear();
        return false;
    }
    const auto part = payload.substr(end + 1);
    if (part.empty() && !names_.empty()) {
        return fail(EPROTO, fmt::format("XenStore: list {}: an empty part", path_));
    }
    generation_ = generation;
    names_ += part;
    // An empty name, that is a second NUL, closes the list.
    if (names_.empty() || names_ == std::string_view{"\0", 1}) {
        names_.clear();
        return true;
    }
    if (!names_.ends_with(std::string_view{"\0\0", 2})) return false;
    names_.pop_back();
    return true;
}

}  // namespace zeroth::xs
