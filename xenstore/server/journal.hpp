// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "core/result.hpp"
#include "core/uuid.hpp"
#include "xenstore/server/change.hpp"
#include "xenstore/server/compaction.hpp"
#include "xenstore/server/journal_file.hpp"
#include "xenstore/server/journal_lock.hpp"
#include "xenstore/server/store.hpp"

namespace zeroth::xenstored {

/// The kernel's name for the time since it was started.
Result<Uuid> boot_id();

/// Keeps changes in a file that outlives the process, and tells the next one what they were:
///
///     open → make the Store, with the journal as its sink → replay into it → Store::recovered
///
/// then one `compact` per turn of the loop.
class Journal final : public ChangeSink {
public:
    using Apply = std::function<Result<>(const Change&)>;

    /// Opens the lock's file, or begins it. What is of another boot or version, or is no journal,
    /// is set aside as `<path>.aside`, and so is a damaged one, whose records before the damage are
    /// taken; the log says so.
    static Result<std::unique_ptr<Journal>> open(JournalLock lock, const Uuid& boot);

    /// Gives every change that was there when it was opened, in order; once, before any is added. A
    /// change that `apply` refuses is the journal's end, as damage is.
    Result<> replay(const Apply& apply);

    void add(const Change& change) override { record_.add(change); }
    /// An Error (ENOSPC, with a hint): the changes added are nowhere in the journal.
    Result<> commit() override;
    bool has_room(std::size_t bytes, Need need) override;

    /// Does a little of what keeps the file small, if there is need: to be called between requests.
    /// Whether there is more to do, so that the caller comes back soon.
    bool compact(const Store& store);

    /// Bytes of the file that are in use.
    std::uint64_t size() const { return file_.end(); }

private:
    Journal(JournalLock lock, const Uuid& boot, JournalFile file)
        : lock_{std::move(lock)}, boot_{boot}, file_{std::move(file)} {}
    bool wants_compaction(const Store& store) const;
    bool wants_room();
    Result<Compaction::Progress> continue_compaction(const Store& store);
    Result<> squeeze(const Store& store);
    void compacted(const Store& store);

    JournalLock lock_;
    Uuid boot_;
    JournalFile file_;
    RecordBuffer record_;
    /// There was no room for an addition; when to say so again, and when to try to make some.
    bool full_ = false;
    std::chrono::steady_clock::time_point say_at_, squeeze_at_;

    std::unique_ptr<Compaction> compaction_;
    /// The state has a part of a record that could not be applied whole.
    bool must_compact_ = false;
    /// What the file's size, and the Store's memory, were after the last compaction.
    std::uint64_t compacted_size_ = 0, compacted_memory_ = 0;
};

}  // namespace zeroth::xenstored
