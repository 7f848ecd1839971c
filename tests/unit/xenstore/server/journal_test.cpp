// SPDX-License-Identifier: Apache-2.0
#include "xenstore/server/journal.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <array>
#include <csignal>

#include "tests/unit/xenstore/server/journal_fixture.hpp"

namespace zeroth::xenstored {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
namespace fs = std::filesystem;

class JournalTest : public JournalFixture {
protected:
    const Change kFirst = WriteNode{"/first", "1", std::nullopt};
    const Change kSecond = WriteNode{"/second", "22", DomainId{5}};
    const Change kThird = RemoveNode{"/first"};

    /// Three records: one change, two, one. Returns where each ends, the header first.
    std::vector<std::size_t> write_small() const {
        const auto journal = open();
        std::vector<std::size_t> ends{journal->size()};
        keep(*journal, kFirst);
        ends.push_back(journal->size());
        journal->add(kSecond);
        keep(*journal, kThird);
        ends.push_back(journal->size());
        keep(*journal, kSecond);
        ends.push_back(journal->size());
        return ends;
    }
    /// The journal without the space that is reserved for more, but for the zero length.
    std::string used_part(const std::vector<std::size_t>& ends) const {
        return contents(path()).substr(0, ends.back() + kRecordHeadSize);
    }
    /// What the first `records` of them hold.
    Changes small(std::size_t records) const {
        const Changes all{bytes_of(kFirst), bytes_of(kSecond), bytes_of(kThird), bytes_of(kSecond)};
        constexpr std::array<std::ptrdiff_t, 4> kCount{0, 1, 3, 4};
        return {all.begin(), all.begin() + kCount.at(records)};
    }
    static std::size_t records_before(const std::vector<std::size_t>& ends, std::size_t byte) {
        std::size_t records = 0;
        while (records + 1 < ends.size() && ends[records + 1] <= byte) ++records;
        return records;
    }
    /// It takes `changes`, and one more, and has them all the next time.
    void expect_usable(Changes changes, const std::string& about) const {
        {
            const auto journal = open();
            ASSERT_TRUE(journal) << about;
            EXPECT_EQ(replayed(*journal), changes) << about;
            keep(*journal, kThird);
        }
        changes.push_back(bytes_of(kThird));
        EXPECT_EQ(recovered(), changes) << about;
    }
};

TEST_F(JournalTest, GivesBackWhatWasCommittedInOrder) {
    write_small();
    ::testing::internal::CaptureStderr();
    EXPECT_EQ(recovered(), small(3));
    EXPECT_EQ(::testing::internal::GetCapturedStderr(), "");
    expect_usable(small(3), "again");
}

TEST_F(JournalTest, HasNothingThatWasNotCommitted) {
    const auto journal = open();
    journal->add(kFirst);
    EXPECT_THAT(recovered(), IsEmpty());
}

TEST_F(JournalTest, WritesNoRecordThatAddsNothing) {
    const auto journal = open();
    const auto size = journal->size();
    EXPECT_TRUE(journal->commit());
    EXPECT_EQ(journal->size(), size);
}

TEST_F(JournalTest, IsForItsOwnerAlone) {
    open();
    struct stat status {};
    ASSERT_EQ(::stat(path().c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 07777U, 0600U);
}

TEST_F(JournalTest, TakesWhatIsWholeWhereverItIsCutShort) {
    const auto ends = write_small();
    const std::string whole = used_part(ends);
    for (std::size_t size = 0; size <= ends.back() + kRecordHeadSize; ++size) {
        put(path(), whole.substr(0, size));
        ::testing::internal::CaptureStderr();
        expect_usable(small(records_before(ends, size)), std::to_string(size));
        const std::string said = ::testing::internal::GetCapturedStderr();
        if (size == ends.back() + kRecordHeadSize) {
            EXPECT_EQ(said, "");
        } else {
            EXPECT_THAT(said, HasSubstr("warning: journal " + path())) << size;
            EXPECT_EQ(contents(aside()), whole.substr(0, size)) << size;
        }
    }
}

TEST_F(JournalTest, TakesWhatIsBeforeAByteThatIsWrong) {
    const auto ends = write_small();
    const std::string whole = used_part(ends);
    for (std::size_t byte = 0; byte < ends.back(); ++byte) {
        for (unsigned mask : {0x01U, 0x80U, 0xffU}) {
            std::string bytes = whole;
            bytes[byte] = static_cast<char>(static_cast<unsigned char>(bytes[byte]) ^ mask);
            put(path(), bytes);
            ::testing::internal::CaptureStderr();
            const auto got = recovered();
            const bool lost = ::testing::internal::GetCapturedStderr() != "";
            // What fills a record up does not count.
            EXPECT_EQ(got, small(lost ? records_before(ends, byte) : 3)) << byte;
            if (lost) {
                EXPECT_EQ(contents(aside()), bytes) << byte;
            } else {
                EXPECT_EQ(whole[byte], '\0') << byte;
            }
            expect_usable(got, std::to_string(byte));
        }
    }
}

TEST_F(JournalTest, SaysHowMuchItCouldNotTake) {
    const auto ends = write_small();
    std::string bytes = contents(path());
    bytes[ends[1] + kRecordHeadSize] ^= 1;
    put(path(), bytes);
    ::testing::internal::CaptureStderr();
    recovered();
    const auto rest = bytes.find_last_not_of('\0') + 1 - ends[1];
    EXPECT_EQ(::testing::internal::GetCapturedStderr(),
              fmt::format("warning: journal {}: the record at byte {} has a wrong checksum: the {} "
                          "bytes before are taken, the {} from there on are not; the file is kept "
                          "as {}\n",
                          path(), ends[1], ends[1], rest, aside()));
}

TEST_F(JournalTest, ForgetsARecordThatWasBeingWritten) {
    const auto ends = write_small();
    std::string bytes = contents(path());
    ASSERT_GT(bytes.size(), ends.back() + 400);
    // All but its length: the length is written last.
    for (std::size_t i = ends.back() + 4; i < ends.back() + 400; ++i) bytes[i] = '\x11';
    put(path(), bytes);
    ::testing::internal::CaptureStderr();
    expect_usable(small(3), "dirty");
    EXPECT_EQ(::testing::internal::GetCapturedStderr(), "");
}

TEST_F(JournalTest, BeginsAnewAfterABootOrWhereItIsNotItsOwn) {
    struct Row {
        std::size_t byte;
        std::string_view why;
    };
    const std::array kRows{Row{0, "it is no journal"}, Row{8, "its header is damaged"}};
    write_small();
    const std::string whole = contents(path());
    for (const Row& row : kRows) {
        std::string bytes = whole;
        bytes[row.byte] ^= 2;
        put(path(), bytes);
        ::testing::internal::CaptureStderr();
        expect_usable({}, std::string{row.why});
        EXPECT_THAT(::testing::internal::GetCapturedStderr(), HasSubstr(row.why));
        EXPECT_EQ(contents(aside()), bytes);
    }
    put(path(), whole);
    ::testing::internal::CaptureStderr();
    EXPECT_THAT(replayed(*open(Uuid{})), IsEmpty());
    EXPECT_THAT(::testing::internal::GetCapturedStderr(), HasSubstr("it is of another boot"));
}

TEST_F(JournalTest, NamesAVersionItDoesNotKnow) {
    std::string header = journal_header(kBoot);
    // The version, and a checksum that is right for it.
    header[8] = 2;
    header.replace(12, 4, "\xa5\x26\xec\x20", 4);
    put(path(), header + std::string(64, '\0'));
    const auto bytes = std::as_bytes(std::span{header});
    const auto reader = RecordReader::open(bytes, kBoot);
    ASSERT_FALSE(reader);
    EXPECT_EQ(reader.error().text(), "its version is 2, not 1");
}

TEST_F(JournalTest, GoesOnFromWindowToWindow) {
    Changes expected;
    {
        const auto journal = open();
        for (std::size_t size = 1; size < 3'000'000; size = size * 5 / 4 + 1) {
            const std::string value(size, 'v');
            const Change change = WriteNode{"/big", value, std::nullopt};
            keep(*journal, change);
            expected.push_back(bytes_of(change));
        }
    }
    EXPECT_EQ(recovered(), expected);
}

TEST_F(JournalTest, EndsBeforeAChangeThatIsRefused) {
    write_small();
    const auto journal = open();
    Changes taken;
    const auto refuse_third = [&](const Change& change) -> Result<> {
        if (std::holds_alternative<RemoveNode>(change)) return fail(ENOENT, "RM /first");
        taken.push_back(bytes_of(change));
        return {};
    };
    ::testing::internal::CaptureStderr();
    EXPECT_TRUE(journal->replay(refuse_third));
    EXPECT_THAT(::testing::internal::GetCapturedStderr(), HasSubstr("RM /first"));
    EXPECT_EQ(recovered(), small(1));
}

TEST_F(JournalTest, RemovesWhatACompactionLeft) {
    put(path() + ".new", "half");
    open();
    EXPECT_FALSE(fs::exists(path() + ".new"));
}

TEST_F(JournalTest, KeepsOnlyWhatItHasRoomFor) {
    constexpr std::size_t kLimit = 500'000;
    const std::string value(1000, 'v');
    const Change change = WriteNode{"/node", value, std::nullopt};
    rlimit before{};
    ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
    const auto ignored = std::signal(SIGXFSZ, SIG_IGN);
    const rlimit small{kLimit, before.rlim_max};
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);

    auto journal = open();
    std::size_t kept = 0;
    ::testing::internal::CaptureStderr();
    while (journal->has_room(value.size(), ChangeSink::Need::kAdd)) {
        keep(*journal, change);
        ASSERT_LT(++kept, kLimit / 1000);
    }
    EXPECT_FALSE(journal->has_room(value.size(), ChangeSink::Need::kAdd));
    EXPECT_THAT(::testing::internal::GetCapturedStderr(), HasSubstr("are refused"));
    // Some more without asking, then no more.
    const std::size_t asked = kept;
    Result<> result;
    while (result) {
        journal->add(change);
        result = journal->commit();
        kept += result.has_value();
    }
    EXPECT_GT(kept, asked + 50);
    EXPECT_THAT(result.error().hint(), HasSubstr("make room"));
    EXPECT_FALSE(journal->commit().has_value() && journal->size() > kLimit);

    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
    std::signal(SIGXFSZ, ignored);
    EXPECT_TRUE(journal->has_room(value.size(), ChangeSink::Need::kAdd));
    keep(*journal, change);
    journal.reset();
    EXPECT_EQ(recovered(), Changes(kept + 1, bytes_of(change)));
}

TEST_F(JournalTest, RefusesWhatIsNoFile) {
    fs::create_directory(path());
    EXPECT_FALSE(try_open());
    fs::remove(path());
    fs::create_symlink("/dev/null", path());
    EXPECT_FALSE(try_open());
    fs::remove(path());
    ASSERT_EQ(::mkfifo(path().c_str(), 0600), 0);
    EXPECT_FALSE(try_open());
}

TEST_F(JournalTest, BootIdIsThisBoots) {
    const auto first = boot_id(), second = boot_id();
    ASSERT_TRUE(first && second);
    EXPECT_EQ(*first, *second);
    EXPECT_NE(*first, Uuid{});
}

using JournalLockTest = JournalFixture;

TEST_F(JournalLockTest, TellsWhoHasItUntilThatIsGone) {
    int channel[2];
    ASSERT_EQ(::pipe(channel), 0);
    const pid_t child = ::fork();
    if (child == 0) {
        const auto lock = JournalLock::take(path());
        const char taken = lock && std::holds_alternative<JournalLock>(*lock) ? 'y' : 'n';
        if (::write(channel[1], &taken, 1) != 1) ::_exit(1);
        for (;;) ::pause();
    }
    char taken = 0;
    ASSERT_EQ(::read(channel[0], &taken, 1), 1);
    EXPECT_EQ(taken, 'y');
    const auto refused = JournalLock::take(path());
    ASSERT_TRUE(refused && std::holds_alternative<JournalLock::Holder>(*refused));
    EXPECT_EQ(std::get<JournalLock::Holder>(*refused), child);
    ::kill(child, SIGKILL);
    ASSERT_EQ(::waitpid(child, nullptr, 0), child);
    const auto lock = JournalLock::take(path());
    EXPECT_TRUE(lock && std::holds_alternative<JournalLock>(*lock));
    ::close(channel[0]);
    ::close(channel[1]);
}

TEST_F(JournalLockTest, NamesAPlaceThatIsNotThere) {
    const auto lock = JournalLock::take((folder_ / "no" / "journal").string());
    ASSERT_FALSE(lock);
    EXPECT_THAT(lock.error().text(), HasSubstr("no/journal.lock"));
}

}  // namespace
}  // namespace zeroth::xenstored
