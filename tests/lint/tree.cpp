// SPDX-License-Identifier: Apache-2.0
#include "tests/lint/tree.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>

namespace zeroth::lint {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kSamples = "tests/lint/samples";

bool is_skipped(const fs::path& folder, std::string_view relative) {
    const std::string name = folder.filename().string();
    return relative == kSamples || relative == "build" || (name.starts_with('.') && name != ".ci");
}

bool is_hidden_file(const std::string& name) {
    return name.starts_with('.') && name != ".clang-tidy" && name != ".clang-format" &&
           name != ".gitignore";
}

Language language_of(const fs::path& path, std::string_view text) {
    const std::string name = path.filename().string(), extension = path.extension().string();
    if (extension == ".cpp" || extension == ".hpp") return Language::kCpp;
    if (extension == ".sh" || text.starts_with("#!")) return Language::kShell;
    if (extension == ".cmake" || name == "CMakeLists.txt") return Language::kCMake;
    if (extension == ".md") return Language::kDocument;
    return Language::kOther;
}

}  // namespace

std::vector<File> read_tree(const fs::path& root) {
    std::vector<File> files;
    for (auto entry = fs::recursive_directory_iterator{root};
         entry != fs::recursive_directory_iterator{}; ++entry) {
        std::string relative = entry->path().lexically_relative(root).generic_string();
        if (entry->is_directory()) {
            if (is_skipped(entry->path(), relative)) entry.disable_recursion_pending();
            continue;
        }
        if (!entry->is_regular_file() || is_hidden_file(entry->path().filename().string()))
            continue;
        std::ifstream stream{entry->path(), std::ios::binary};
        std::string text{std::istreambuf_iterator<char>{stream}, {}};
        if (text.find('\0') != std::string::npos) continue;
        const Language language = language_of(entry->path(), text);
        files.push_back({std::move(relative), language, std::move(text)});
    }
    std::ranges::sort(files, {}, &File::path);
    return files;
}

std::vector<std::string_view> lines_of(std::string_view text) {
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        const auto end = text.find('\n');
        lines.push_back(text.substr(0, end));
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
    return lines;
}

std::string_view trim(std::string_view text) {
    constexpr std::string_view kBlank = " \t\r";
    const auto first = text.find_first_not_of(kBlank);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

std::vector<std::string> split(std::string_view text, char separator) {
    std::vector<std::string> parts;
    while (!text.empty()) {
        const auto end = text.find(separator);
        if (const auto part = trim(text.substr(0, end)); !part.empty()) parts.emplace_back(part);
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
    return parts;
}

}  // namespace zeroth::lint
