// SPDX-License-Identifier: Apache-2.0
#include "xenstore/tools/command_line.hpp"

#include <fmt/format.h>
#include <getopt.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace zeroth::xs::tools {
namespace {

struct ModeRow {
    std::string_view name;
    Mode mode;
    /// For getopt; -s once asked for the socket, and is accepted.
    const char* letters;
    std::string_view usage;
    std::size_t least_words;
    int misuse_status;
};

constexpr std::array kModes{
    ModeRow{"chmod", Mode::kChmod, "hsru", "[-h] [-u] [-r] key mode [modes...]", 2, 1},
    ModeRow{"control", Mode::kControl, "+h", "[-h] [--json] command [argument...]", 1, 2},
    ModeRow{"exists", Mode::kExists, "hs", "[-h] key [...]", 1, 1},
    ModeRow{"list", Mode::kList, "hsp", "[-h] [-p] [--json] key [...]", 1, 1},
    ModeRow{"ls", Mode::kLs, "hsfp", "[-h] [-f] [-p] [--json] [path]", 0, 1},
    ModeRow{"read", Mode::kRead, "hspR", "[-h] [-p] [-R] [--json] key [...]", 1, 1},
    ModeRow{"rm", Mode::kRm, "hst", "[-h] [-t] key [...]", 1, 1},
    ModeRow{"watch", Mode::kWatch, "hsn:d:", "[-h] [-n NR] [-d depth] [--json] key [...]", 1, 1},
    ModeRow{"write", Mode::kWrite, "hsR", "[-h] [-R] key value [...]", 2, 1},
};

const ModeRow* find_mode(std::string_view name) {
    const auto found = std::ranges::find(kModes, name, &ModeRow::name);
    return found == kModes.end() ? nullptr : &*found;
}

std::string_view base_name(std::string_view path) { return path.substr(path.rfind('/') + 1); }

std::string usage(const ModeRow& row, std::string_view program) {
    const bool by_link = base_name(program).ends_with(row.name);
    return fmt::format("Usage: {}{}{} {}\n", program, by_link ? "" : " ", by_link ? "" : row.name,
                       row.usage);
}

Ending no_mode(std::string_view program, std::string_view word) {
    std::string modes;
    for (const auto& row : kModes)
        modes += fmt::format("{}{}", modes.empty() ? "" : ", ", row.name);
    const auto help = fmt::format("Usage: {} <mode> [-h] [...]\nModes: {}\n", program, modes);
    if (word == "-h" || word == "--help") return {0, help, ""};
    const auto name = base_name(program);
    if (word.empty()) return {1, "", fmt::format("{}: {}", name, help)};
    return {1, "", fmt::format("{}: unknown mode {}\n{}", name, word, help)};
}

Ending misuse(const ModeRow& row, std::string_view program, std::string_view name,
              std::string_view what) {
    return {row.misuse_status, "", fmt::format("{}: {}\n{}", name, what, usage(row, program))};
}

template <class Number>
std::optional<Number> parse_number(std::string_view text) {
    Number number{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return number;
}

/// Takes -n or -d; what is wrong with its number, or nothing.
std::string take_number(CommandLine& line, int letter, std::string_view text) {
    if (letter == 'd') {
        line.depth = parse_number<std::uint32_t>(text);
        return line.depth ? "" : fmt::format("-d takes a number of levels, not '{}'", text);
    }
    const auto count = parse_number<std::int64_t>(text);
    if (!count) return fmt::format("-n takes a number of events, not '{}'", text);
    if (*count >= 0) line.count = static_cast<std::uint64_t>(*count);
    return "";
}

/// Of a letter or a word that getopt did not take; a missing argument comes as ':'.
std::string describe_bad_option(int outcome, std::string_view word) {
    const auto what =
        optopt != 0 ? fmt::format("-{}", static_cast<char>(optopt)) : std::string{word};
    return outcome == ':' ? fmt::format("option {} needs a number", what)
                          : fmt::format("there is no option {} here", what);
}

std::string check_words(const ModeRow& row, const CommandLine& line) {
    if (line.words.size() < row.least_words) {
        return line.words.empty() ? "nothing is named" : "too few arguments";
    }
    if (row.mode == Mode::kWrite && line.words.size() % 2 != 0) {
        return fmt::format("no value for path {}", line.words.back());
    }
    return "";
}

bool takes_json(const ModeRow& row) { return row.usage.find("--json") != std::string_view::npos; }

std::expected<CommandLine, Ending> parse_options(const ModeRow& row, std::string_view program,
                                                 std::vector<char*> argv) {
    CommandLine line{row.mode, fmt::format("xenstore-{}", row.name), "", {}, {}, {}};
    const std::array long_options{
        option{"help", no_argument, nullptr, 'h'},
        takes_json(row) ? option{"json", no_argument, nullptr, 'j'} : option{}, option{}};
    const std::string letters = row.letters[0] == '+' ? "+:h" : fmt::format(":{}", row.letters);
    const int count = static_cast<int>(argv.size());
    argv.push_back(nullptr);
    optind = 0;  // starts getopt anew
    opterr = 0;
    for (;;) {
        const int letter =
            getopt_long(count, argv.data(), letters.c_str(), long_options.data(), nullptr);
        if (letter == -1) break;
        if (letter == 'h') return std::unexpected{Ending{0, usage(row, program), ""}};
        std::string wrong;
        if (letter == '?' || letter == ':')
            wrong = describe_bad_option(letter, argv[static_cast<std::size_t>(optind - 1)]);
        if (letter == 'n' || letter == 'd') wrong = take_number(line, letter, optarg);
        if (!wrong.empty()) return std::unexpected{misuse(row, program, line.name, wrong)};
        line.flags += static_cast<char>(letter);
    }
    for (int i = optind; i < count; ++i) line.words.emplace_back(argv[static_cast<std::size_t>(i)]);
    if (const auto wrong = check_words(row, line); !wrong.empty()) {
        return std::unexpected{misuse(row, program, line.name, wrong)};
    }
    return line;
}

}  // namespace

std::expected<CommandLine, Ending> parse_command_line(std::span<const char* const> argv) {
    constexpr std::string_view kPrefix = "xenstore-";
    const std::string_view program = argv.empty() ? "xenstore" : argv[0];
    const auto name = base_name(program);
    const bool by_link = name.starts_with(kPrefix);
    const std::string_view word = argv.size() > 1 ? argv[1] : "";
    const ModeRow* row = find_mode(by_link ? name.substr(kPrefix.size()) : word);
    if (row == nullptr) return std::unexpected{no_mode(program, by_link ? name : word)};
    std::vector<char*> words;
    // getopt permutes the array but leaves the strings alone.
    for (const char* each : argv.subspan(by_link ? 0 : 1)) words.push_back(const_cast<char*>(each));
    return parse_options(*row, program, std::move(words));
}

}  // namespace zeroth::xs::tools
