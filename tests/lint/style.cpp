// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "tests/lint/checks.hpp"
#include "tests/lint/shape.hpp"

namespace zeroth::lint {
namespace {

constexpr std::size_t kMaxFileLines = 600;
constexpr std::uint32_t kMaxFunctionLines = 40;
constexpr std::string_view kLicence = "SPDX-License-Identifier: Apache-2.0";

class Checker {
public:
    explicit Checker(const File& file) : file_{file}, lines_{lines_of(file.text)} {}

    Findings check() {
        if (file_.language != Language::kDocument && file_.language != Language::kOther) head();
        // A test's body may list as many cases as there are.
        if (file_.language == Language::kCpp && !file_.is_below("tests")) functions();
        if (!is_data()) {
            if (lines_.size() > kMaxFileLines) {
                add(0, "has " + std::to_string(lines_.size()) + " lines; at most " +
                           std::to_string(kMaxFileLines));
            }
            blanks();
        }
        return std::move(findings_);
    }

private:
    /// Golden files and corpora are what programs printed or read, blanks and all.
    bool is_data() const {
        return file_.is_below("tests/golden") || file_.is_below("tests/fuzz/corpus") ||
               file_.path == "LICENSE" ||
               (file_.language == Language::kOther && file_.is_below("tests"));
    }

    std::string_view line(std::size_t index) const {
        return index < lines_.size() ? lines_[index] : std::string_view{};
    }

    void head() {
        const std::size_t first = line(0).starts_with("#!") ? 1 : 0;
        const std::string mark = file_.language == Language::kCpp ? "// " : "# ";
        const bool needed = file_.language != Language::kCMake;
        if (needed && line(first) != mark + std::string{kLicence}) {
            add(1, "begins without `" + mark + std::string{kLicence} + "`");
        }
        if (file_.is_header() && line(1) != "#pragma once") {
            add(2, "a header's second line is `#pragma once`");
        }
    }

    void functions() {
        for (const Body& body : shape_of(file_.text).functions) {
            const std::uint32_t inside =
                body.last_line > body.first_line ? body.last_line - body.first_line - 1 : 0;
            if (inside > kMaxFunctionLines) {
                add(body.first_line, "a function of " + std::to_string(inside) +
                                         " lines; at most " + std::to_string(kMaxFunctionLines));
            }
        }
    }

    void blanks() {
        for (std::size_t i = 0; i < lines_.size(); ++i) {
            const auto number = static_cast<std::uint32_t>(i + 1);
            if (lines_[i].ends_with(' ') || lines_[i].ends_with('\t'))
                add(number, "trailing blanks");
            if (lines_[i].ends_with('\r')) add(number, "a carriage return");
            if (file_.language != Language::kOther &&
                lines_[i].find('\t') != std::string_view::npos) {
                add(number, "a tab");
            }
        }
        if (!file_.text.empty() && !file_.text.ends_with('\n')) {
            add(static_cast<std::uint32_t>(lines_.size()), "no newline at the end of the file");
        }
    }

    void add(std::uint32_t at_line, std::string text) {
        findings_.push_back({file_.path, at_line, "style", std::move(text)});
    }

    const File& file_;
    std::vector<std::string_view> lines_;
    Findings findings_;
};

}  // namespace

Findings check_style(const File& file) { return Checker{file}.check(); }

Findings check_coroutines(const File& file) {
    Findings findings;
    if (file.language != Language::kCpp) return findings;
    for (AwaitTrap& trap : shape_of(file.text).traps) {
        findings.push_back({file.path, trap.line, "coroutines", std::move(trap.what)});
    }
    return findings;
}

}  // namespace zeroth::lint
