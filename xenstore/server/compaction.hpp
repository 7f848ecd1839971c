// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "core/result.hpp"
#include "core/uuid.hpp"
#include "xenstore/server/journal_file.hpp"
#include "xenstore/server/store.hpp"

namespace zeroth::xenstored {

/// Collects changes as a record's payload.
class RecordBuffer final : public ChangeSink {
public:
    void add(const Change& change) override;
    Result<> commit() override { return {}; }

    const std::string& bytes() const { return bytes_; }
    void clear();

private:
    std::string bytes_;
};

/// A journal written anew beside the one in use: the changes that make a snapshot, then the records
/// that came since. The one in use stays what it is until the very end, so that this can be given
/// up, or be killed, at any point.
class Compaction {
public:
    /// The snapshot is of what `in_use` holds now.
    static Result<std::unique_ptr<Compaction>> begin(const JournalFile& in_use, const Uuid& boot,
                                                     std::unique_ptr<Store::Snapshot> snapshot);
    Compaction(const Compaction&) = delete;
    Compaction& operator=(const Compaction&) = delete;
    ~Compaction();

    enum class Progress { kMore, kDone };
    /// A bounded piece of it. kDone: all that is in `in_use` is here, too.
    Result<Progress> step(const JournalFile& in_use);
    /// After kDone: it takes the place of `in_use`.
    Result<> finish(JournalFile& in_use);

private:
    Compaction(JournalFile file, std::unique_ptr<Store::Snapshot> snapshot, std::uint64_t since)
        : name_{file.path()},
          file_{std::move(file)},
          snapshot_{std::move(snapshot)},
          copied_{since},
          seen_{since} {}
    Result<> write_snapshot();
    Result<> copy_records(const JournalFile& in_use, std::uint64_t added);

    std::string name_;
    JournalFile file_;
    std::unique_ptr<Store::Snapshot> snapshot_;
    RecordBuffer record_;
    /// Where in the journal in use the records end that are here, and where they ended last time.
    std::uint64_t copied_, seen_;
};

/// The file in which the journal at this path is written anew.
std::string path_beside(const std::string& journal);

}  // namespace zeroth::xenstored
