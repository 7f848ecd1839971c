// SPDX-License-Identifier: Apache-2.0
#include "xenstore/tools/modes.hpp"

#include <fmt/format.h>

#include <functional>

#include "xenstore/client/payload.hpp"
#include "xenstore/tools/quote.hpp"
#include "xenstore/wire/message.hpp"

namespace zeroth::xs::tools {
namespace {

constexpr int kControlFailed = 3;

/// The replies to one request per path, in one send.
Result<std::vector<Message>> ask(Client& client, MessageType type, TransactionId transaction,
                                 std::span<const std::string> paths) {
    std::vector<Message> requests;
    for (const auto& path : paths) {
        requests.push_back({type, 0, transaction.raw(), with_nul(path)});
    }
    return client.exchange(std::move(requests));
}

/// The Error that names the path, if the reply is one.
Result<> check(const Message& reply, std::string_view what, std::string_view path) {
    if (const auto error = error_of(reply)) {
        return fail(*error, fmt::format("{} {}", what, path));
    }
    return {};
}

using Body = std::function<Result<>(TransactionId)>;

/// What touches one node needs no transaction.
Result<> one_or_all(const CommandLine& line, Client& client, std::size_t words_of_one,
                    const Body& body) {
    return line.words.size() == words_of_one ? body(kNoTransaction) : client.transact(body);
}

std::string json_of(const std::vector<std::string>& texts) {
    std::string out;
    for (const auto& text : texts) out += (out.empty() ? "" : ", ") + json_string(text);
    return '[' + out + ']';
}

std::string json_list(const std::string& rows) {
    return rows.empty() ? "[]\n" : "[\n" + rows + "\n]\n";
}

std::string read_row(const CommandLine& line, const std::string& path, const std::string& value) {
    if (line.has('j')) {
        return fmt::format("  {{\"path\": {}, \"value\": {}}}", json_string(path),
                           json_string(value));
    }
    const auto prefix = line.has('p') ? path + ": " : "";
    return prefix + (line.has('R') ? value : quote(value) + '\n');
}

std::string list_rows(const CommandLine& line, const std::string& path,
                      const std::vector<std::string>& names) {
    if (line.has('j')) {
        return fmt::format("  {{\"path\": {}, \"names\": {}}}", json_string(path), json_of(names));
    }
    const auto prefix = line.has('p') ? path + '/' : "";
    std::string rows;
    for (const auto& name : names) rows.append(prefix).append(name).append("\n");
    return rows;
}

/// Removes the ancestors that are left without a value and without children.
Result<> tidy(Client& client, TransactionId transaction, std::string path) {
    for (;;) {
        path.resize(path.find_last_of('/') == std::string::npos ? 0 : path.find_last_of('/'));
        if (path.empty()) return {};
        const auto value = client.value(path, transaction);
        if (!value || !value->empty()) return {};
        const auto names = client.names(path, transaction);
        if (!names || !names->empty()) return {};
        if (auto removed = client.remove(path, transaction); !removed) {
            return fail(removed.error().code().value(), "could not remove path " + path);
        }
    }
}

/// What was got before a failure is printed too, unless it would be half a JSON list.
Result<int> print_rows(const CommandLine& line, const Terminal& terminal, Result<> done,
                       const std::string& rows) {
    const bool json = line.has('j');
    if (done || !json) terminal.print(done && json ? json_list(rows) : rows);
    ZEROTH_CHECK(std::move(done));
    return 0;
}

}  // namespace

Result<int> read(const CommandLine& line, Client& client, const Terminal& terminal) {
    std::string out;
    const auto body = [&](TransactionId transaction) -> Result<> {
        out.clear();
        ZEROTH_TRY(const auto replies, ask(client, MessageType::kRead, transaction, line.words));
        for (std::size_t i = 0; i < replies.size(); ++i) {
            ZEROTH_CHECK(check(replies[i], "couldn't read path", line.words[i]));
            if (line.has('j') && i > 0) out += ",\n";
            out += read_row(line, line.words[i], replies[i].payload);
        }
        return {};
    };
    return print_rows(line, terminal, one_or_all(line, client, 1, body), out);
}

Result<int> write(const CommandLine& line, Client& client) {
    std::vector<Message> requests;
    for (std::size_t i = 0; i < line.words.size(); i += 2) {
        const auto& value = line.words[i + 1];
        requests.push_back({MessageType::kWrite, 0, 0,
                            with_nul(line.words[i]) + (line.has('R') ? value : unquote(value))});
        if (requests.back().payload.size() > kMaxPayload) {
            return fail(fmt::format("could not write path {}: with its value it is over {} bytes",
                                    line.words[i], kMaxPayload));
        }
    }
    const auto body = [&](TransactionId transaction) -> Result<> {
        for (auto& request : requests) request.transaction_id = transaction.raw();
        ZEROTH_TRY(const auto replies, client.exchange(requests));
        for (std::size_t i = 0; i < replies.size(); ++i) {
            ZEROTH_CHECK(check(replies[i], "could not write path", line.words[2 * i]));
        }
        return {};
    };
    ZEROTH_CHECK(one_or_all(line, client, 2, body));
    return 0;
}

Result<int> rm(const CommandLine& line, Client& client) {
    const auto body = [&](TransactionId transaction) -> Result<> {
        ZEROTH_TRY(const auto replies, ask(client, MessageType::kRm, transaction, line.words));
        for (std::size_t i = 0; i < replies.size(); ++i) {
            ZEROTH_CHECK(check(replies[i], "could not remove path", line.words[i]));
            if (line.has('t')) ZEROTH_CHECK(tidy(client, transaction, line.words[i]));
        }
        return {};
    };
    ZEROTH_CHECK(line.has('t') ? client.transact(body) : one_or_all(line, client, 1, body));
    return 0;
}

Result<int> exists(const CommandLine& line, Client& client) {
    ZEROTH_TRY(const auto replies, ask(client, MessageType::kRead, kNoTransaction, line.words));
    for (const auto& reply : replies) {
        if (error_of(reply)) return 1;
    }
    return 0;
}

Result<int> list(const CommandLine& line, Client& client, const Terminal& terminal) {
    std::string out;
    const auto body = [&](TransactionId transaction) -> Result<> {
        out.clear();
        for (const auto& path : line.words) {
            const auto names = client.names(path, transaction);
            if (!names) return fail(names.error().code().value(), "could not list path " + path);
            if (line.has('j') && !out.empty()) out += ",\n";
            out += list_rows(line, path, *names);
        }
        return {};
    };
    return print_rows(line, terminal, one_or_all(line, client, 1, body), out);
}

Result<int> watch(const CommandLine& line, Client& client, const Terminal& terminal) {
    for (const auto& path : line.words) {
        const auto set = client.watch({path, path, line.depth});
        if (!set) return fail(set.error().code().value(), "unable to add watch on " + path);
    }
    for (std::uint64_t seen = 0; !line.count || seen < *line.count; ++seen) {
        ZEROTH_TRY(const auto event, client.next_event(Deadline::max()));
        terminal.print(line.has('j')
                           ? fmt::format("{{\"path\": {}, \"token\": {}}}\n",
                                         json_string(event.path), json_string(event.token))
                           : event.path + '\n');
        if (std::fflush(terminal.out) != 0) return errno_error("print an event");
    }
    return 0;
}

Result<int> control(const CommandLine& line, Client& client, const Terminal& terminal) {
    const auto reply = client.control(line.words);
    if (reply) {
        terminal.print(line.has('j') ? "{\"reply\": " + json_string(*reply) + "}\n"
                                     : *reply + '\n');
        return 0;
    }
    std::string told =
        fmt::format("{}: {}: {}\n", line.name, line.words.front(), reply.error().code().message());
    const std::vector<std::string> help{"help"};
    if (const auto known = client.control(help); reply.error().is(EINVAL) && known) {
        told = fmt::format("{}: Command not supported: {}. Valid commands are:\n{}\n", line.name,
                           line.words.front(), *known);
    }
    std::fputs(told.c_str(), terminal.err);
    return kControlFailed;
}

Result<int> run(const CommandLine& line, Client& client, const Terminal& terminal) {
    switch (line.mode) {
        case Mode::kRead:
            return read(line, client, terminal);
        case Mode::kWrite:
            return write(line, client);
        case Mode::kRm:
            return rm(line, client);
        case Mode::kExists:
            return exists(line, client);
        case Mode::kList:
            return list(line, client, terminal);
        case Mode::kLs:
            return ls(line, client, terminal);
        case Mode::kChmod:
            return chmod(line, client);
        case Mode::kWatch:
            return watch(line, client, terminal);
        case Mode::kControl:
            return control(line, client, terminal);
    }
    return 1;
}

}  // namespace zeroth::xs::tools
