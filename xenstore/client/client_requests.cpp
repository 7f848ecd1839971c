// SPDX-License-Identifier: Apache-2.0
// What a Client can be asked, each by way of its `request` and `exchange`.
#include <fmt/format.h>

#include "xenstore/client/client.hpp"
#include "xenstore/client/payload.hpp"

namespace zeroth::xs {
namespace {

constexpr int kMaxUnknownCommits = 3;

}  // namespace

Result<std::vector<std::optional<std::string>>> Client::read(std::span<const std::string> paths) {
    std::vector<Message> requests;
    for (const auto& path : paths) requests.push_back({MessageType::kRead, 0, 0, with_nul(path)});
    ZEROTH_TRY(auto replies, exchange(std::move(requests)));
    return take_values(paths, std::move(replies));
}

Result<std::string> Client::value(std::string_view path, TransactionId transaction) {
    return request(MessageType::kRead, with_nul(path), fmt::format("read {}", path), transaction);
}

Result<std::vector<std::string>> Client::directory(std::string_view path) {
    auto listed = names(path);
    if (!listed && listed.error().is(ENOENT)) return std::vector<std::string>{};
    return listed;
}

Result<std::vector<std::string>> Client::names(std::string_view path, TransactionId transaction) {
    auto reply =
        request(MessageType::kDirectory, with_nul(path), fmt::format("list {}", path), transaction);
    if (reply) return split_nul(*reply);
    if (!reply.error().is(E2BIG)) return fail(std::move(reply).error());
    return names_in_parts(path, transaction);
}

Result<std::vector<std::string>> Client::names_in_parts(std::string_view path,
                                                        TransactionId transaction) {
    DirectoryParts parts{path};
    for (bool whole = false; !whole;) {
        ZEROTH_TRY(const auto part,
                   request(MessageType::kDirectoryPart, parts.next_request().payload,
                           fmt::format("list {}", path), transaction));
        ZEROTH_TRY(whole, parts.add(part));
    }
    return parts.names();
}

Result<std::vector<Permission>> Client::permissions(std::string_view path,
                                                    TransactionId transaction) {
    ZEROTH_TRY(const auto reply, request(MessageType::kGetPerms, with_nul(path),
                                         fmt::format("get permissions of {}", path), transaction));
    return parse_permissions(reply);
}

Result<> Client::write(std::string_view path, std::string_view value, TransactionId transaction) {
    ZEROTH_CHECK(request(MessageType::kWrite, with_nul(path).append(value),
                         fmt::format("write {}", path), transaction));
    return {};
}

Result<> Client::mkdir(std::string_view path, TransactionId transaction) {
    ZEROTH_CHECK(
        request(MessageType::kMkdir, with_nul(path), fmt::format("make {}", path), transaction));
    return {};
}

Result<> Client::remove(std::string_view path, TransactionId transaction) {
    ZEROTH_CHECK(
        request(MessageType::kRm, with_nul(path), fmt::format("remove {}", path), transaction));
    return {};
}

Result<> Client::set_permissions(std::string_view path, std::span<const Permission> permissions,
                                 TransactionId transaction) {
    ZEROTH_CHECK(request(MessageType::kSetPerms, permissions_payload(path, permissions),
                         fmt::format("set permissions of {}", path), transaction));
    return {};
}

Result<std::string> Client::control(std::span<const std::string> words) {
    std::string payload;
    for (const auto& word : words) payload += with_nul(word);
    ZEROTH_TRY(const auto reply, request(MessageType::kControl, std::move(payload), "control"));
    return std::string{without_nul(reply)};
}

Result<std::vector<Client::Node>> Client::look(std::span<const std::string> paths, Ask ask) {
    std::vector<Message> requests;
    for (const auto& path : paths) {
        requests.push_back({MessageType::kRead, 0, 0, with_nul(path)});
        requests.push_back({MessageType::kDirectory, 0, 0, with_nul(path)});
        if (ask == Ask::kPermissionsToo)
            requests.push_back({MessageType::kGetPerms, 0, 0, with_nul(path)});
    }
    ZEROTH_TRY(auto replies, exchange(std::move(requests)));
    auto reply = replies.begin();
    const auto next = [&](std::string_view what) -> Result<std::string> {
        if (const auto error = error_of(*reply)) {
            ++reply;
            return fail(*error, fmt::format("XenStore: {}", what));
        }
        return std::move(reply++->payload);
    };
    std::vector<Node> nodes;
    for (const auto& path : paths) {
        Node node;
        node.value = next("read " + path);
        const auto listed = next("list " + path);
        if (listed) {
            node.names = split_nul(*listed);
        } else {
            node.names = listed.error().is(E2BIG) ? names_in_parts(path, kNoTransaction)
                                                  : fail(listed.error());
        }
        if (ask == Ask::kPermissionsToo) {
            const auto list = next("get permissions of " + path);
            node.permissions = list ? parse_permissions(*list) : fail(list.error());
        }
        nodes.push_back(std::move(node));
    }
    return nodes;
}

Result<> Client::change(TransactionId transaction, std::span<const Change> changes) {
    ZEROTH_TRY(const auto replies, exchange(to_messages(transaction, changes)));
    return check_changes(changes, replies);
}

Result<> Client::prune(TransactionId transaction, std::span<const Change> changes) {
    for (const auto& change : changes) {
        const auto* prune = std::get_if<Prune>(&change);
        if (prune == nullptr) continue;
        ZEROTH_TRY(const auto answers, exchange(prune_questions(transaction, prune->path)));
        if (may_prune(answers)) ZEROTH_CHECK(remove(prune->path, transaction));
    }
    return {};
}

Result<> Client::apply(std::span<const Change> changes) {
    const auto body = [&](TransactionId transaction) -> Result<> {
        ZEROTH_CHECK(change(transaction, changes));
        return prune(transaction, changes);
    };
    const bool lone = changes.size() == 1 && !std::holds_alternative<Prune>(changes.front());
    // Changes made twice are as changes made once.
    for (int attempt = 0;; ++attempt) {
        auto done = lone ? change(kNoTransaction, changes) : transact(body);
        if (done || !done.error().is(ECONNRESET) || attempt == kMaxUnknownCommits) return done;
    }
}

Result<> Client::introduce(DomainId domain, GuestFrame ring, Port port) {
    const std::string payload = with_nul(fmt::format("{}", domain.raw())) +
                                with_nul(fmt::format("{}", ring.raw())) +
                                with_nul(fmt::format("{}", port.raw()));
    ZEROTH_CHECK(request(MessageType::kIntroduce, payload,
                         fmt::format("introduce domain {}", domain.raw())));
    return {};
}

}  // namespace zeroth::xs
