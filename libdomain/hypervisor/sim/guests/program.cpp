// SPDX-License-Identifier: Apache-2.0
#include "libdomain/hypervisor/sim/guests/program.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

#include "core/cursor.hpp"

namespace zeroth::hyper::sim {
namespace {

struct Kind {
    std::string_view name;
    /// Its options.
    std::string_view options;
    bool alive = true, obeys = true, chatters = false;
    std::optional<ShutdownReason> ending = std::nullopt;
};

constexpr std::array kKinds{
    Kind{.name = "linux", .options = ""},
    Kind{.name = "chatter", .options = "rate", .chatters = true},
    Kind{.name = "crash", .options = "after", .ending = ShutdownReason::kCrash},
    Kind{.name = "hang", .options = "", .alive = false},
    Kind{.name = "ignore-shutdown", .options = "", .obeys = false},
    Kind{.name = "poweroff", .options = "after", .ending = ShutdownReason::kPoweroff},
    Kind{.name = "reboot-loop", .options = "after", .ending = ShutdownReason::kReboot},
    Kind{.name = "soft-reset", .options = "after", .ending = ShutdownReason::kSoftReset},
    Kind{.name = "watchdog", .options = "after", .ending = ShutdownReason::kWatchdog},
};

Error unknown(std::string_view name) {
    std::vector<std::string_view> names;
    for (const auto& kind : kKinds) names.push_back(kind.name);
    return Error::message(EINVAL, fmt::format("there is no simulated guest '{}'; there are {}",
                                              name, fmt::join(names, ", ")));
}

Result<std::uint32_t> number(std::string_view option, std::string_view text) {
    std::uint32_t value = 0;
    const auto* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    if (error == std::errc{} && stop == end) return value;
    return fail(Error::message(
        EINVAL, fmt::format("{}= of a simulated guest takes a number, not '{}'", option, text)));
}

/// The text up to the next comma, which is taken off with it.
std::string_view next_word(std::string_view& text) {
    const auto word = text.substr(0, text.find(','));
    text.remove_prefix(std::min(word.size() + 1, text.size()));
    return word;
}

/// An arm64 Image (Linux' booting.rst): a branch to itself, and then the fields of its header.
constexpr std::size_t kHeaderSize = 64, kSizeAt = 16, kMagicAt = 56;
constexpr std::string_view kBranch{"\0\0\0\x14", 4}, kMagic{"ARM\x64", 4};
constexpr std::string_view kMark = "zeroth simulated guest: ";
constexpr std::size_t kImageSize = 4096;

void put(std::span<std::byte> to, std::string_view text) {
    std::memcpy(to.data(), text.data(), std::min(text.size(), to.size()));
}

}  // namespace

Result<Program> parse_program(std::string_view text) {
    const auto name = next_word(text);
    const auto* const kind = std::ranges::find(kKinds, name, &Kind::name);
    if (kind == kKinds.end()) return fail(unknown(name));
    Program program{.name = std::string{name},
                    .alive = kind->alive,
                    .obeys = kind->obeys,
                    .ending = kind->ending,
                    .chatters = kind->chatters};
    while (!text.empty()) {
        const auto item = next_word(text);
        const auto equals = std::min(item.find('='), item.size());
        const auto key = item.substr(0, equals);
        const auto value = item.substr(std::min(equals + 1, item.size()));
        if (key.empty() || key != kind->options) {
            return fail(Error::message(
                EINVAL, kind->options.empty()
                            ? fmt::format("the simulated guest '{}' has no options", name)
                            : fmt::format("the simulated guest '{}' has no option '{}', only "
                                          "{}=NUMBER",
                                          name, key, kind->options)));
        }
        ZEROTH_TRY(const auto parsed, number(key, value));
        if (key == "rate") program.rate = parsed;
        if (key == "after") program.after = std::chrono::milliseconds{parsed};
    }
    return program;
}

std::vector<std::byte> kernel_image(std::string_view text) {
    std::vector<std::byte> image(kImageSize);
    const std::span bytes{image};
    put(bytes, kBranch);
    put(bytes.subspan(kSizeAt), std::string_view{"\0\x10\0\0", 4});
    put(bytes.subspan(kMagicAt), kMagic);
    put(bytes.subspan(kHeaderSize), kMark);
    // The last byte stays zero, whatever the text.
    put(bytes.subspan(kHeaderSize + kMark.size(), kImageSize - kHeaderSize - kMark.size() - 1),
        text);
    return image;
}

std::optional<std::string> program_text(std::span<const std::byte> head) {
    if (head.size() < kImageSize) return std::nullopt;
    std::string text(kImageSize - kHeaderSize, '\0');
    std::memcpy(text.data(), head.data() + kHeaderSize, text.size());
    if (!text.starts_with(kMark)) return std::nullopt;
    text.erase(0, kMark.size());
    text.resize(std::min(text.find('\0'), text.size()));
    return text;
}

}  // namespace zeroth::hyper::sim
