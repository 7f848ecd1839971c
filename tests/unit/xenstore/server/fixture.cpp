// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/xenstore/server/fixture.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <array>
#include <utility>

namespace zeroth::xenstored {

using enum xs::MessageType;

Result<> FakeHost::connect(DomainId domain, Port) {
    if (domain != kDomain0 && !exists(domain)) return fail(ENOENT, "map the ring");
    connected.insert(domain.raw());
    return {};
}

void MemorySink::add(const Change& change) {
    auto own = change;
    if (auto* write = std::get_if<WriteNode>(&own)) {
        write->path = keep(write->path);
        write->value = keep(write->value);
    } else if (auto* set = std::get_if<SetNodePermissions>(&own)) {
        set->path = keep(set->path);
        const std::vector<Permission> copy{set->permissions.begin(), set->permissions.end()};
        set->permissions = permissions_.emplace_back(copy);
    } else if (auto* remove = std::get_if<RemoveNode>(&own)) {
        remove->path = keep(remove->path);
    } else if (auto* quota = std::get_if<SetQuotaLimit>(&own)) {
        quota->name = keep(quota->name);
    } else if (auto* watch = std::get_if<AddWatch>(&own)) {
        watch->path = keep(watch->path);
        watch->token = keep(watch->token);
    } else if (auto* unwatch = std::get_if<RemoveWatch>(&own)) {
        unwatch->path = keep(unwatch->path);
        unwatch->token = keep(unwatch->token);
    } else if (auto* input = std::get_if<RingInput>(&own)) {
        input->partial = keep(input->partial);
    } else if (auto* output = std::get_if<RingOutput>(&own)) {
        output->bytes = keep(output->bytes);
    }
    changes_.push_back(own);
}

Result<> MemorySink::commit() {
    if (++commits == fail_at) return fail(ENOSPC, "no room");
    committed_ = changes_.size();
    return {};
}

void MemorySink::apply_to(Store& store) const {
    for (std::size_t i = 0; i < committed_; ++i) {
        const auto applied = store.apply(changes_[i]);
        ASSERT_TRUE(applied) << applied.error().text();
    }
}

void MemorySink::clear() {
    changes_.clear();
    committed_ = 0;
}

std::string bytes(std::string_view text) {
    std::string out{text};
    for (auto& c : out) {
        if (c == '|') c = '\0';
    }
    return out;
}

std::vector<std::string> describe(std::string_view output) {
    static constexpr std::array<std::string_view, 27> kNames{
        "CONTROL",     "DIRECTORY",  "READ",      "GET_PERMS", "WATCH", "UNWATCH",
        "START",       "END",        "INTRODUCE", "RELEASE",   "PATH",  "WRITE",
        "MKDIR",       "RM",         "SET_PERMS", "EVENT",     "ERROR", "INTRODUCED",
        "RESUME",      "SET_TARGET", "RESTRICT",  "RESET",     "PART",  "GET_FEATURE",
        "SET_FEATURE", "GET_QUOTA",  "SET_QUOTA"};
    std::vector<std::string> messages;
    while (!output.empty()) {
        const auto frame = xs::parse_frame(output);
        if (!frame || !*frame) {
            messages.emplace_back("no whole message");
            break;
        }
        output.remove_prefix((*frame)->size());
        std::string payload{(*frame)->payload};
        for (auto& c : payload) {
            if (c == '\0') c = '|';
        }
        const auto type = std::to_underlying((*frame)->type);
        auto text = fmt::format("{} {}", type < kNames.size() ? kNames[type] : "?", payload);
        messages.push_back(std::move(text));
    }
    return messages;
}

Bench::Bench(StoreOptions options)
    : store{std::make_unique<Store>(options, host, sink)}, dom0{store->connect()} {}

void Bench::domain(std::uint16_t id) {
    host.domains.insert(id);
    const auto replies = ask(dom0, kIntroduce, fmt::format("{}|1|7|", id));
    ASSERT_EQ(replies.back(), "INTRODUCE OK|");
    store->restart(DomainId{id}, 0, 0);
}

std::vector<std::string> Bench::ask(ConnectionId client, xs::MessageType type,
                                    std::string_view text, std::uint32_t transaction) {
    const auto payload = bytes(text);
    store->handle(client, {type, 1, transaction, payload});
    return take(client);
}

std::vector<std::string> Bench::ask(DomainId client, xs::MessageType type, std::string_view text,
                                    std::uint32_t transaction) {
    const auto payload = bytes(text);
    std::string stream;
    xs::encode(xs::Frame{type, 1, transaction, payload}, stream);
    consumed += static_cast<std::uint32_t>(stream.size());
    const auto received = store->received(client, stream, consumed);
    EXPECT_TRUE(received) << received.error().text();
    return take(client);
}

std::vector<std::string> Bench::take(ConnectionId client) {
    const auto output = store->output(client);
    auto messages = describe(output);
    store->sent(client, output.size());
    return messages;
}

std::vector<std::string> Bench::take(DomainId client) {
    const auto ring = store->ring(client);
    return ring ? take(*ring) : std::vector<std::string>{};
}

namespace {

std::string ask_raw(Store& store, ConnectionId client, xs::MessageType type,
                    const std::string& path) {
    const auto payload = path + '\0';
    store.handle(client, {type, 1, 0, payload});
    const auto frame = xs::parse_frame(store.output(client));
    std::string reply{(*frame)->payload};
    store.sent(client, (*frame)->size());
    return reply;
}

void dump_node(Store& store, ConnectionId client, const std::string& path, std::string& out) {
    auto permissions = ask_raw(store, client, kGetPerms, path);
    for (auto& c : permissions) {
        if (c == '\0') c = ' ';
    }
    out += fmt::format("{} [{}] {}\n", path, permissions, ask_raw(store, client, kRead, path));
    const auto names = ask_raw(store, client, kDirectory, path);
    for (std::size_t at = 0; at < names.size();) {
        const auto end = names.find('\0', at);
        const auto name = names.substr(at, end - at);
        dump_node(store, client, (path == "/" ? "" : path) + "/" + name, out);
        at = end + 1;
    }
}

}  // namespace

std::string Bench::dump(Store& store) {
    const auto client = store.connect();
    std::string out;
    dump_node(store, client, "/", out);
    for (const std::string special : {"@introduceDomain", "@releaseDomain"}) {
        out += special + ' ' + ask_raw(store, client, kGetPerms, special) + '\n';
    }
    store.disconnect(client);
    return out;
}

}  // namespace zeroth::xenstored
