// SPDX-License-Identifier: Apache-2.0
#include "xenstore/server/journal.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>

#include "core/log.hpp"
#include "xenstore/server/change_codec.hpp"
#include "xenstore/server/journal_format.hpp"
#include "xenstore/server/journal_recovery.hpp"

namespace zeroth::xenstored {
namespace {

/// A journal up to this size is not worth compacting.
constexpr std::uint64_t kSmall = 1024 * 1024;
/// Kept free for what is recorded without asking for room.
constexpr std::uint64_t kHeadroom = 64 * 1024;

Result<> apply_all(std::span<const std::byte> record, const Journal::Apply& apply) {
    ChangeReader changes{record};
    for (;;) {
        ZEROTH_TRY(const auto change, changes.next());
        if (!change) return {};
        ZEROTH_CHECK(apply(*change));
    }
}

}  // namespace

Result<Uuid> boot_id() {
    constexpr auto kFile = "/proc/sys/kernel/random/boot_id";
    std::string text;
    std::getline(std::ifstream{kFile}, text);
    const auto id = Uuid::parse(text);
    if (!id) return fail(fmt::format("{} has no boot id", kFile));
    return *id;
}

Result<std::unique_ptr<Journal>> Journal::open(JournalLock lock, const Uuid& boot) {
    ZEROTH_TRY(auto file, recover(lock.path(), boot));
    return std::unique_ptr<Journal>{new Journal{std::move(lock), boot, std::move(file)}};
}

Result<> Journal::replay(const Apply& apply) {
    // With the zero length that ends it.
    const auto size = static_cast<std::size_t>(file_.end() + kRecordHeadSize);
    ZEROTH_TRY(const FileMapping mapping, file_.map(0, size));
    ZEROTH_TRY(auto reader, RecordReader::open(mapping.bytes(), boot_));
    for (;;) {
        const std::size_t begin = reader.position();
        ZEROTH_TRY(const auto record, reader.next());
        if (!record) return {};
        if (const auto applied = apply_all(*record, apply); !applied) {
            ZEROTH_TRY(file_, cut(file_.path(), boot_, begin, applied.error()));
            must_compact_ = true;
            return {};
        }
    }
}

Result<> Journal::commit() {
    if (record_.bytes().empty()) return {};
    const auto kept = file_.append(record_.bytes());
    record_.clear();
    return kept;
}

bool Journal::has_room(std::size_t bytes) {
    const auto room = file_.reserve(bytes + kHeadroom);
    if (!room && !said_full_) {
        log::warning("{}: until then, requests that add to the store are refused ({})",
                     room.error().text(), room.error().hint());
    }
    said_full_ = !room;
    return room.has_value();
}

/// When the file is twice as long as the state is by now, to go by the last compaction.
bool Journal::wants_compaction(const Store& store) const {
    if (must_compact_) return true;
    if (size() <= kSmall) return false;
    auto state = static_cast<double>(compacted_size_);
    if (const std::uint64_t memory = store.memory(); memory < compacted_memory_) {
        state *= static_cast<double>(memory) / static_cast<double>(compacted_memory_);
    }
    return static_cast<double>(size()) > 2 * state;
}

Result<Compaction::Progress> Journal::continue_compaction(const Store& store) {
    if (!compaction_) {
        ZEROTH_TRY(compaction_, Compaction::begin(file_, boot_, store.snapshot()));
    }
    ZEROTH_TRY(const auto progress, compaction_->step(file_));
    if (progress == Compaction::Progress::kDone) ZEROTH_CHECK(compaction_->finish(file_));
    return progress;
}

bool Journal::compact(const Store& store) {
    if (!compaction_ && !wants_compaction(store)) return false;
    const auto progress = continue_compaction(store);
    if (progress == Compaction::Progress::kMore) return true;
    if (!progress) log::warning("compact {}: {}", file_.path(), progress.error().text());
    compaction_.reset();
    must_compact_ = false;
    compacted_size_ = size();
    compacted_memory_ = store.memory();
    return false;
}

}  // namespace zeroth::xenstored
