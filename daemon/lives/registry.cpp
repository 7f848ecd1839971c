// SPDX-License-Identifier: Apache-2.0
#include "daemon/lives/registry.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <boost/json/serialize.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "core/log.hpp"
#include "core/unique_fd.hpp"
#include "daemon/api/json.hpp"

namespace zeroth::daemon::lives {
namespace {

namespace fs = std::filesystem;

constexpr const char *kRecord = ".json", *kRequest = ".request.json";

/// The file is the old one or the new one at any time. Not synced: it lies in /run, which does not
/// outlive the kernel that holds it.
Result<> replace_file(const std::string& path, std::string_view text) {
    const std::string next = path + ".new";
    {
        const UniqueFd fd{::open(next.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600)};
        if (!fd) return errno_error("create " + next);
        while (!text.empty()) {
            const auto written = ::write(fd.get(), text.data(), text.size());
            if (written < 0) {
                auto error = errno_error("write " + next);
                ::unlink(next.c_str());
                return error;
            }
            text.remove_prefix(static_cast<std::size_t>(written));
        }
    }
    if (::rename(next.c_str(), path.c_str()) != 0) return errno_error("put in place " + path);
    return {};
}

Result<std::string> read_file(const std::string& path) {
    std::ifstream file{path, std::ios::binary};
    if (!file) return errno_error("read " + path);
    return std::string{std::istreambuf_iterator<char>{file}, {}};
}

/// The UUID that a file of ours is named by, when it ends so.
std::optional<Uuid> uuid_in(std::string_view name, std::string_view ending) {
    if (!name.ends_with(ending)) return std::nullopt;
    return Uuid::parse(name.substr(0, name.size() - ending.size()));
}

}  // namespace

Registry::Registry(std::string folder) : folder_{std::move(folder)} {
    std::error_code made;
    fs::create_directories(folder_, made);
    if (made) log::warning("records of domains cannot be kept in {}: {}", folder_, made.message());
    load();
}

std::string Registry::path(const Uuid& uuid, const char* ending) const {
    return fmt::format("{}/{}{}", folder_, uuid.text(), ending);
}

void Registry::load() {
    std::error_code error;
    std::vector<fs::path> leftovers;
    for (const auto& entry : fs::directory_iterator{folder_, error}) {
        const auto name = entry.path().filename().string();
        if (const auto uuid = uuid_in(name, kRequest)) {
            if (!fs::exists(path(*uuid, kRecord), error)) leftovers.push_back(entry.path());
        } else if (const auto its = uuid_in(name, kRecord)) {
            const auto text = read_file(entry.path());
            auto record = text ? parse_record(*text) : fail(text.error());
            if (record && record->uuid == *its) {
                records_.emplace(*its, *std::move(record));
                continue;
            }
            log::warning("{} is no record of a domain and is put aside", entry.path().string());
            fs::rename(entry.path(), entry.path().string() + ".bad", error);
        } else if (name.ends_with(".new")) {
            leftovers.push_back(entry.path());
        }
    }
    for (const auto& leftover : leftovers) fs::remove(leftover, error);
}

Result<> Registry::write(const Record& record) const {
    return replace_file(path(record.uuid, kRecord), to_text(record));
}

Result<> Registry::begin(const Record& record, api::CreateRequest request) {
    request.config.uuid = record.uuid;
    const std::lock_guard lock{mutex_};
    // The request first: one without a record is swept up, a record without one cannot be acted on.
    ZEROTH_CHECK(replace_file(path(record.uuid, kRequest),
                              boost::json::serialize(api::encode(request)) + '\n'));
    ZEROTH_CHECK(write(record));
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
    if (const auto written = write(found->second); !written) {
        log::warning("{}", written.error().text());
    }
    return found->second;
}

void Registry::remove(const Uuid& uuid) {
    const std::lock_guard lock{mutex_};
    ::unlink(path(uuid, kRecord).c_str());
    ::unlink(path(uuid, kRequest).c_str());
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
    ZEROTH_TRY(const auto text, read_file(path(uuid, kRequest)));
    ZEROTH_TRY(const auto value, api::parse_json(text));
    auto request = api::decode<api::CreateRequest>(value);
    return request;
}

Result<> Registry::set_request(const Uuid& uuid, api::CreateRequest request) {
    request.config.uuid = uuid;
    const auto policies = policies_of(request.config);
    {
        const std::lock_guard lock{mutex_};
        if (!records_.contains(uuid)) return fail(ENOENT, "a record of domain " + uuid.text());
        ZEROTH_CHECK(replace_file(path(uuid, kRequest),
                                  boost::json::serialize(api::encode(request)) + '\n'));
    }
    change(uuid, [&](Record& record) { record.policies = policies; });
    return {};
}

}  // namespace zeroth::daemon::lives
