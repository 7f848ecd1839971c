// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "tests/lint/checks.hpp"

namespace zeroth::lint {
namespace {

constexpr std::array<std::string_view, 5> kRules{"includes", "coroutines", "style", "clean-hands",
                                                 "table"};
constexpr std::string_view kUsage =
    "usage: zeroth-lint ROOT RULE ROOMS_FILE...   check a tree by one rule\n"
    "       zeroth-lint --self-test SAMPLES       check that the rules find what the samples mark\n"
    "rules: includes, coroutines, style, clean-hands, table\n";

std::string read_file(const std::filesystem::path& path) {
    std::ifstream stream{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{stream}, {}};
}

Findings check_tree(const std::vector<File>& files, const std::vector<Room>& rooms,
                    std::string_view rule) {
    Findings findings;
    for (const File& file : files) {
        Findings found;
        if (rule == "includes") found = check_includes(file, rooms, files);
        if (rule == "coroutines") found = check_coroutines(file);
        if (rule == "style") found = check_style(file);
        if (rule == "clean-hands") found = check_clean_hands(file);
        if (rule == "table" && file.path == "ARCHITECTURE.md") found = check_table(file, rooms);
        std::ranges::move(found, std::back_inserter(findings));
    }
    return findings;
}

int check(const std::filesystem::path& root, std::string_view rule,
          const std::vector<Room>& rooms) {
    const std::vector<File> files = read_tree(root);
    const Findings findings = check_tree(files, rooms, rule);
    for (const Finding& finding : findings) {
        fmt::print("{}:{}: {} [{}]\n", finding.path, finding.line, finding.text, finding.rule);
    }
    fmt::print("{}: {} files, {} findings\n", rule, files.size(), findings.size());
    return findings.empty() ? 0 : 1;
}

/// Which rule must find something where: `expect: RULE` in the line, or `expect-file: RULE`
/// anywhere in a file for what is said of the file as a whole.
using Mark = std::tuple<std::string, std::uint32_t, std::string>;

std::string word_after(std::string_view line, std::string_view what) {
    const auto at = line.find(what);
    if (at == std::string_view::npos) return {};
    line.remove_prefix(at + what.size());
    return std::string{line.substr(0, line.find_first_of(" \t\r"))};
}

std::set<Mark> expected_marks(const std::vector<File>& files) {
    std::set<Mark> marks;
    for (const File& file : files) {
        std::uint32_t number = 0;
        for (std::string_view line : lines_of(file.text)) {
            ++number;
            const std::string here = word_after(line, "expect: "),
                              whole = word_after(line, "expect-file: ");
            if (!here.empty()) marks.emplace(file.path, number, here);
            if (!whole.empty()) marks.emplace(file.path, 0, whole);
        }
    }
    return marks;
}

int self_test(const std::filesystem::path& samples) {
    const std::vector<File> files = read_tree(samples);
    const std::vector<Room> rooms = parse_rooms(read_file(samples / "rooms.txt"));
    const std::set<Mark> expected = expected_marks(files);
    std::set<Mark> found;
    for (std::string_view rule : kRules) {
        for (const Finding& finding : check_tree(files, rooms, rule)) {
            found.emplace(finding.path, finding.line, finding.rule);
        }
    }
    int wrong = 0;
    for (const auto& [path, line, rule] : expected) {
        if (found.contains({path, line, rule})) continue;
        fmt::print("{}:{}: [{}] found nothing here\n", path, line, rule);
        ++wrong;
    }
    for (const auto& [path, line, rule] : found) {
        if (expected.contains({path, line, rule})) continue;
        fmt::print("{}:{}: [{}] found something here\n", path, line, rule);
        ++wrong;
    }
    fmt::print("self-test: {} marks, {} wrong\n", expected.size(), wrong);
    return wrong == 0 && !expected.empty() ? 0 : 1;
}

int run(const std::vector<std::string>& arguments) {
    if (arguments.size() == 2 && arguments[0] == "--self-test") return self_test(arguments[1]);
    const bool known =
        arguments.size() >= 3 && std::ranges::find(kRules, arguments[1]) != kRules.end();
    if (!known) {
        fmt::print(stderr, "{}", kUsage);
        return 2;
    }
    std::string rooms;
    for (std::size_t i = 2; i < arguments.size(); ++i) rooms += read_file(arguments[i]);
    return check(arguments[0], arguments[1], parse_rooms(rooms));
}

}  // namespace
}  // namespace zeroth::lint

int main(int argc, char** argv) { return zeroth::lint::run({argv + 1, argv + argc}); }
