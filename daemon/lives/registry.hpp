// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "daemon/api/types.hpp"
#include "daemon/lives/record.hpp"
#include "daemon/lives/record_file.hpp"

namespace zeroth::daemon::lives {

/// The records of all domains but domain 0, in memory and in a file that outlives this process: a
/// line has the record and, of domains that xld made, behind a tab what the next life is made from.
/// Thread-safe.
class Registry {
public:
    /// Reads the file. The domain that a line with nonsense was about is met as one that somebody
    /// else made.
    explicit Registry(std::string path);

    /// A domain that is about to be made; its request is kept for later lives, its UUID in it.
    Result<> begin(const Record& record, api::CreateRequest request);
    /// A record that is new or has changed, first to disk.
    Result<> put(const Record& record);
    /// `change` works on the record as it is; nothing happens where there is none. Gives the record
    /// as it is now. A failure to write is told in the log: memory goes on with the change, and it
    /// is written later.
    std::optional<Record> change(const Uuid& uuid, const std::function<void(Record&)>& change);
    void remove(const Uuid& uuid);
    /// Writes what could not be written before. To be called now and then.
    void write_late();

    std::optional<Record> find(const Uuid& uuid) const;
    std::optional<Record> find(DomainId domid) const;
    std::optional<Record> find_name(std::string_view name) const;
    std::vector<Record> all() const;
    std::vector<Record> between_lives() const;

    /// What the next life is made from.
    Result<api::CreateRequest> request(const Uuid& uuid) const;
    /// Also takes over the policies in it.
    Result<> set_request(const Uuid& uuid, api::CreateRequest request);

private:
    Result<> write(const Record& record);

    mutable std::mutex mutex_;
    RecordFile file_;
    std::map<Uuid, Record> records_;
    /// Those that have changed since they were last written.
    std::set<Uuid> late_;
};

}  // namespace zeroth::daemon::lives
