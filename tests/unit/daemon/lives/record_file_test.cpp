// SPDX-License-Identifier: Apache-2.0
#include "daemon/lives/record_file.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/unit/daemon/lives/record_folder.hpp"

namespace zeroth::daemon::lives {
namespace {

namespace fs = std::filesystem;

/// Lines here are a UUID and a word.
struct RecordFileTest : RecordFolder {
    static std::optional<Uuid> owner(std::string_view line) {
        return Uuid::parse(line.substr(0, 36));
    }
    static std::string line(const Uuid& uuid, std::string_view word) {
        return uuid.text() + " " + std::string{word};
    }
    RecordFile loaded() const { return loaded(path); }
    /// As the next process would find it.
    RecordFile copy() const {
        fs::copy_file(path, path + ".copy", fs::copy_options::overwrite_existing);
        return loaded(path + ".copy");
    }
    static RecordFile loaded(const std::string& path) {
        RecordFile file{path};
        file.load(owner);
        return file;
    }
    void leave(const std::string& text) const { std::ofstream{path} << text; }
    static std::string text_of(const std::string& path) {
        std::stringstream text;
        text << std::ifstream{path}.rdbuf();
        return text.str();
    }

    const Uuid a = Uuid::random(), b = Uuid::random();
};

TEST_F(RecordFileTest, TheLastLineOfEachIsRead) {
    auto file = loaded();
    ASSERT_TRUE(file.write(a, line(a, "one")));
    ASSERT_TRUE(file.write(b, line(b, "two")));
    ASSERT_TRUE(file.write(a, line(a, "three")));
    EXPECT_EQ(file.read(a), line(a, "three"));
    EXPECT_EQ(copy().read(a), line(a, "three"));
    EXPECT_EQ(copy().read(b), line(b, "two"));
    file.erase(b);
    EXPECT_TRUE(file.read(b).error().is(ENOENT));
    EXPECT_FALSE(copy().read(b));
}

TEST_F(RecordFileTest, KilledBetweenTheNewLineAndTheFormerTheNewCounts) {
    leave(line(a, "old") + '\n' + line(a, "new") + '\n');
    EXPECT_EQ(loaded().read(a), line(a, "new"));
    EXPECT_EQ(text_of(path), line(a, "new") + '\n');
}

TEST_F(RecordFileTest, KilledInALineTheFormerCounts) {
    leave(line(a, "old") + '\n' + line(a, "n"));
    auto file = loaded();
    EXPECT_EQ(file.read(a), line(a, "old"));
    ASSERT_TRUE(file.write(b, line(b, "next")));
    EXPECT_EQ(copy().read(b), line(b, "next"));
}

TEST_F(RecordFileTest, NonsenseIsPutAside) {
    const auto text = "nonsense\n" + line(a, "sense") + '\n';
    leave(text);
    EXPECT_EQ(loaded().read(a), line(a, "sense"));
    EXPECT_EQ(text_of(path), line(a, "sense") + '\n');
    EXPECT_EQ(text_of(path + ".bad"), text);
}

TEST_F(RecordFileTest, WhatCannotBeReadIsPutAside) {
    leave(line(a, "old") + '\n');
    fs::rename(path, path + ".elsewhere");
    fs::create_symlink(path + ".elsewhere", path);  // which is not followed
    auto file = loaded();
    EXPECT_FALSE(file.read(a));
    ASSERT_TRUE(file.write(b, line(b, "new")));
    EXPECT_EQ(text_of(path), line(b, "new") + '\n');
    EXPECT_TRUE(fs::is_symlink(path + ".bad"));
    EXPECT_EQ(text_of(path + ".elsewhere"), line(a, "old") + '\n');
}

TEST_F(RecordFileTest, ItStaysSmall) {
    auto file = loaded();
    ASSERT_TRUE(file.write(b, line(b, "kept")));
    const std::string long_word(1000, 'x');
    for (int i = 0; i < 100; ++i) ASSERT_TRUE(file.write(a, line(a, long_word)));
    EXPECT_LT(fs::file_size(path), 20'000U);
    EXPECT_EQ(file.read(b), line(b, "kept"));
    EXPECT_EQ(copy().read(b), line(b, "kept"));
    file.erase(a);
    file.erase(b);
    EXPECT_EQ(fs::file_size(path), 0U);
}

TEST_F(RecordFileTest, WithoutRoomTheFormerCountsAndAnErasureHolds) {
    auto file = loaded();
    ASSERT_TRUE(file.write(a, line(a, "one")));
    ASSERT_TRUE(file.write(b, line(b, "two")));
    {
        const FullFile full{fs::file_size(path) + 3};
        const auto written = file.write(a, line(a, "three"));
        ASSERT_FALSE(written);
        EXPECT_NE(written.error().text().find(path), std::string::npos);
        file.erase(b);
    }
    EXPECT_EQ(file.read(a), line(a, "one"));
    EXPECT_EQ(text_of(path), line(a, "one") + '\n' + ' ' + line(b, "two").substr(1) + '\n');
    ASSERT_TRUE(file.write(a, line(a, "three")));
    EXPECT_EQ(copy().read(a), line(a, "three"));
    EXPECT_FALSE(copy().read(b));
}

}  // namespace
}  // namespace zeroth::daemon::lives
