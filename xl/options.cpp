// SPDX-License-Identifier: Apache-2.0
#include "xl/options.hpp"

#include <fmt/format.h>
#include <getopt.h>

#include <algorithm>

namespace zeroth::xl {
namespace {

/// getopt's two forms of the same table.
struct Tables {
    // The colon in front: a missing argument is told from an unknown option.
    std::string letters = ":h";
    std::vector<option> names{option{"help", no_argument, nullptr, 'h'}};

    explicit Tables(std::span<const Option> options) {
        for (const Option& each : options) {
            if (each.key < 256) {
                letters += static_cast<char>(each.key);
                if (each.value != nullptr) letters += ':';
            }
            if (each.name == nullptr) continue;
            const int takes = each.value != nullptr ? required_argument : no_argument;
            names.push_back(option{each.name, takes, nullptr, each.key});
        }
        names.push_back(option{});
    }
};

/// `word` is the one getopt stopped after, which for a long option is all there is to show.
std::string complaint(int outcome, std::string_view word) {
    const bool is_letter = optopt > 0 && optopt < 256;
    const std::string what =
        is_letter ? std::string(1, static_cast<char>(optopt)) : std::string{word};
    if (outcome == ':') return fmt::format("option `{}' requires an argument.\n", what);
    return fmt::format("option `{}' not supported.\n", what);
}

}  // namespace

bool Arguments::has(int key) const {
    return std::ranges::any_of(given_, [key](const auto& given) { return given.first == key; });
}

std::size_t Arguments::count(int key) const {
    return static_cast<std::size_t>(
        std::ranges::count(given_, key, &std::pair<int, std::string_view>::first));
}

std::vector<std::string_view> Arguments::values(int key) const {
    std::vector<std::string_view> all;
    for (const auto& [its_key, argument] : given_) {
        if (its_key == key) all.push_back(argument);
    }
    return all;
}

std::optional<std::string_view> Arguments::value(int key) const {
    for (auto it = given_.rbegin(); it != given_.rend(); ++it)
        if (it->first == key) return it->second;
    return std::nullopt;
}

std::string Arguments::parse(std::span<const Option> options, const std::vector<const char*>& argv,
                             Arguments& out) {
    const Tables tables{options};
    std::vector<char*> words;
    words.reserve(argv.size() + 1);
    // getopt permutes the array but leaves the strings alone.
    for (const char* word : argv) words.push_back(const_cast<char*>(word));
    words.push_back(nullptr);
    const int count = static_cast<int>(argv.size());
    optind = 0;  // starts getopt anew
    opterr = 0;
    for (;;) {
        const int key =
            getopt_long(count, words.data(), tables.letters.c_str(), tables.names.data(), nullptr);
        if (key == -1) break;
        if (key == '?' || key == ':')
            return complaint(key, words[static_cast<std::size_t>(optind - 1)]);
        out.given_.emplace_back(key,
                                optarg != nullptr ? std::string_view{optarg} : std::string_view{});
    }
    for (int i = optind; i < count; ++i)
        out.words_.emplace_back(words[static_cast<std::size_t>(i)]);
    return {};
}

}  // namespace zeroth::xl
