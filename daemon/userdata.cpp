// SPDX-License-Identifier: Apache-2.0
#include "daemon/userdata.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

#include "core/log.hpp"
#include "daemon/api/reference_json.hpp"

namespace zeroth::daemon {

std::string userdata_path(const std::string& directory, const std::string& domid,
                          const Uuid& uuid) {
    return fmt::format("{}/userdata-d.{}.{}.libxl-json", directory, domid, uuid.text());
}

std::optional<std::string> read_userdata(const std::string& directory, DomainId id,
                                         const Uuid& uuid, const char* kind) {
    std::ifstream file{
        fmt::format("{}/userdata-d.{}.{}.{}", directory, id.raw(), uuid.text(), kind),
        std::ios::binary};
    if (!file) return std::nullopt;
    return std::string{std::istreambuf_iterator<char>{file}, {}};
}

namespace {

/// Whole or not at all.
Result<> replace_file(const std::string& path, const std::string& text) {
    const auto growing = path + ".new";
    {
        std::ofstream file{growing, std::ios::binary | std::ios::trunc};
        file << text;
        if (!file.flush()) return errno_error("write " + growing);
    }
    std::error_code error;
    std::filesystem::permissions(growing, std::filesystem::perms{0600}, error);
    if (!error) std::filesystem::rename(growing, path, error);
    if (error) return fail(Error{error, "write " + path});
    return {};
}

/// A domain's file, and its name's parts on both sides of domid and UUID.
struct File {
    std::filesystem::path path;
    std::string before, after;
};
std::vector<File> files_of(const std::string& directory, DomainId id, const Uuid& uuid) {
    const std::string infix = fmt::format(".{}.{}.", id.raw(), uuid.text());
    std::vector<File> files;
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator{directory, error}) {
        const auto name = entry.path().filename().string();
        const auto at = name.find(infix);
        if (!name.starts_with("userdata-") || at == std::string::npos) continue;
        files.push_back({entry.path(), name.substr(0, at), name.substr(at + infix.size())});
    }
    return files;
}

}  // namespace

void set_userdata_name(const std::string& directory, DomainId id, const Uuid& uuid,
                       const std::string& name) {
    const auto kept = read_userdata(directory, id, uuid);
    if (!kept) return;
    auto config = api::parse_userdata(*kept);
    auto* const whole = config ? config->if_object() : nullptr;
    auto* const c_info = whole != nullptr ? whole->if_contains("c_info") : nullptr;
    if (c_info == nullptr || !c_info->is_object()) return;
    c_info->as_object()["name"] = name;
    const auto done = replace_file(userdata_path(directory, fmt::format("{}", id.raw()), uuid),
                                   api::userdata_text(*config));
    if (!done) log::warning("rename to {}: {}", name, done.error().text());
}

Result<> write_userdata(const std::string& directory, DomainId id, const Uuid& uuid,
                        const std::string& kind, const std::string& text) {
    return replace_file(
        fmt::format("{}/userdata-d.{}.{}.{}", directory, id.raw(), uuid.text(), kind), text);
}

void move_userdata(const std::string& directory, DomainId id, const Uuid& from, const Uuid& to) {
    std::error_code error;
    for (const auto& file : files_of(directory, id, from)) {
        const auto name = fmt::format("{}.{}.{}.{}", file.before, id.raw(), to.text(), file.after);
        std::filesystem::rename(file.path, file.path.parent_path() / name, error);
    }
}

void remove_userdata(const std::string& directory, DomainId id, const Uuid& uuid) {
    std::error_code error;
    for (const auto& file : files_of(directory, id, uuid)) {
        std::filesystem::remove(file.path, error);
    }
}

}  // namespace zeroth::daemon
