// SPDX-License-Identifier: Apache-2.0
#include "daemon/adopt/configs.hpp"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "core/log.hpp"
#include "libdomain/config/parse.hpp"

namespace zeroth::daemon {
namespace {

namespace fs = std::filesystem;

std::optional<DomainId> number_in(const std::string& name) {
    std::uint16_t number = 0;
    const auto* const end = name.data() + name.size();
    const auto [rest, error] = std::from_chars(name.data(), end, number);
    if (error != std::errc{} || rest == end || *rest != '-') return std::nullopt;
    return DomainId{number};
}

std::optional<config::DomainConfig> read_config(const fs::path& path) {
    std::ifstream file{path, std::ios::binary};
    config::Source source;
    source.name = path.string();
    source.text.assign(std::istreambuf_iterator<char>{file}, {});
    if (!file) {
        log::warning("{} cannot be read", path.string());
        return std::nullopt;
    }
    auto parsed = config::parse(source, config::form_of(source.name));
    if (parsed.config) return std::move(parsed.config);
    log::warning("{} is not used: `xl config-check {}` says what is wrong with it", path.string(),
                 path.string());
    return std::nullopt;
}

}  // namespace

std::vector<AdoptConfig> read_adopt_configs(const std::string& folder) {
    std::vector<AdoptConfig> configs;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator{folder, error}) {
        const auto& path = entry.path();
        if (path.extension() != ".cfg" && path.extension() != ".toml") continue;
        if (auto config = read_config(path)) {
            configs.push_back(
                {path.string(), number_in(path.filename().string()), *std::move(config)});
        }
    }
    std::ranges::sort(configs, {}, &AdoptConfig::path);
    return configs;
}

const AdoptConfig* choose_config(const std::vector<AdoptConfig>& configs, DomainId domain,
                                 const std::function<bool(const AdoptConfig&)>& is_taken) {
    const auto own = std::ranges::find(configs, std::optional{domain}, &AdoptConfig::domain);
    if (own != configs.end()) return is_taken(*own) ? nullptr : &*own;
    const auto next = std::ranges::find_if(
        configs, [&](const auto& config) { return !config.domain && !is_taken(config); });
    return next == configs.end() ? nullptr : &*next;
}

}  // namespace zeroth::daemon
