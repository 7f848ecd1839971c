// SPDX-License-Identifier: Apache-2.0
#include "daemon/lives/registry.hpp"

#include <boost/json/serialize.hpp>
#include <cerrno>

#include "core/log.hpp"
#include "daemon/api/json.hpp"

namespace zeroth::daemon::lives {
namespace {

/// A tab in JSON's texts is escaped: none is in either part.
constexpr char kBetween = '\t';

std::string line_of(const Record& record, const api::CreateRequest& request) {
    return to_text(record) + kBetween + boost::json::serialize(api::encode(request));
}

/// Empty where there is none.
std::string_view request_in(std::string_view line) {
    const auto between = line.find(kBetween);
    return between == line.npos ? std::string_view{} : line.substr(between + 1);
}

}  // namespace

Registry::Registry(std::string path) : file_{std::move(path)} {
    file_.load([&](std::string_view line) -> std::optional<Uuid> {
        auto record = parse_record(line.substr(0, line.find(kBetween)));
        if (!record) return std::nullopt;
        const auto uuid = record->uuid;
        records_.insert_or_assign(uuid, *std::move(record));
        return uuid;
    });
}

/// With the request that is beside it, if there is one.
Result<> Registry::write(const Record& record) {
    auto line = to_text(record);
    const auto former = file_.read(record.uuid);
    if (!former && !former.error().is(ENOENT)) return fail(former.error());
    if (former && !request_in(*former).empty()) {
        line += kBetween;
        line += request_in(*former);
    }
    return file_.write(record.uuid, line);
}

Result<> Registry::begin(const Record& record, api::CreateRequest request) {
    request.config.uuid = record.uuid;
    const std::lock_guard lock{mutex_};
    ZEROTH_CHECK(file_.write(record.uuid, line_of(record, request)));
    records_[record.uuid] = record;
    return {};
}

Result<> Registry::put(const Record& record) {
    const std::lock_guard lock{mutex_};
    ZEROTH_CHECK(write(record));
    records_[record.uuid] = record;
    return {};
}

std::optional<Record> Registry::change(const Uuid& uuid,
                                       const std::function<void(Record&)>& change) {
    const std::lock_guard lock{mutex_};
    const auto found = records_.find(uuid);
    if (found == records_.end()) return std::nullopt;
    auto before = found->second;
    change(found->second);
    if (found->second == before) return before;
    if (const auto written = write(found->second); written) {
        late_.erase(uuid);
    } else {
        log::warning("{}", written.error().text());
        late_.insert(uuid);
    }
    return found->second;
}

void Registry::write_late() {
    const std::lock_guard lock{mutex_};
    std::erase_if(late_, [&](const Uuid& uuid) {
        const auto found = records_.find(uuid);
        return found == records_.end() || write(found->second);
    });
}

void Registry::remove(const Uuid& uuid) {
    const std::lock_guard lock{mutex_};
    file_.erase(uuid);
    records_.erase(uuid);
}

std::optional<Record> Registry::find(const Uuid& uuid) const {
    const std::lock_guard lock{mutex_};
    const auto found = records_.find(uuid);
    return found == records_.end() ? std::nullopt : std::optional{found->second};
}

std::optional<Record> Registry::find(DomainId domid) const {
    const std::lock_guard lock{mutex_};
    for (const auto& [uuid, record] : records_) {
        if (record.domid == domid && record.intent != Intent::kCreating) return record;
    }
    return std::nullopt;
}

std::optional<Record> Registry::find_name(std::string_view name) const {
    const std::lock_guard lock{mutex_};
    for (const auto& [uuid, record] : records_) {
        if (record.name == name) return record;
    }
    return std::nullopt;
}

std::vector<Record> Registry::all() const {
    const std::lock_guard lock{mutex_};
    std::vector<Record> all;
    all.reserve(records_.size());
    for (const auto& [uuid, record] : records_) all.push_back(record);
    return all;
}

std::vector<Record> Registry::between_lives() const {
    const std::lock_guard lock{mutex_};
    std::vector<Record> found;
    for (const auto& [uuid, record] : records_) {
        if (record.between_lives()) found.push_back(record);
    }
    return found;
}

Result<api::CreateRequest> Registry::request(const Uuid& uuid) const {
    const std::lock_guard lock{mutex_};
    ZEROTH_TRY(const auto line, file_.read(uuid));
    const auto text = request_in(line);
    if (text.empty()) return fail(ENOENT, "what domain " + uuid.text() + " was made from");
    ZEROTH_TRY(const auto value, api::parse_json(text));
    auto request = api::decode<api::CreateRequest>(value);
    return request;
}

Result<> Registry::set_request(const Uuid& uuid, api::CreateRequest request) {
    request.config.uuid = uuid;
    const std::lock_guard lock{mutex_};
    const auto found = records_.find(uuid);
    if (found == records_.end()) return fail(ENOENT, "a record of domain " + uuid.text());
    auto record = found->second;
    record.policies = policies_of(request.config);
    ZEROTH_CHECK(file_.write(uuid, line_of(record, request)));
    found->second = std::move(record);
    late_.erase(uuid);
    return {};
}

}  // namespace zeroth::daemon::lives
