// SPDX-License-Identifier: Apache-2.0
#include "libdomain/config/lexer.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "libdomain/config/utf8.hpp"

namespace zeroth::config {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_word(char c) { return is_digit(c) || is_letter(c) || c == '_' || c == '.' || c == '-'; }
bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v'; }

/// The value of a digit in the base, or `base` for what is none.
unsigned digit_value(char c, unsigned base) {
    unsigned value = base;
    if (is_digit(c)) value = static_cast<unsigned>(c - '0');
    if (c >= 'a' && c <= 'f') value = static_cast<unsigned>(c - 'a') + 10;
    if (c >= 'A' && c <= 'F') value = static_cast<unsigned>(c - 'A') + 10;
    return std::min(value, base);
}

/// What a backslash and this letter stand for; '\0' where they stand for nothing.
char simple_escape(char letter) {
    switch (letter) {
        case 'a':
            return '\a';
        case 'b':
            return '\b';
        case 'f':
            return '\f';
        case 'n':
            return '\n';
        case 'r':
            return '\r';
        case 't':
            return '\t';
        case 'v':
            return '\v';
        case '"':
        case '\'':
        case '\\':
            return letter;
        default:
            return '\0';
    }
}

}  // namespace

Lexer::Lexer(std::string_view text, Span part, Report& report)
    : text_{text}, at_{part.begin}, end_{part.end}, report_{report} {
    if (at_ == 0 && text_.starts_with(kByteOrderMark)) at_ = kByteOrderMark.size();
}

char Lexer::peek(std::size_t ahead) const { return at_ + ahead < end_ ? text_[at_ + ahead] : '\0'; }

std::size_t Lexer::line_end(std::size_t from) const {
    std::size_t end = std::min(text_.find('\n', from), end_);
    while (end > from && is_blank(text_[end - 1])) --end;
    return end;
}

bool Lexer::at_assignment(std::size_t from) const {
    while (from < end_ && is_blank(text_[from])) ++from;
    if (from >= end_ || !is_letter(text_[from])) return false;
    while (from < end_ && is_word(text_[from])) ++from;
    while (from < end_ && is_blank(text_[from])) ++from;
    if (from < end_ && text_[from] == '+') ++from;
    return from < end_ && text_[from] == '=';
}

void Lexer::skip_blanks() {
    while (at_ < end_ && is_blank(text_[at_])) ++at_;
    if (peek() == '#') at_ = std::min(text_.find('\n', at_), end_);
}

Token Lexer::make(Token::Kind kind, std::size_t length) {
    Token token{.kind = kind, .span = {at_, at_ + length}, .text = {}, .pieces = {}};
    at_ += length;
    return token;
}

Token Lexer::word(Token::Kind kind, std::size_t from) {
    std::size_t length = from;
    while (is_word(peek(length))) ++length;
    Token token = make(kind, length);
    token.text = text_.substr(token.span.begin, length);
    return token;
}

Token Lexer::next() {
    skip_blanks();
    if (at_ >= end_) return make(Token::Kind::kEnd, 0);
    const char c = peek();
    switch (c) {
        case '\n':
        case ';':
            return make(Token::Kind::kSeparator, 1);
        case '=':
            return make(Token::Kind::kAssign, 1);
        case ',':
            return make(Token::Kind::kComma, 1);
        case '[':
            return make(Token::Kind::kOpen, 1);
        case ']':
            return make(Token::Kind::kClose, 1);
        case '"':
        case '\'':
            return string();
        default:
            break;
    }
    if (c == '+' && peek(1) == '=') return make(Token::Kind::kAppend, 2);
    if (is_letter(c) || c == '_') return word(Token::Kind::kIdentifier, 0);
    if (is_digit(c)) return word(Token::Kind::kNumber, 0);
    if (c == '-' && is_digit(peek(1))) return word(Token::Kind::kNumber, 1);
    return make(Token::Kind::kStray, std::min(rune_at(text_, at_).length, end_ - at_));
}

/// The offset of the quote that closes the one at `at_`, or npos where its line has none.
std::size_t Lexer::closing_quote() const {
    for (std::size_t at = at_ + 1; at < end_ && text_[at] != '\n'; ++at) {
        if (text_[at] == text_[at_]) return at;
        if (text_[at] == '\\' && at + 1 < end_ && text_[at + 1] != '\n') ++at;
    }
    return std::string_view::npos;
}

Token Lexer::string() {
    const std::size_t close = closing_quote();
    if (close == std::string_view::npos) return make(Token::Kind::kUnclosed, line_end(at_) - at_);
    Token token{.kind = Token::Kind::kString, .span = {at_, close + 1}, .text = {}, .pieces = {}};
    token.pieces.push_back({0, ++at_});
    while (at_ < close) {
        if (peek() == '\\') {
            escape(token);
        } else {
            token.text += text_[at_++];
        }
    }
    at_ = close + 1;
    return token;
}

void Lexer::escape(Token& token) {
    const std::size_t start = at_++;
    token.pieces.push_back({token.text.size(), start});
    const char letter = peek();
    if (const char plain = simple_escape(letter); plain != '\0') {
        token.text += plain;
        ++at_;
    } else if (letter == 'x') {
        ++at_;
        digits(token, start, at_, 16);
    } else if (digit_value(letter, 8) < 8) {
        digits(token, start, at_, 8);
    } else {
        const std::size_t length = rune_at(text_, at_).length;
        report_.error({start, at_ + length}, "invalid character after backslash in a quoted string",
                      "a backslash itself is written \\\\");
        at_ += length;
    }
    token.pieces.push_back({token.text.size(), at_});
}

void Lexer::digits(Token& token, std::size_t start, std::size_t from, unsigned base) {
    const std::size_t longest = base == 16 ? 2 : 3;
    unsigned value = 0;
    while (at_ < end_ && at_ - from < longest && digit_value(text_[at_], base) < base)
        value = value * base + digit_value(text_[at_++], base);
    const bool whole = at_ - from == longest && value <= 0xFF;
    if (whole && value != 0) {
        token.text += static_cast<char>(value);
        return;
    }
    const Span where{start, std::max(at_, start + 2)};
    if (whole) {
        report_.error(where, "a string cannot hold the character 0");
    } else if (base == 16) {
        report_.error(where, "\\x needs two hexadecimal digits", "for example \\x41 for A");
    } else {
        report_.error(where, "a backslash and a digit need three octal digits, at most \\377",
                      "for example \\101 for A");
    }
}

}  // namespace zeroth::config
