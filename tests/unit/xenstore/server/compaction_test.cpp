// SPDX-License-Identifier: Apache-2.0
#include "xenstore/server/compaction.hpp"

#include <gmock/gmock.h>

#include <deque>

#include "tests/unit/xenstore/server/fixture.hpp"
#include "tests/unit/xenstore/server/journal_fixture.hpp"

namespace zeroth::xenstored {
namespace {

using ::testing::ElementsAre;
using enum xs::MessageType;
namespace fs = std::filesystem;

/// A snapshot of as many nodes as are asked for.
class Numbers final : public Store::Snapshot {
public:
    explicit Numbers(int count) : count_{count} {}
    bool write(ChangeSink& sink, std::size_t count) override {
        for (; count > 0 && next_ < count_; --count, ++next_) sink.add(ForgetDomain{id(next_)});
        return next_ < count_;
    }
    static DomainId id(int number) { return DomainId{static_cast<std::uint16_t>(number)}; }

private:
    int count_, next_ = 0;
};

class CompactionTest : public JournalFixture {
protected:
    CompactionTest() {
        auto made = JournalFile::create(path(), kBoot);
        EXPECT_TRUE(made);
        if (made) in_use_.emplace(*std::move(made));
    }
    void record(const Change& change) { EXPECT_TRUE(in_use_->append(bytes_of(change))); }
    std::unique_ptr<Compaction> begin(int nodes) {
        auto begun = Compaction::begin(*in_use_, kBoot, std::make_unique<Numbers>(nodes));
        EXPECT_TRUE(begun);
        return begun ? *std::move(begun) : nullptr;
    }
    static Changes numbers(int first, int end) {
        Changes changes;
        for (; first < end; ++first) changes.push_back(bytes_of(ForgetDomain{Numbers::id(first)}));
        return changes;
    }

    std::optional<JournalFile> in_use_;
};

TEST_F(CompactionTest, HasTheSnapshotAndWhatCameSince) {
    record(RemoveNode{"/before"});
    const auto compaction = begin(1000);
    int came = 1000;
    // A record between any two steps, until it has caught up with them.
    auto progress = compaction->step(*in_use_);
    for (; progress == Compaction::Progress::kMore; progress = compaction->step(*in_use_)) {
        record(ForgetDomain{Numbers::id(came++)});
        ASSERT_LT(came, 1100);
    }
    ASSERT_EQ(progress, Compaction::Progress::kDone);
    EXPECT_TRUE(compaction->finish(*in_use_));
    record(ForgetDomain{Numbers::id(came++)});
    EXPECT_EQ(recovered(), numbers(0, came));
    EXPECT_EQ(in_use_->path(), path());
}

TEST_F(CompactionTest, ChangesNothingUntilItIsFinished) {
    record(RemoveNode{"/a"});
    for (std::size_t steps = 0; steps < 6; ++steps) {
        const std::string before = contents(path());
        {
            const auto compaction = begin(1000);
            for (std::size_t i = 0; i < steps; ++i) EXPECT_TRUE(compaction->step(*in_use_));
            EXPECT_TRUE(fs::exists(path() + ".new"));
            EXPECT_EQ(contents(path()), before);
        }
        EXPECT_FALSE(fs::exists(path() + ".new"));
    }
    EXPECT_THAT(recovered(), ElementsAre(bytes_of(RemoveNode{"/a"})));
}

TEST_F(CompactionTest, CatchesUpWithAnyNumberOfRecords) {
    const std::string value(100'000, 'v');
    const auto compaction = begin(1);
    for (int i = 0; i < 100; ++i) record(WriteNode{"/big", value, std::nullopt});
    int steps = 0;
    while (compaction->step(*in_use_) == Compaction::Progress::kMore) {
        // More than what is copied at once.
        for (int i = 0; i < 11 && steps < 40; ++i) record(WriteNode{"/big", value, std::nullopt});
        ASSERT_LT(++steps, 80);
    }
    const auto end = in_use_->end();
    EXPECT_TRUE(compaction->finish(*in_use_));
    EXPECT_GT(in_use_->end(), end);
    EXPECT_GT(recovered().size(), 100U);
}

class CompactedStore : public JournalFixture {
protected:
    CompactedStore() : journal{open()}, store{{}, host, *journal}, client{store.connect()} {}

    void ask(xs::MessageType type, std::string_view payload) {
        store.handle(client, xs::Frame{type, 1, 0, payload});
        store.sent(client, store.output(client).size());
    }
    void write(int number, std::string_view value) {
        using namespace std::string_literals;
        ask(kWrite, "/tool/" + std::to_string(number) + "\0"s + std::string{value});
    }
    int compact() {
        int steps = 0;
        while (journal->compact(store)) ++steps;
        return steps;
    }

    FakeHost host;
    std::unique_ptr<Journal> journal;
    Store store;
    ConnectionId client;
};

TEST_F(CompactedStore, StaysSmallWhileTheSameIsWritten) {
    const std::string value(1000, 'v');
    std::uint64_t most = 0;
    for (int i = 0; i < 20'000; ++i) {
        write(i % 10, value);
        journal->compact(store);
        most = std::max(most, journal->size());
    }
    EXPECT_LT(most, 1024U * 1024 + 10'000);
    FakeHost other_host;
    MemorySink sink;
    Store again{{}, other_host, sink};
    const auto next = open();
    EXPECT_TRUE(next->replay([&](const Change& change) { return again.apply(change); }));
    EXPECT_EQ(Bench::dump(again), Bench::dump(store));
}

TEST_F(CompactedStore, ShrinksWhenAllIsRemoved) {
    const std::string value(200, 'v');
    for (int i = 0; i < 20'000; ++i) {
        write(i, value);
        journal->compact(store);
    }
    compact();
    EXPECT_GT(journal->size(), 4'000'000U);
    EXPECT_EQ(compact(), 0) << "as long as nothing has changed";
    ask(kRm, std::string_view{"/tool\0", 6});
    compact();
    EXPECT_LT(journal->size(), 10'000U);
    EXPECT_LE(fs::file_size(path()), 512U << 10) << "the room that is kept for what must not fail";
}

}  // namespace
}  // namespace zeroth::xenstored
