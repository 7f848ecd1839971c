// SPDX-License-Identifier: Apache-2.0
#include "xenstore/server/compaction.hpp"

#include <unistd.h>

#include <algorithm>

#include "xenstore/server/change_codec.hpp"

namespace zeroth::xenstored {
namespace {

constexpr std::size_t kChangesAtOnce = 256;
constexpr std::uint64_t kBytesAtOnce = 1024 * 1024;
/// A buffer that once held a big record is not kept for small ones.
constexpr std::size_t kBufferKept = 64 * 1024;

}  // namespace

void RecordBuffer::add(const Change& change) { encode(change, bytes_); }

void RecordBuffer::clear() {
    bytes_.clear();
    if (bytes_.capacity() > kBufferKept) bytes_ = {};
}

std::string path_beside(const std::string& journal) { return journal + ".new"; }

Result<std::unique_ptr<Compaction>> Compaction::begin(const JournalFile& in_use, const Uuid& boot,
                                                      std::unique_ptr<Store::Snapshot> snapshot) {
    ZEROTH_TRY(auto file, JournalFile::create(path_beside(in_use.path()), boot));
    return std::unique_ptr<Compaction>{
        new Compaction{std::move(file), std::move(snapshot), in_use.end()}};
}

// Once it has taken its place, there is nothing of this name.
Compaction::~Compaction() { ::unlink(name_.c_str()); }

Result<Compaction::Progress> Compaction::step(const JournalFile& in_use) {
    const std::uint64_t added = in_use.end() - seen_;
    seen_ = in_use.end();
    ZEROTH_CHECK(snapshot_ ? write_snapshot() : copy_records(in_use, added));
    return !snapshot_ && copied_ == in_use.end() ? Progress::kDone : Progress::kMore;
}

Result<> Compaction::write_snapshot() {
    const bool more = snapshot_->write(record_, kChangesAtOnce);
    if (!record_.bytes().empty()) ZEROTH_CHECK(file_.append(record_.bytes()));
    record_.clear();
    if (!more) snapshot_.reset();
    return {};
}

Result<> Compaction::copy_records(const JournalFile& in_use, std::uint64_t added) {
    // More than is added between two steps, however much that is: this comes to an end.
    const std::uint64_t budget = std::max(kBytesAtOnce, 2 * added);
    const auto size = static_cast<std::size_t>(std::min(budget, in_use.end() - copied_));
    ZEROTH_TRY(const FileMapping records, in_use.map(copied_, size));
    ZEROTH_CHECK(file_.append_records(records.bytes()));
    copied_ += size;
    return {};
}

Result<> Compaction::finish(JournalFile& in_use) {
    ZEROTH_CHECK(file_.rename(in_use.path()));
    in_use = std::move(file_);
    return {};
}

}  // namespace zeroth::xenstored
