// SPDX-License-Identifier: Apache-2.0
#include "tests/lint/tokens.hpp"

#include <algorithm>
#include <string>

namespace zeroth::lint {
namespace {

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_word_start(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
constexpr bool is_word(char c) { return is_word_start(c) || is_digit(c); }

class Scanner {
public:
    explicit Scanner(std::string_view source) : source_{source} {}

    std::vector<Token> scan() {
        while (at_ < source_.size()) {
            if (!skip_blank() && !skip_comment() && !skip_directive()) token();
        }
        return std::move(tokens_);
    }

private:
    bool starts(std::string_view what) const { return source_.substr(at_).starts_with(what); }

    void advance_to(std::size_t end) {
        end = std::min(end, source_.size());
        const auto passed = source_.substr(at_, end - at_);
        const auto newlines = std::ranges::count(passed, '\n');
        if (newlines > 0) line_has_token_ = false;
        line_ += static_cast<std::uint32_t>(newlines);
        at_ = end;
    }

    bool skip_blank() {
        const auto end = source_.find_first_not_of(" \t\r\n", at_);
        if (end == at_) return false;
        advance_to(end);
        return true;
    }

    bool skip_comment() {
        if (starts("//")) {
            advance_to(source_.find('\n', at_));
        } else if (starts("/*")) {
            const auto end = source_.find("*/", at_ + 2);
            advance_to(end == std::string_view::npos ? end : end + 2);
        } else {
            return false;
        }
        return true;
    }

    bool skip_directive() {
        if (source_[at_] != '#' || line_has_token_) return false;
        auto end = source_.find('\n', at_);
        while (end != std::string_view::npos && source_[end - 1] == '\\') {
            end = source_.find('\n', end + 1);
        }
        advance_to(end);
        return true;
    }

    void token() {
        line_has_token_ = true;
        const char c = source_[at_];
        if (is_word_start(c)) {
            word();
        } else if (is_digit(c)) {
            number();
        } else if (c == '"' || c == '\'') {
            literal(c);
        } else {
            add(Token::Kind::kMark, starts("->") || starts("::") ? at_ + 2 : at_ + 1);
        }
    }

    void word() {
        auto end = at_;
        while (end < source_.size() && is_word(source_[end])) ++end;
        const bool quoted = end < source_.size() && source_[end] == '"';
        if (quoted && source_[end - 1] == 'R' && end - at_ <= 3) {
            raw_literal(end);
        } else {
            add(Token::Kind::kWord, end);
        }
    }

    void number() {
        auto end = at_;
        // A ' between digits is part of the number.
        while (end < source_.size() &&
               (is_word(source_[end]) || source_[end] == '.' ||
                (source_[end] == '\'' && end + 1 < source_.size() && is_word(source_[end + 1])))) {
            ++end;
        }
        add(Token::Kind::kNumber, end);
    }

    void literal(char quote) {
        auto end = at_ + 1;
        while (end < source_.size() && source_[end] != quote && source_[end] != '\n') {
            end += source_[end] == '\\' ? 2U : 1U;
        }
        add(Token::Kind::kText, end + 1);
    }

    void raw_literal(std::size_t quote) {
        const auto open = source_.find('(', quote);
        const std::string close =
            ")" + std::string{source_.substr(quote + 1, open - quote - 1)} + "\"";
        const auto end = source_.find(close, open);
        add(Token::Kind::kText, end == std::string_view::npos ? end : end + close.size());
    }

    void add(Token::Kind kind, std::size_t end) {
        end = std::min(end, source_.size());
        tokens_.push_back({kind, source_.substr(at_, end - at_), line_});
        advance_to(end);
        line_has_token_ = true;
    }

    std::string_view source_;
    std::size_t at_ = 0;
    std::uint32_t line_ = 1;
    bool line_has_token_ = false;
    std::vector<Token> tokens_;
};

}  // namespace

std::vector<Token> tokenize(std::string_view source) { return Scanner{source}.scan(); }

}  // namespace zeroth::lint
