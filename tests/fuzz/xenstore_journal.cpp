// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/log.hpp"
#include "xenstore/server/change_codec.hpp"
#include "xenstore/server/journal.hpp"
#include "xenstore/server/journal_format.hpp"
#include "xenstore/server/store.hpp"

namespace {

using namespace zeroth;
using namespace zeroth::xenstored;

constexpr Uuid kBoot{};

void expect(bool fact) {
    if (!fact) std::abort();
}

/// A folder that goes with the process.
class Folder {
public:
    Folder() {
        const bool memory = std::filesystem::is_directory("/dev/shm");
        std::string name = memory ? "/dev/shm/fuzz.XXXXXX" : "/tmp/fuzz.XXXXXX";
        expect(::mkdtemp(name.data()) != nullptr);
        path_ = name;
    }
    ~Folder() { std::filesystem::remove_all(path_); }
    std::string journal() const { return (path_ / "journal").string(); }

private:
    std::filesystem::path path_;
};

class NoDomains final : public Host {
public:
    bool exists(DomainId) override { return true; }
    Result<> connect(DomainId, Port) override { return {}; }
    void reset(DomainId) override {}
    void disconnect(DomainId) override {}
};

using Changes = std::vector<std::string>;

class Collector final : public ChangeSink {
public:
    void add(const Change& change) override { encode(change, changes.emplace_back()); }
    Result<> commit() override { return {}; }
    Changes changes;
};

std::unique_ptr<Journal> open(const std::string& path) {
    auto lock = JournalLock::take(path);
    expect(lock.has_value());
    auto journal = Journal::open(std::get<JournalLock>(*std::move(lock)), kBoot);
    expect(journal.has_value());
    return *std::move(journal);
}

Changes replay_into(Store& store, Journal& journal) {
    Collector taken;
    const auto apply = [&](const Change& change) -> Result<> {
        ZEROTH_CHECK(store.apply(change));
        taken.add(change);
        return {};
    };
    expect(journal.replay(apply).has_value());
    return taken.changes;
}

Changes state_of(const Store& store) {
    Collector all;
    const auto snapshot = store.snapshot();
    while (snapshot->write(all, 16)) {
    }
    return all.changes;
}

/// The changes that make a state, given to another store, make the same.
void check_snapshot(const Store& store) {
    const Changes state = state_of(store);
    NoDomains host;
    Collector ignored;
    Store again{{}, host, ignored};
    for (const std::string& bytes : state) {
        ChangeReader reader{std::as_bytes(std::span{bytes})};
        const auto change = reader.next();
        expect(change && *change && again.apply(**change));
    }
    expect(state_of(again) == state);
}

void recover(const std::string& bytes) {
    static const Folder folder;
    const std::string path = folder.journal();
    std::ofstream{path, std::ios::binary | std::ios::trunc} << bytes;
    NoDomains host;
    Collector ignored;
    Store store{{}, host, ignored};
    const Changes taken = replay_into(store, *open(path));
    check_snapshot(store);
    // What has been taken is all that is there now.
    Store again{{}, host, ignored};
    const Changes whole = replay_into(again, *open(path));
    expect(whole.size() <= taken.size() &&
           std::ranges::equal(whole, std::span{taken}.first(whole.size())));
    Store once_more{{}, host, ignored};
    expect(replay_into(once_more, *open(path)) == whole);
}

void put(std::string& bytes, std::size_t at, std::uint32_t value) {
    for (unsigned i = 0; i < 4; ++i) bytes[at + i] = static_cast<char>(value >> (8 * i));
}

/// With the header and the checksums that it should have.
std::string mended(std::string bytes) {
    const std::string header = journal_header(kBoot);
    bytes.replace(0, header.size(), header);
    std::size_t at = header.size();
    while (bytes.size() - at > kRecordHeadSize) {
        std::uint32_t length = 0;
        std::memcpy(&length, &bytes[at], sizeof length);
        if (length == 0) break;
        length = std::min(length, static_cast<std::uint32_t>(bytes.size() - at - kRecordHeadSize));
        put(bytes, at, length);
        const std::string_view payload{&bytes[at + kRecordHeadSize], length};
        put(bytes, at + 4, record_checksum(payload));
        bytes.resize(std::max(bytes.size(), at + record_size(length)));
        at += record_size(length);
    }
    return bytes.append(kRecordHeadSize, '\0');
}

}  // namespace

/// A journal as a stranger might leave it: as it is, and with its checksums put right.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    log::set_level(log::Level::kError);
    const std::string bytes(data, data + size);
    recover(bytes);
    recover(mended(bytes));
    return 0;
}
