// SPDX-License-Identifier: Apache-2.0
// The modes that walk: xenstore-ls and xenstore-chmod. Both ask for many nodes in one send.
#include <fmt/format.h>

#include <algorithm>

#include "xenstore/client/payload.hpp"
#include "xenstore/tools/ls_line.hpp"
#include "xenstore/tools/modes.hpp"
#include "xenstore/tools/quote.hpp"

namespace zeroth::xs::tools {
namespace {

/// How many nodes are asked for at once.
constexpr std::size_t kBatch = 256;

std::string child(const std::string& path, const std::string& name) {
    return path + (path.ends_with('/') ? "" : "/") + name;
}

std::vector<std::string> children(const std::string& path, std::span<const std::string> names) {
    std::vector<std::string> paths;
    for (const auto& name : names) paths.push_back(child(path, name));
    return paths;
}

std::unexpected<Error> cannot(const Error& error, std::string what) {
    return fail(Error{error.code(), std::move(what)});
}

class Lister {
public:
    Lister(const CommandLine& line, Client& client, const Terminal& terminal)
        : line_{line}, client_{client}, terminal_{terminal} {
        const bool whole = line.has('f');
        style_.names = whole ? LsStyle::Names::kWholePaths : LsStyle::Names::kIndented;
        style_.width = whole ? LsStyle::kNoLimit : kDefaultWidth;
        if (terminal.columns) style_.width = *terminal.columns - 2;
    }

    Result<> list(const std::string& path) {
        const auto names = client_.names(path);
        if (!names) return cannot(names.error(), "could not list path " + path);
        return list_below(path, *names, 0);
    }
    bool printed() const { return printed_; }

private:
    static constexpr int kDefaultWidth = 80;

    Result<> list_below(const std::string& path, std::span<const std::string> names,
                        std::size_t depth) {
        const auto ask =
            line_.has('p') ? Client::Ask::kPermissionsToo : Client::Ask::kValueAndNames;
        for (std::size_t first = 0; first < names.size(); first += kBatch) {
            const auto count = std::min(kBatch, names.size() - first);
            const auto paths = children(path, names.subspan(first, count));
            ZEROTH_TRY(const auto nodes, client_.look(paths, ask));
            for (std::size_t i = 0; i < count; ++i) {
                print(paths[i], depth, nodes[i]);
                ZEROTH_CHECK(list_names(paths[i], depth, nodes[i]));
            }
        }
        return {};
    }

    Result<> list_names(const std::string& path, std::size_t depth, const Client::Node& node) {
        if (node.names) return list_below(path, *node.names, depth + 1);
        if (node.names.error().is(ENOENT)) return {};  // it went away meanwhile
        return cannot(node.names.error(), "could not list path " + path);
    }

    void print(const std::string& path, std::size_t depth, const Client::Node& node) {
        if (line_.has('j')) return print_json(path, node);
        LsNode row{path, depth, {}, {}};
        if (node.value) row.value = *node.value;
        if (line_.has('p') && node.permissions) row.permissions = *node.permissions;
        if (!node.permissions) {
            fmt::print(terminal_.err, "{}: could not access permissions for {}\n", line_.name,
                       path);
        }
        terminal_.print(ls_line(row, style_));
    }

    void print_json(const std::string& path, const Client::Node& node) {
        std::string row =
            fmt::format("{}  {{\"path\": {}, \"value\": {}", printed_ ? ",\n" : "[\n",
                        json_string(path), node.value ? json_string(*node.value) : "null");
        if (line_.has('p') && node.permissions) {
            std::string list;
            for (const auto& permission : *node.permissions)
                list += (list.empty() ? "" : ", ") + json_string(permission.text());
            row += ", \"permissions\": [" + list + ']';
        }
        terminal_.print(row + '}');
        printed_ = true;
    }

    const CommandLine& line_;
    Client& client_;
    const Terminal& terminal_;
    LsStyle style_;
    bool printed_ = false;
};

Result<std::vector<Permission>> parse_permissions(std::span<const std::string> words) {
    std::vector<Permission> permissions;
    for (const auto& word : words) {
        // A letter alone is for domain 0.
        auto permission = Permission::parse(word.size() == 1 ? word + '0' : word);
        if (!permission) return fail(fmt::format("Invalid permission specification: '{}'", word));
        permissions.push_back(*permission);
    }
    return permissions;
}

/// The path and what is above it, but for the root.
std::vector<std::string> with_ancestors(std::string path) {
    std::vector<std::string> paths{path};
    for (auto slash = path.rfind('/'); slash != 0 && slash != std::string::npos;
         slash = path.rfind('/')) {
        path.resize(slash);
        paths.push_back(path);
    }
    return paths;
}

Result<> set_all(Client& client, TransactionId transaction, std::span<const std::string> paths,
                 std::span<const Permission> permissions) {
    std::vector<Message> requests;
    for (const auto& path : paths) {
        requests.push_back(
            {MessageType::kSetPerms, 0, transaction.raw(), permissions_payload(path, permissions)});
    }
    ZEROTH_TRY(const auto replies, client.exchange(std::move(requests)));
    for (std::size_t i = 0; i < replies.size(); ++i) {
        if (const auto error = error_of(replies[i]))
            return fail(*error,
                        fmt::format("Error occurred setting permissions on '{}'", paths[i]));
    }
    return {};
}

Result<> set_below(Client& client, TransactionId transaction, const std::string& path,
                   std::span<const Permission> permissions) {
    const auto names = client.names(path, transaction);
    if (!names) return cannot(names.error(), "could not list path " + path);
    const auto paths = children(path, *names);
    ZEROTH_CHECK(set_all(client, transaction, paths, permissions));
    for (const auto& each : paths) {
        ZEROTH_CHECK(set_below(client, transaction, each, permissions));
    }
    return {};
}

}  // namespace

Result<int> ls(const CommandLine& line, Client& client, const Terminal& terminal) {
    Lister lister{line, client, terminal};
    const std::vector<std::string> root{"/"};
    for (const auto& path : line.words.empty() ? root : line.words) {
        ZEROTH_CHECK(lister.list(path));
    }
    if (line.has('j')) terminal.print(lister.printed() ? "\n]\n" : "[]\n");
    return 0;
}

Result<int> chmod(const CommandLine& line, Client& client) {
    const auto& path = line.words.front();
    ZEROTH_TRY(const auto permissions, parse_permissions(std::span{line.words}.subspan(1)));
    const auto body = [&](TransactionId transaction) -> Result<> {
        const auto paths = line.has('u') ? with_ancestors(path) : std::vector{path};
        ZEROTH_CHECK(set_all(client, transaction, paths, permissions));
        return line.has('r') ? set_below(client, transaction, path, permissions) : Result<>{};
    };
    ZEROTH_CHECK(client.transact(body));
    return 0;
}

}  // namespace zeroth::xs::tools
