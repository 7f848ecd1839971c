// SPDX-License-Identifier: Apache-2.0
#include "daemon/userdata.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <iterator>

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

void remove_userdata(const std::string& directory, DomainId id, const Uuid& uuid) {
    const std::string infix = fmt::format(".{}.{}.", id.raw(), uuid.text());
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator{directory, error}) {
        const auto name = entry.path().filename().string();
        if (name.starts_with("userdata-") && name.find(infix) != std::string::npos) {
            std::filesystem::remove(entry.path(), error);
        }
    }
}

}  // namespace zeroth::daemon
