// SPDX-License-Identifier: Apache-2.0
#include "xl/doctor/root.hpp"

#include <algorithm>
#include <filesystem>

#include "xl/config_file.hpp"

namespace zeroth::xl::doctor {

bool Root::exists(std::string_view inside) const {
    std::error_code error;
    return std::filesystem::exists(path(inside), error);
}

std::optional<std::string> Root::text(std::string_view inside) const {
    auto text = read_file(path(inside));
    if (!text) return std::nullopt;
    text->erase(text->find_last_not_of(" \n\t") + 1);
    return *std::move(text);
}

std::vector<std::string> Root::names(std::string_view inside) const {
    std::vector<std::string> names;
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator{path(inside), error})
        names.push_back(entry.path().filename().string());
    std::ranges::sort(names);
    return names;
}

std::optional<std::string> Root::target(std::string_view inside) const {
    std::error_code error;
    auto target = std::filesystem::read_symlink(path(inside), error);
    if (error) return std::nullopt;
    return target.string();
}

}  // namespace zeroth::xl::doctor
