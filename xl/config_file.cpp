// SPDX-License-Identifier: Apache-2.0
#include "xl/config_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <memory>

#include "core/unique_fd.hpp"

namespace zeroth::xl {
namespace {

/// No config is larger by honest means; /dev/zero is.
constexpr std::size_t kMaxConfig = 16U << 20;

void make_absolute(std::string& path, std::string_view folder) {
    if (path.empty() || path.front() == '/') return;
    path.insert(0, fmt::format("{}/", folder));
}

}  // namespace

Result<ConfigWords> sort_words(std::span<const std::string_view> words,
                               std::string_view default_file) {
    ConfigWords sorted{.file = std::string{default_file}, .settings = {}};
    for (const std::string_view word : words) {
        if (word.find('=') != std::string_view::npos)
            sorted.settings.emplace_back(word);
        else if (sorted.file.empty())
            sorted.file = word;
        else
            return fail(
                fmt::format("`{}' is neither a setting (key=value) nor the one config file "
                            "there can be",
                            word));
    }
    return sorted;
}

Result<std::string> read_file(const std::string& path) {
    const UniqueFd fd{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
    if (!fd) return errno_error(path);
    std::string text;
    std::array<char, 16384> piece;
    for (;;) {
        const ssize_t got = ::read(fd.get(), piece.data(), piece.size());
        if (got == 0) return text;
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return errno_error(path);
        text.append(piece.data(), static_cast<std::size_t>(got));
        if (text.size() > kMaxConfig) return fail(EFBIG, path);
    }
}

Result<ConfigText> read_config(const ConfigWords& words) {
    ConfigText out;
    out.source.name = words.file.empty() ? "command line" : words.file;
    if (!words.file.empty()) {
        ZEROTH_TRY(out.source.text, read_file(words.file));
        out.form = config::form_of(words.file);
    }
    if (!words.settings.empty())
        out.source.text = config::append_overrides(std::move(out.source.text), words.settings);
    return out;
}

std::optional<config::DomainConfig> parse_config(Context& context, const ConfigText& text) {
    config::Parsed parsed = config::parse(text.source, text.form);
    const auto colour = context.err.is_terminal() ? config::Colour::kYes : config::Colour::kNo;
    if (!parsed.diagnostics.empty())
        context.err.write(config::render(text.source, parsed.diagnostics, colour));
    if (config::has_errors(parsed.diagnostics)) return std::nullopt;
    return std::move(parsed.config);
}

std::optional<config::DomainConfig> load_config(Context& context, const ConfigWords& words,
                                                bool quiet, int& status) {
    const auto text = read_config(words);
    if (!text) {
        context.err.print("Failed to read config file: {}\n", text.error().text());
        status = kCreateFailed;
        return std::nullopt;
    }
    if (!quiet) context.err.print("Parsing config from {}\n", text->source.name);
    status = kFailure;
    return parse_config(context, *text);
}

std::string absolute_path(std::string path) {
    const std::unique_ptr<char, void (*)(void*)> here{::getcwd(nullptr, 0), ::free};
    if (here) make_absolute(path, here.get());
    return path;
}

void make_paths_absolute(config::DomainConfig& config) {
    const std::unique_ptr<char, void (*)(void*)> here{::getcwd(nullptr, 0), ::free};
    if (!here) return;
    for (auto* path : {&config.kernel, &config.ramdisk, &config.device_tree})
        if (*path) make_absolute(**path, here.get());
    // With a script the target is the script's own affair.
    for (config::Disk& disk : config.disk)
        if (!disk.script) make_absolute(disk.target, here.get());
}

}  // namespace zeroth::xl
