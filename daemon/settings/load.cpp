// SPDX-License-Identifier: Apache-2.0
#include "daemon/settings/load.hpp"

#include <fcntl.h>

#include <array>

#include "core/unique_fd.hpp"

namespace zeroth::daemon {
namespace {

/// Enough to see that it is too long.
constexpr std::size_t kMaxRead = std::size_t{512} << 10U;

Result<std::string> read_file(const std::string& path) {
    // O_NONBLOCK: a FIFO in the file's place must not hold up the start.
    const UniqueFd fd{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
    if (!fd) return errno_error("read the settings in " + path);
    std::string text;
    std::array<char, 16384> piece;
    while (text.size() < kMaxRead) {
        const ssize_t got = ::read(fd.get(), piece.data(), piece.size());
        if (got == 0) break;
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return errno_error("read the settings in " + path);
        text.append(piece.data(), static_cast<std::size_t>(got));
    }
    return text;
}

}  // namespace

Result<LoadedSettings> load_settings(const SettingSources& sources, config::Colour colour) {
    LoadedSettings out;
    Settings settings;
    bool good = true;
    auto text = read_file(sources.file);
    if (text) {
        const config::Source file{sources.file, *std::move(text)};
        const auto diagnostics = read_settings(file, settings);
        good = !config::has_errors(diagnostics);
        out.messages = config::render(file, diagnostics, colour);
    } else if (sources.presence == SettingSources::File::kMustBe || !text.error().is(ENOENT)) {
        return fail(std::move(text).error());
    }
    const auto words = source_of(sources.words);
    const auto diagnostics = read_words(sources.words, words, settings);
    good = good && !config::has_errors(diagnostics);
    out.messages += config::render(words, diagnostics, colour);
    if (good) out.settings = std::move(settings);
    return out;
}

}  // namespace zeroth::daemon
