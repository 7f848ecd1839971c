// SPDX-License-Identifier: Apache-2.0
#include "hooks/installed.hpp"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>

namespace zeroth::hooks {
namespace {

namespace fs = std::filesystem;

bool is_library(const ShippedFile& file) { return file.name.ends_with(".sh"); }

bool is_as_shipped(const ShippedFile& file, const fs::path& folder) {
    // One byte more, to see that there is none.
    std::string contents(file.contents.size() + 1, '\0');
    std::ifstream there{folder / file.name, std::ios::binary};
    there.read(contents.data(), static_cast<std::streamsize>(contents.size()));
    contents.resize(static_cast<std::size_t>(there.gcount()));
    return contents == file.contents;
}

}  // namespace

ScriptOrigin origin_of(const std::string& script) {
    const fs::path path{script};
    std::error_code error;
    if (!fs::exists(path, error)) return ScriptOrigin::kMissing;
    const auto shipped = shipped_files();
    const auto same = std::ranges::find(shipped, path.filename().string(), &ShippedFile::name);
    if (same == shipped.end()) return ScriptOrigin::kChanged;
    const bool ours = std::ranges::all_of(shipped, [&](const ShippedFile& file) {
        return (!is_library(file) && &file != &*same) || is_as_shipped(file, path.parent_path());
    });
    return ours ? ScriptOrigin::kOurs : ScriptOrigin::kChanged;
}

std::vector<std::string> vif_hooks(const std::string& folder) {
    std::vector<std::string> hooks;
    std::error_code error;
    for (fs::directory_iterator entry{folder + "/vif-post.d", error}, end; !error && entry != end;
         entry.increment(error)) {
        const std::string path = entry->path().string();
        std::error_code ignored;
        const bool hidden = entry->path().filename().string().starts_with('.');
        if (path.ends_with(".hook") && !hidden && fs::is_regular_file(path, ignored) &&
            ::access(path.c_str(), X_OK) == 0)
            hooks.push_back(path);
    }
    std::ranges::sort(hooks);
    return hooks;
}

ScriptCall vif_hooks_call(const BackendPath& backend, Phase phase, const std::string& gatewaydev,
                          const std::string& folder) {
    return vif_call(folder + "/vif-hooks", backend, phase, gatewaydev);
}

}  // namespace zeroth::hooks
