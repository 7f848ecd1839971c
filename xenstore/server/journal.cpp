// SPDX-License-Identifier: Apache-2.0
#include "xenstore/server/journal.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <utility>

#include "core/log.hpp"
#include "xenstore/server/change_codec.hpp"
#include "xenstore/server/journal_format.hpp"
#include "xenstore/server/journal_recovery.hpp"

namespace zeroth::xenstored {
namespace {

/// A journal up to this size is not worth compacting: as much as some fifty domains' nodes take.
/// Like all of /run it is in memory.
constexpr std::uint64_t kSmall = 256 * 1024;
/// What is kept free, by what there must be room for. The most of it is also what a journal of no
/// more than that can be written anew in when the file system is full.
constexpr std::array<std::uint64_t, 4> kHeadroom{256 * 1024, 192 * 1024, 128 * 1024, 96 * 1024};
/// When the file system is full: how much must have been added since the last compaction to make
/// another one worth trying, and how long to wait before one that may fail.
constexpr std::uint64_t kWorthwhile = 32 * 1024;
constexpr std::chrono::milliseconds kBetweenSqueezes{500};
constexpr std::chrono::minutes kBetweenWarnings{1};

using Clock = std::chrono::steady_clock;

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

bool Journal::has_room(std::size_t bytes, Need need) {
    const auto room = file_.reserve(bytes + kHeadroom.at(std::to_underlying(need)));
    if (room) {
        if (need == Need::kAdd) full_ = false;
        return true;
    }
    if (!std::exchange(full_, true) && Clock::now() >= say_at_) {
        say_at_ = Clock::now() + kBetweenWarnings;
        log::warning("{}: until then, requests that add to the store are refused ({})",
                     room.error().text(), room.error().hint());
    }
    return false;
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

/// The file system is full, and a part of the file is of no use any more.
bool Journal::wants_room() {
    if (!full_ || Clock::now() < squeeze_at_) return false;
    full_ = !file_.reserve(kHeadroom.front());
    return full_ && size() - compacted_size_ > std::max(kWorthwhile, compacted_size_ / 8);
}

/// Writes the journal anew, at once, in the room that is kept free: it may be all there is.
Result<> Journal::squeeze(const Store& store) {
    compaction_.reset();
    ZEROTH_CHECK(file_.give_back());
    auto progress = continue_compaction(store);
    while (progress == Compaction::Progress::kMore) progress = continue_compaction(store);
    compaction_.reset();
    // In either file. Where that is not all to be had any more, others have taken it meanwhile.
    if (!file_.reserve(kHeadroom.front())) static_cast<void>(file_.reserve(kHeadroom.back()));
    if (!progress) return fail(std::move(progress).error());
    return {};
}

Result<Compaction::Progress> Journal::continue_compaction(const Store& store) {
    if (!compaction_) {
        ZEROTH_TRY(compaction_, Compaction::begin(file_, boot_, store.snapshot()));
    }
    ZEROTH_TRY(const auto progress, compaction_->step(file_));
    if (progress == Compaction::Progress::kDone) ZEROTH_CHECK(compaction_->finish(file_));
    return progress;
}

void Journal::compacted(const Store& store) {
    must_compact_ = false;
    compacted_size_ = size();
    compacted_memory_ = store.memory();
}

bool Journal::compact(const Store& store) {
    if (wants_room()) {
        const auto squeezed = squeeze(store);
        if (squeezed) compacted(store);
        squeeze_at_ = squeezed ? Clock::time_point{} : Clock::now() + kBetweenSqueezes;
        return false;
    }
    if (!compaction_ && !wants_compaction(store)) return false;
    const auto progress = continue_compaction(store);
    if (progress == Compaction::Progress::kMore) return true;
    if (!progress) log::warning("compact {}: {}", file_.path(), progress.error().text());
    compaction_.reset();
    compacted(store);
    return false;
}

}  // namespace zeroth::xenstored
