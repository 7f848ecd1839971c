// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <fstream>
#include <utility>

#include "tests/unit/xenstore/server/fixture.hpp"
#include "tests/unit/xenstore/server/journal_fixture.hpp"

/// Where there is no room for the journal.
namespace zeroth::xenstored {
namespace {

using enum xs::MessageType;
using testing::ElementsAre;

constexpr DomainId kGuest{5}, kOther{6};

void give_home(Bench& bench, std::uint16_t id) {
    bench.domain(id);
    const auto home = fmt::format("/local/domain/{}", id);
    bench.ask(bench.dom0, kWrite, home + '|');
    bench.ask(bench.dom0, kSetPerms, fmt::format("{}|n{}|", home, id));
    bench.ask(DomainId{id}, kWrite, "a|" + std::string(1000, 'x'));
}

/// Reads of "a", by a domain that reads all it is sent; how many are answered.
int read(Bench& bench, DomainId guest, int count) {
    std::string stream;
    const auto payload = bytes("a|");
    xs::encode(xs::Frame{kRead, 1, 0, payload}, stream);
    for (int i = 0; i < count; ++i) {
        bench.consumed += static_cast<std::uint32_t>(stream.size());
        const auto left = bench.store->received(guest, stream, bench.consumed);
        EXPECT_TRUE(left);
        if (*left != 0) {
            EXPECT_EQ(*left, stream.size());
            bench.consumed -= static_cast<std::uint32_t>(*left);
            return i;
        }
        bench.take(guest);
    }
    return count;
}

TEST(WithoutRoom, ARingThatNeverRestsHasToWaitAndOthersDoNot) {
    Bench bench;
    for (const auto id : std::to_array<std::uint16_t>({5, 6})) give_home(bench, id);
    bench.sink.room = 0;
    const int answered = read(bench, kGuest, 1000);
    EXPECT_GT(answered, 10);
    EXPECT_LT(answered, 30);
    const auto ring = *bench.store->ring(kGuest);
    EXPECT_FALSE(bench.store->wants_input(ring));
    EXPECT_FALSE(bench.store->has_room(kGuest));
    EXPECT_TRUE(bench.store->deadline()) << "to look for room again";
    EXPECT_EQ(read(bench, kOther, 10), 10);
    EXPECT_THAT(bench.ask(bench.dom0, kRead, "/local/domain/5|"), ElementsAre("READ "));
    EXPECT_THAT(bench.ask(bench.dom0, kRm, "/local/domain/6/a|"), ElementsAre("RM OK|"));
    EXPECT_FALSE(bench.store->failure());
}

TEST(WithoutRoom, ARingIsHeardAgainOnceThereIsSome) {
    Bench bench;
    give_home(bench, 5);
    bench.sink.room = 0;
    read(bench, kGuest, 1000);
    bench.store->take_ready();
    const auto ring = *bench.store->ring(kGuest);
    const auto look = [&] {
        while (std::chrono::steady_clock::now() < *bench.store->deadline()) ::usleep(1000);
        bench.store->start_held();
    };
    look();
    EXPECT_FALSE(bench.store->wants_input(ring));
    EXPECT_THAT(bench.store->take_ready(), ElementsAre());
    bench.sink.room = ~std::size_t{0};
    look();
    EXPECT_TRUE(bench.store->wants_input(ring));
    EXPECT_THAT(bench.store->take_ready(), ElementsAre(ring));
    EXPECT_FALSE(bench.store->deadline());
    EXPECT_EQ(read(bench, kGuest, 1000), 1000);
}

TEST(WithoutRoom, APartOfARequestWaitsWhereItIs) {
    Bench bench;
    give_home(bench, 5);
    std::string stream;
    const auto payload = bytes("a|" + std::string(500, 'y'));
    xs::encode(xs::Frame{kWrite, 1, 0, payload}, stream);
    const auto give = [&](std::size_t from, std::size_t to) {
        const auto size = static_cast<std::uint32_t>(to - from);
        return bench.store->received(kGuest, std::string_view{stream}.substr(from, size),
                                     bench.consumed + size);
    };
    EXPECT_EQ(*give(0, 100), 0U);
    bench.consumed += 100;
    bench.sink.room = bench.sink.room_to_talk = 0;
    EXPECT_EQ(*give(100, 200), 100U);
    EXPECT_EQ(*give(100, stream.size()), stream.size() - 100);
    EXPECT_EQ(bench.store->position(kGuest)->consumer, bench.consumed);
    bench.sink.room = bench.sink.room_to_talk = ~std::size_t{0};
    EXPECT_EQ(*give(100, stream.size()), 0U);
    EXPECT_THAT(bench.take(kGuest), ElementsAre("WRITE OK|"));
}

TEST(WithoutRoom, NotEvenRemovalsAreTakenOnInTheEnd) {
    Bench bench;
    give_home(bench, 5);
    bench.sink.room = bench.sink.room_to_talk = bench.sink.last_room = 0;
    EXPECT_THAT(bench.ask(bench.dom0, kRm, "/local/domain/5/a|"), ElementsAre("ERROR ENOSPC|"));
    EXPECT_THAT(bench.ask(bench.dom0, kRead, "/local/domain/5|"), ElementsAre("READ "));
    bench.host.domains.erase(5);
    bench.store->domains_changed({});
    EXPECT_FALSE(bench.store->ring(kGuest)) << "who is gone is gone";
}

/// A Store on a journal in a file.
class FullJournalTest : public JournalFixture {
protected:
    struct Life {
        explicit Life(std::unique_ptr<Journal> opened) : journal{std::move(opened)} {
            host.domains.insert(5);
            const auto apply = [&](const Change& change) { return store.apply(change); };
            EXPECT_TRUE(journal->replay(apply));
            store.recovered();
            dom0 = store.connect();
        }
        void ask(xs::MessageType type, std::string_view text) {
            const auto payload = bytes(text);
            store.handle(dom0, {type, 1, 0, payload});
            const auto output = store.output(dom0);
            last = describe(output).back();
            store.sent(dom0, output.size());
        }
        void introduce() {
            ask(kIntroduce, "5|1|7|");
            store.restart(kGuest, 0, 0);
            ask(kWrite, "/local/domain/5/a|" + std::string(2000, 'x'));
            ask(kSetPerms, "/local/domain/5|n5|");
            ask(kSetPerms, "/local/domain/5/a|n5|");
        }
        /// Asks until `count` reads are answered; false if that takes for ever.
        bool read(int count) {
            std::string stream;
            const auto payload = bytes("a|");
            xs::encode(xs::Frame{kRead, 1, 0, payload}, stream);
            for (int tries = 3 * count; count > 0 && tries > 0 && !store.failure(); --tries) {
                consumed += static_cast<std::uint32_t>(stream.size());
                const auto left = store.received(kGuest, stream, consumed).value_or(0);
                consumed -= static_cast<std::uint32_t>(left);
                const auto ring = *store.ring(kGuest);
                if (left == 0) --count;
                store.sent(ring, store.output(ring).size());
                journal->compact(store);
                if (left != 0) ::usleep(1000);
                store.start_held();
            }
            return count == 0;
        }

        FakeHost host;
        std::unique_ptr<Journal> journal;
        Store store{StoreOptions{}, host, *journal};
        ConnectionId dom0;
        std::uint32_t consumed = 0;
        std::string last;
    };
};

TEST_F(FullJournalTest, ReadsGoOnWhereTheFileMayNotGrow) {
    constexpr std::size_t kLimit = 500'000;
    rlimit before{};
    ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
    const auto ignored = std::signal(SIGXFSZ, SIG_IGN);
    const rlimit small{kLimit, before.rlim_max};
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
    {
        Life life{open()};
        life.introduce();
        EXPECT_TRUE(life.read(1500)) << "3 MB of replies";
        EXPECT_FALSE(life.store.failure());
        EXPECT_LT(life.journal->size(), kLimit);
        life.ask(kWrite, "/local/domain/5/b|more");
        EXPECT_EQ(life.last, "WRITE OK|") << "there is room again";
    }
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
    std::signal(SIGXFSZ, ignored);
    Life next{open()};
    next.ask(kRead, "/local/domain/5/b|");
    EXPECT_EQ(next.last, "READ more");
}

/// A small tmpfs over a folder, for this process alone.
class SmallFileSystem {
public:
    explicit SmallFileSystem(std::string folder) : folder_{std::move(folder)} {
        mounted_ = (::unshare(CLONE_NEWNS) == 0 || become_root_of_our_own()) &&
                   ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
                   ::mount("small", folder_.c_str(), "tmpfs", 0, "size=1m") == 0;
    }
    SmallFileSystem(const SmallFileSystem&) = delete;
    SmallFileSystem& operator=(const SmallFileSystem&) = delete;
    ~SmallFileSystem() {
        if (mounted_) ::umount2(folder_.c_str(), MNT_DETACH);
    }
    bool mounted() const { return mounted_; }

private:
    static bool become_root_of_our_own() {
        const auto user = ::getuid();
        const auto group = ::getgid();
        if (::unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) return false;
        std::ofstream{"/proc/self/setgroups"} << "deny";
        std::ofstream{"/proc/self/uid_map"} << "0 " << user << " 1";
        std::ofstream{"/proc/self/gid_map"} << "0 " << group << " 1";
        return ::getuid() == 0;
    }

    std::string folder_;
    bool mounted_ = false;
};

TEST_F(FullJournalTest, ReadsGoOnWhereTheFileSystemIsFull) {
    const SmallFileSystem small{folder_};
    if (!small.mounted()) GTEST_SKIP() << "no right to mount a file system";
    Life life{open()};
    life.introduce();
    // Others take all that there is but what the journal has reserved.
    {
        std::ofstream filler{folder_ / "filler", std::ios::binary};
        const std::string block(4096, 'f');
        while (filler.write(block.data(), 4096).flush()) continue;
    }
    struct statvfs free {};
    ASSERT_EQ(::statvfs(folder_.c_str(), &free), 0);
    ASSERT_EQ(free.f_bavail, 0U);
    EXPECT_TRUE(life.read(1500)) << "3 MB of replies";
    EXPECT_FALSE(life.store.failure());
    life.ask(kRm, "/local/domain/5/a|");
    EXPECT_EQ(life.last, "RM OK|");
}

}  // namespace
}  // namespace zeroth::xenstored
