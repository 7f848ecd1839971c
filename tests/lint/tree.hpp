// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace zeroth::lint {

enum class Language { kCpp, kShell, kCMake, kDocument, kOther };

struct File {
    /// From the root of the tree, with `/` between the parts.
    std::string path;
    Language language = Language::kOther;
    std::string text;

    bool is_header() const { return path.ends_with(".hpp"); }
    bool is_below(std::string_view folder) const {
        return path.starts_with(folder) && path.substr(folder.size()).starts_with('/');
    }
};

/// Every text file of the tree that people write: not build/, not what git or an editor keeps in
/// hidden folders, not the samples that the checks are tried on, no binary files.
std::vector<File> read_tree(const std::filesystem::path& root);

std::vector<std::string_view> lines_of(std::string_view text);
std::string_view trim(std::string_view text);
/// The parts between separators, empty ones left out, trimmed.
std::vector<std::string> split(std::string_view text, char separator);

}  // namespace zeroth::lint
