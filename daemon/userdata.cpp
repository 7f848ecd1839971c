// SPDX-License-Identifier: Apache-2.0
#include "daemon/userdata.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

namespace zeroth::daemon {

std::string userdata_path(const std::string& directory, const std::string& domid,
                          const Uuid& uuid) {
    return fmt::format("{}/userdata-d.{}.{}.libxl-json", directory, domid, uuid.text());
}

std::optional<std::string> read_userdata(const std::string& directory, DomainId id,
                                         const Uuid& uuid) {
    std::ifstream file{userdata_path(directory, fmt::format("{}", id.raw()), uuid),
                       std::ios::binary};
    if (!file) return std::nullopt;
    return std::string{std::istreambuf_iterator<char>{file}, {}};
}

namespace {

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

void rename_userdata(const std::string& directory, DomainId id, const Uuid& from, const Uuid& to) {
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
