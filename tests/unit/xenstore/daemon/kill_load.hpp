// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <deque>
#include <filesystem>
#include <map>

#include "tests/unit/xenstore/daemon/killed_server.hpp"

namespace zeroth::xenstored {

using enum xs::MessageType;
using std::string_literals::operator""s;
using Clock = std::chrono::steady_clock;

using Nodes = std::map<std::string, std::string>;
/// What a request will have changed, all of it or nothing.
using Effect = std::vector<std::pair<std::string, std::string>>;

struct Asked {
    xs::MessageType type;
    std::uint32_t id = 0;
    Effect effect;
    std::optional<std::string> reply;
};

inline std::string at(std::string_view name) { return "/local/domain/5/" + std::string{name}; }

inline void apply_to(Nodes& nodes, const Effect& effect) {
    for (const auto& [path, value] : effect) nodes[path] = value;
}

/// The domain and the client, who outlive any server.
class Load {
public:
    Load() {
        const bool memory = std::filesystem::is_directory("/dev/shm");
        std::string name = (memory ? "/dev/shm" : ::testing::TempDir()) + "/kill.XXXXXX"s;
        folder_ = ::mkdtemp(name.data());
        void* shared = ::mmap(nullptr, sizeof(GuestPage), PROT_READ | PROT_WRITE,
                              MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        page_ = new (shared) GuestPage;
    }
    ~Load() {
        end_child();
        ::munmap(page_, sizeof *page_);
        std::filesystem::remove_all(folder_);
    }
    Load(const Load&) = delete;
    Load& operator=(const Load&) = delete;

    std::string journal() const { return folder_ / "journal"; }
    int kills() const { return kills_; }
    int kills_in_compaction() const { return kills_in_compaction_; }
    static bool failed() { return ::testing::Test::HasFailure(); }
    void kill_within(std::chrono::microseconds time) { kill_at_ = Clock::now() + time; }

    void start(Moment moment = {}) {
        std::array<int, 2> ends{};
        ASSERT_EQ(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()), 0);
        child_ = ::fork();
        if (child_ == 0) {
            ::prctl(PR_SET_PDEATHSIG, SIGKILL);
            ::close(ends[0]);
            KilledServer{journal(), *page_, ends[1], moment}.run();
        }
        ::close(ends[1]);
        socket_ = UniqueFd{ends[0]};
    }
    void end_child() {
        if (child_ <= 0) return;
        ::kill(child_, SIGKILL);
        ::waitpid(child_, nullptr, 0);
        child_ = 0;
    }

private:
    // Asking, and what comes of it.
    void ask_ring(xs::MessageType type, const std::string& payload, Effect effect = {},
                  std::optional<std::string> reply = {}, std::uint32_t transaction = 0) {
        const std::uint32_t id = ++last_id_;
        xs::encode(xs::Frame{type, id, transaction, payload}, unsent_);
        asked_.push_back({type, id, std::move(effect), std::move(reply)});
        push();
    }
    void push() {
        page_->put(unsent_);
        std::atomic_thread_fence(std::memory_order_seq_cst);
        ::send(socket_.get(), "", 1, MSG_NOSIGNAL | MSG_DONTWAIT);
    }
    void ask_socket(xs::MessageType type, const std::string& payload, Effect effect) {
        socket_asked_ = Asked{type, 1, std::move(effect), {}};
        socket_bytes_ = message(type, 1, payload);
        send_socket();
    }
    void send_socket() {
        ::send(socket_.get(), socket_bytes_.data(), socket_bytes_.size(), MSG_NOSIGNAL);
    }

    template <class Condition>
    void wait_until(Condition done) {
        const auto patience = Clock::now() + std::chrono::seconds{20};
        while (!done()) {
            ASSERT_LT(Clock::now(), patience) << asked_.size() << " unanswered";
            if (failed()) return;
            if (kill_at_ && Clock::now() > *kill_at_) {
                ::kill(child_, SIGKILL);
                kill_at_.reset();
            }
            if (::waitpid(child_, &status_, WNOHANG) == child_) died();
            if (!unsent_.empty()) push();
            hear_ring();
            hear_socket();
            ::usleep(20);
        }
    }
    void wait_for_all() {
        wait_until([&] { return asked_.empty() && !socket_asked_; });
    }

    void hear_ring() {
        std::atomic_thread_fence(std::memory_order_seq_cst);
        heard_ += page_->take();
        for (const Reply& reply : take_messages(heard_)) {
            if (reply.type == kWatchEvent) {
                ++events_[reply.payload.substr(0, reply.payload.find('\0'))];
            } else {
                take_reply(reply);
            }
        }
    }
    void take_reply(const Reply& reply) {
        ASSERT_FALSE(asked_.empty()) << "a reply that nobody waits for: " << reply.id;
        const Asked asked = asked_.front();
        asked_.pop_front();
        EXPECT_EQ(reply.id, asked.id) << "replies in order, and once";
        last_reply_ = reply.payload;
        if (reply.type == kError) {
            EXPECT_EQ(asked.type, kTransactionEnd) << reply.payload;
            EXPECT_EQ(reply.payload, "EAGAIN\0"s);
            EXPECT_TRUE(killed_in_transaction_);
            return;
        }
        EXPECT_EQ(reply.type, asked.type);
        EXPECT_EQ(reply.payload, asked.reply.value_or(reply.payload));
        apply_to(model_, asked.effect);
        if (asked.type != kWrite || asked.effect.empty()) return;
        // Its own event came before the reply.
        const auto path = asked.effect.front().first.substr(at("").size());
        if (!path.starts_with("watched/")) return;
        EXPECT_EQ(events_[path], ++writes_[path]) << path;
    }
    void hear_socket() {
        std::array<char, 4096> buffer;
        const auto count = ::recv(socket_.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
        if (count <= 0 || !socket_asked_) return;
        std::string bytes(buffer.data(), static_cast<std::size_t>(count));
        for (const Reply& reply : take_messages(bytes)) {
            EXPECT_EQ(reply.type, socket_asked_->type) << reply.payload;
            apply_to(model_, socket_asked_->effect);
        }
        socket_asked_.reset();
    }

    // After a kill.
    void died() {
        ASSERT_TRUE(WIFSIGNALED(status_) && WTERMSIG(status_) == SIGKILL) << status_;
        ++kills_;
        kills_in_compaction_ += std::filesystem::exists(journal() + ".new");
        killed_in_transaction_ = true;
        hear_ring();
        hear_socket();
        const Nodes found = recovered();
        EXPECT_TRUE(allowed(found)) << "the journal holds what nobody can have asked for";
        if (socket_asked_ && !socket_asked_->effect.empty() &&
            is_in(found, socket_asked_->effect)) {
            apply_to(model_, socket_asked_->effect);
            socket_asked_.reset();
        }
        start();
        if (socket_asked_) send_socket();
        push();
    }
    static bool is_in(const Nodes& nodes, const Effect& effect) {
        return std::ranges::all_of(effect, [&](const auto& one) {
            const auto found = nodes.find(one.first);
            return found != nodes.end() && found->second == one.second;
        });
    }
    /// All that was acknowledged, then the ring's requests in order up to any of them, and the
    /// socket's or not.
    bool allowed(const Nodes& found) const {
        Nodes expected = model_;
        for (std::size_t done = 0;; ++done) {
            if (found == expected) return true;
            Nodes more = expected;
            if (socket_asked_) apply_to(more, socket_asked_->effect);
            if (found == more) return true;
            if (done == asked_.size()) return false;
            apply_to(expected, asked_[done].effect);
        }
    }
    /// What a server would find, now: the nodes of the model.
    Nodes recovered() const {
        const auto journal_now = open_journal(journal());
        AnyHost host;
        class : public ChangeSink {
            void add(const Change&) override {}
            Result<> commit() override { return {}; }
        } nowhere;
        Store store{{}, host, nowhere};
        const auto apply = [&](const Change& change) { return store.apply(change); };
        EXPECT_TRUE(journal_now && journal_now->replay(apply));
        const auto client = store.connect();
        Nodes nodes;
        for (const std::string& path : kPaths) {
            store.handle(client, xs::Frame{kRead, 1, 0, path + '\0'});
            std::string output{store.output(client)};
            store.sent(client, output.size());
            const Reply reply = take_messages(output).at(0);
            if (reply.type == kRead) nodes[path] = reply.payload;
        }
        return nodes;
    }

public:
    // The load.
    void introduce() {
        const std::string text = "5\0001\0001\0"s;
        ask_socket(kIntroduce, text, {});
        wait_for_all();
        wait_until([&] { return page_->word(GuestPage::kFeatures) != 0; });
        ask_socket(kWrite, "/local/domain/5\0"s, {});
        wait_for_all();
        ask_socket(kSetPerms, "/local/domain/5\0n5\0"s, {});
        wait_for_all();
        ask_ring(kWatch, "watched/w0\0t\0"s);
        ask_ring(kWatch, "watched/w1\0t\0"s);
        ask_ring(kWatch, at("watched/s") + "\0t\0"s);
        wait_for_all();
        // Each watch fires once when it is made.
        wait_until([&] { return events_.size() == 3; });
        for (const auto& [path, count] : events_) EXPECT_EQ(count, 1) << path;
        events_.clear();
    }
    void write_ring(const std::string& name, const std::string& value) {
        ask_ring(kWrite, name + '\0' + value, {{at(name), value}}, "OK\0"s);
    }
    /// Requests of both, at once.
    void round(int number) {
        const std::string value = "v" + std::to_string(number);
        const std::string watched = number % 2 == 0 ? "watched/w0" : "watched/w1";
        ask_socket(kWrite, at("watched/s") + '\0' + value, {{at("watched/s"), value}});
        write_ring("data/a", value);
        write_ring(watched, value);
        ask_ring(kRead, "data/a\0"s, {}, value);
        write_ring("data/b", value + std::string(600, '.'));
        wait_for_all();
        ++socket_writes_;
        wait_until([&] { return events_[at("watched/s")] >= socket_writes_; });
        EXPECT_EQ(events_[at("watched/s")], socket_writes_);
    }
    void transaction(int number) {
        const std::string value = "t" + std::to_string(number);
        do {
            killed_in_transaction_ = false;
            ask_ring(kTransactionStart, "\0"s);
            wait_for_all();
            if (failed()) return;
            const auto id = static_cast<std::uint32_t>(std::stoul(last_reply_));
            ask_ring(kWrite, "data/t1\0"s + value, {}, "OK\0"s, id);
            ask_ring(kRead, "data/a\0"s, {}, "v" + std::to_string(number), id);
            ask_ring(kWrite, "data/t2\0"s + value, {}, "OK\0"s, id);
            wait_for_all();
            ask_ring(kTransactionEnd, "T\0"s, {{at("data/t1"), value}, {at("data/t2"), value}}, {},
                     id);
            wait_for_all();
            if (failed()) return;
        } while (last_reply_ == "EAGAIN\0"s);
    }
    /// A journal that is worth compacting.
    void fill() {
        for (int i = 0; i < 400; ++i) {
            ask_socket(kWrite, fmt::format("/tool/{}", i) + '\0' + std::string(3000, 'x'), {});
            wait_for_all();
        }
    }
    void scripted_load() {
        introduce();
        for (int number = 0; number < 3 && !failed(); ++number) {
            round(number);
            transaction(number);
        }
    }
    void expect_model() {
        end_child();
        hear_ring();
        EXPECT_TRUE(asked_.empty());
        EXPECT_EQ(recovered(), model_);
    }

private:
    const std::vector<std::string> kPaths{at("data/a"),   at("data/b"),     at("data/t1"),
                                          at("data/t2"),  at("watched/w0"), at("watched/w1"),
                                          at("watched/s")};
    std::filesystem::path folder_;
    GuestPage* page_ = nullptr;
    UniqueFd socket_;
    pid_t child_ = 0;
    int status_ = 0;
    int kills_ = 0, kills_in_compaction_ = 0;
    std::optional<Clock::time_point> kill_at_;

    std::uint32_t last_id_ = 0;
    std::string unsent_, heard_, last_reply_, socket_bytes_;
    std::deque<Asked> asked_;
    std::optional<Asked> socket_asked_;
    bool killed_in_transaction_ = false;
    std::map<std::string, int> events_, writes_;
    int socket_writes_ = 0;
    Nodes model_;
};

}  // namespace zeroth::xenstored
