// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "xenstore/client/store.hpp"
#include "xenstore/client/watch.hpp"
#include "xenstore/wire/message.hpp"

/// What a client puts into requests and takes out of replies; no I/O.
namespace zeroth::xs {

std::string with_nul(std::string_view text);
std::string_view without_nul(std::string_view payload);
std::vector<std::string> split_nul(std::string_view payload);

/// nullopt for a reply that is no error.
std::optional<int> error_of(const Message& reply);

/// Of a change that is one request: any but a Prune.
Message to_message(const Change& change);
std::string describe(const Change& change);
std::string permissions_payload(std::string_view path, std::span<const Permission> permissions);

/// EPROTO for a reply to GET_PERMS that is none.
Result<std::vector<Permission>> parse_permissions(std::string_view payload);

Message watch_request(const Watch& watch);
Result<WatchEvent> parse_event(const Message& message);
Result<TransactionId> parse_transaction(std::string_view payload);

/// What READ said of each path; nullopt for a node that is not there.
Result<std::vector<std::optional<std::string>>> take_values(std::span<const std::string> paths,
                                                            std::vector<Message> replies);

/// The changes' requests; a Prune has none.
std::vector<Message> to_messages(TransactionId transaction, std::span<const Change> changes);
/// What of the changes was refused.
Result<> check_changes(std::span<const Change> changes, std::span<const Message> replies);
/// What to ask before a node is pruned, and whether the answers allow it.
std::vector<Message> prune_questions(TransactionId transaction, std::string_view path);
bool may_prune(std::span<const Message> answers);

/// Whether requests that may have been carried out already can be sent once more. EAGAIN: they
/// belong to a transaction, which is no more. ECONNRESET: doing them twice is not doing them once.
Result<> check_repeatable(std::span<const Message> unanswered);

/// The names below a node that are too many for one reply, joined from the replies to
/// DIRECTORY_PART; from the start again if the node changed in between.
class DirectoryParts {
public:
    explicit DirectoryParts(std::string_view path) : path_{path} {}

    Message next_request() const;
    /// Takes the reply; true once the list is whole.
    Result<bool> add(std::string_view payload);
    std::vector<std::string> names() const { return split_nul(names_); }

private:
    std::string path_, generation_, names_;
};

}  // namespace zeroth::xs
