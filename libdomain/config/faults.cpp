// SPDX-License-Identifier: Apache-2.0
#include "libdomain/config/faults.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "libdomain/config/utf8.hpp"

namespace zeroth::config {
namespace {

constexpr std::string_view kBlanks = " \t\r\f\v";
constexpr std::size_t kLongestHelp = 160;
/// How much of a text is looked at to tell whether it is one.
constexpr std::size_t kSample = 4096;

std::string_view trim_end(std::string_view text, std::string_view what) {
    const std::size_t last = text.find_last_not_of(what);
    return text.substr(0, last == std::string_view::npos ? 0 : last + 1);
}

/// The text before ` # a comment`.
std::string_view without_comment(std::string_view text) {
    for (std::size_t at = text.find('#'); at != std::string_view::npos;
         at = text.find('#', at + 1)) {
        if (at > 0 && kBlanks.find(text[at - 1]) != std::string_view::npos)
            return text.substr(0, at);
    }
    return text;
}

std::string_view line_around(std::string_view text, std::size_t at) {
    const std::size_t before = at == 0 ? std::string_view::npos : text.rfind('\n', at - 1);
    const std::size_t begin = before == std::string_view::npos ? 0 : before + 1;
    return text.substr(begin, std::min(text.find('\n', at), text.size()) - begin);
}

std::string_view kind_of_binary(std::string_view text) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kKnown{{
        {"\x7F"
         "ELF",
         "it is an ELF file: a kernel or a program"},
        {"\x1F\x8B", "it is compressed with gzip"},
        {"\xFF\xFE", "it is UTF-16: save it as UTF-8"},
        {"\xFE\xFF", "it is UTF-16: save it as UTF-8"},
    }};
    for (const auto& [magic, what] : kKnown) {
        if (text.starts_with(magic)) return what;
    }
    return "is it the guest's config, and not its kernel or disk?";
}

/// The first byte that shows that a text is none: NUL, or any control character of noise.
std::size_t find_noise(std::string_view text) {
    if (const std::size_t nul = text.find('\0'); nul != std::string_view::npos) return nul;
    const std::string_view sample = text.substr(0, kSample);
    std::size_t odd = 0, first = std::string_view::npos;
    for (std::size_t at = 0; at < sample.size(); ++at) {
        const bool control = is_control(sample[at]) && sample[at] != '\n' &&
                             kBlanks.find(sample[at]) == std::string_view::npos;
        if (!control && rune_at(text, at).valid) continue;
        first = std::min(first, at);
        odd += control ? 1 : 0;
    }
    return odd * 50 > sample.size() ? first : std::string_view::npos;
}

}  // namespace

Closing guess_closing(std::string_view text, Span string, Place place) {
    std::string_view content = text.substr(string.begin + 1, string.end - string.begin - 1);
    content = trim_end(without_comment(content), kBlanks);
    if (place == Place::kList) content = trim_end(content, " \t\r,]");
    const char other = text[string.begin] == '"' ? '\'' : '"';
    std::size_t end = string.begin + 1 + content.size();
    const bool mixed =
        content.ends_with(other) && std::count(content.begin(), content.end(), other) == 1;
    return mixed ? Closing{end - 1, end} : Closing{end, end};
}

Span bare_text(std::string_view text, std::size_t begin, Place place) {
    const std::size_t line_end = std::min(text.find('\n', begin), text.size());
    const std::string_view rest = without_comment(text.substr(begin, line_end - begin));
    const std::size_t stop = rest.find_first_of(place == Place::kList ? ",];" : ";");
    const std::string_view bare = trim_end(rest.substr(0, stop), kBlanks);
    return {begin, begin + std::max<std::size_t>(bare.size(), 1)};
}

std::string patched_line(std::string_view text, Span span, std::string_view replacement) {
    const std::string_view line = line_around(text, span.begin);
    if (line.size() + replacement.size() > kLongestHelp) return {};
    const auto start = static_cast<std::size_t>(line.data() - text.data());
    const std::string_view before = text.substr(start, span.begin - start);
    const std::string_view after = line.substr(std::min(span.end - start, line.size()));
    const std::string whole = fmt::format("{}{}{}", before, replacement, after);
    const std::size_t first = whole.find_first_not_of(kBlanks);
    const bool printable = find_invalid_utf8(whole) == std::string::npos &&
                           std::none_of(whole.begin(), whole.end(), [](char c) {
                               return (is_control(c) && c != '\t' && c != '\r') || c == '\x7F';
                           });
    if (first == std::string::npos || !printable) return {};
    std::string shown{trim_end(std::string_view{whole}.substr(first), kBlanks)};
    std::replace(shown.begin(), shown.end(), '\t', ' ');
    return shown;
}

bool looks_like_python(std::string_view line) {
    constexpr std::array<std::string_view, 8> kWords{"import ", "from ", "def ",  "if ",
                                                     "for ",    "print", "else:", "return "};
    const std::size_t first = line.find_first_not_of(kBlanks);
    if (first == std::string_view::npos) return false;
    const std::string_view rest = line.substr(first);
    const bool keyword = std::any_of(kWords.begin(), kWords.end(), [rest](std::string_view word) {
        return rest.starts_with(word);
    });
    return keyword ||
           (line.find('(') != std::string_view::npos && line.find(')') != std::string_view::npos);
}

bool is_text(std::string_view text, Report& report) {
    const std::size_t noise = find_noise(text);
    if (noise == std::string_view::npos) return true;
    const auto byte = static_cast<unsigned char>(text[noise]);
    report.error({noise, noise + 1},
                 fmt::format("this is not a text file: it holds the byte 0x{:02x}", byte),
                 std::string{kind_of_binary(text)});
    return false;
}

}  // namespace zeroth::config
