// SPDX-License-Identifier: Apache-2.0
#include "daemon/lives/registry.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <boost/json/serialize.hpp>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "core/log.hpp"
#include "core/unique_fd.hpp"
#include "daemon/api/json.hpp"

namespace zeroth::daemon::lives {
namespace {

namespace fs = std::filesystem;

constexpr const char* kEnding = ".json";

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

/// The UUID that a file of ours is named by.
std::optional<Uuid> uuid_in(std::string_view name) {
    if (!name.ends_with(kEnding)) return std::nullopt;
    return Uuid::parse(name.substr(0, name.size() - std::strlen(kEnding)));
}

/// A file's two lines; the second is empty where there is no request.
struct Lines {
    std::string record, request;
};

Result<Lines> read_lines(const std::string& path) {
    std::ifstream file{path, std::ios::binary};
    if (!file) return errno_error("read " + path);
    Lines lines;
    std::getline(file, lines.record);
    std::getline(file, lines.request);
    if (file.bad()) return errno_error("read " + path);
    return lines;
}

std::string line_of(const api::CreateRequest& request) {
    return boost::json::serialize(api::encode(request)) + '\n';
}

}  // namespace

Registry::Registry(std::string folder) : folder_{std::move(folder)} {
    std::error_code made;
    fs::create_directories(folder_, made);
    if (made) log::warning("records of domains cannot be kept in {}: {}", folder_, made.message());
    load();
}

std::string Registry::path(const Uuid& uuid) const {
    return fmt::format("{}/{}{}", folder_, uuid.text(), kEnding);
}

void Registry::load() {
    std::error_code error;
    std::vector<fs::path> leftovers;
    for (const auto& entry : fs::directory_iterator{folder_, error}) {
        const auto name = entry.path().filename().string();
        if (const auto its = uuid_in(name)) {
            const auto lines = read_lines(entry.path().string());
            auto record = lines ? parse_record(lines->record) : fail(lines.error());
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

/// With the request that is in its file, if there is one.
Result<> Registry::write(const Record& record) const {
    const auto file = path(record.uuid);
    const auto former = read_lines(file);
    if (!former && former.error().code() != std::errc::no_such_file_or_directory)
        return fail(former.error());
    auto text = to_text(record);
    if (former && !former->request.empty()) text += former->request + '\n';
    return replace_file(file, text);
}

Result<> Registry::begin(const Record& record, api::CreateRequest request) {
    request.config.uuid = record.uuid;
    const std::lock_guard lock{mutex_};
    ZEROTH_CHECK(replace_file(path(record.uuid), to_text(record) + line_of(request)));
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
    ::unlink(path(uuid).c_str());
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
    ZEROTH_TRY(const auto lines, read_lines(path(uuid)));
    if (lines.request.empty()) return fail(ENOENT, "what domain " + uuid.text() + " was made from");
    ZEROTH_TRY(const auto value, api::parse_json(lines.request));
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
    ZEROTH_CHECK(replace_file(path(uuid), to_text(record) + line_of(request)));
    found->second = std::move(record);
    late_.erase(uuid);
    return {};
}

}  // namespace zeroth::daemon::lives
