// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "xenstore/server/change_codec.hpp"
#include "xenstore/server/journal.hpp"
#include "xenstore/server/journal_format.hpp"

namespace zeroth::xenstored {

/// A folder with a journal, or none yet.
class JournalFixture : public ::testing::Test {
protected:
    JournalFixture() {
        std::string name = ::testing::TempDir() + "journal.XXXXXX";
        folder_ = ::mkdtemp(name.data());
    }
    ~JournalFixture() override { std::filesystem::remove_all(folder_); }

    std::string path() const { return (folder_ / "journal").string(); }
    std::string aside() const { return path() + ".aside"; }

    static std::string contents(const std::string& file) {
        std::ifstream stream{file, std::ios::binary};
        return {std::istreambuf_iterator<char>{stream}, {}};
    }
    static void put(const std::string& file, const std::string& bytes) {
        std::ofstream{file, std::ios::binary | std::ios::trunc} << bytes;
    }

    Result<std::unique_ptr<Journal>> try_open(const Uuid& boot = kBoot) const {
        ZEROTH_TRY(auto lock, JournalLock::take(path()));
        return Journal::open(std::get<JournalLock>(std::move(lock)), boot);
    }
    std::unique_ptr<Journal> open(const Uuid& boot = kBoot) const {
        auto journal = try_open(boot);
        EXPECT_TRUE(journal) << journal.error().text();
        return journal ? *std::move(journal) : nullptr;
    }

    using Changes = std::vector<std::string>;
    static std::string bytes_of(const Change& change) {
        std::string bytes;
        encode(change, bytes);
        return bytes;
    }
    static Changes replayed(Journal& journal) {
        Changes changes;
        const auto keep = [&](const Change& change) -> Result<> {
            changes.push_back(bytes_of(change));
            return {};
        };
        EXPECT_TRUE(journal.replay(keep));
        return changes;
    }
    Changes recovered() const {
        const auto journal = open();
        return journal ? replayed(*journal) : Changes{};
    }
    static void keep(Journal& journal, const Change& change) {
        journal.add(change);
        EXPECT_TRUE(journal.commit());
    }

    static constexpr Uuid kBoot{{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}};
    std::filesystem::path folder_;
};

}  // namespace zeroth::xenstored
