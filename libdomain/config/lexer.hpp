// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "libdomain/config/report.hpp"
#include "libdomain/config/value.hpp"

namespace zeroth::config {

struct Token {
    enum class Kind {
        kEnd,
        kSeparator,   ///< a line's end or `;`
        kIdentifier,  ///< letters, digits, `.`, `_` and `-`: more than a key may have, for messages
        kNumber,      ///< a digit, or a minus and a digit, and all letters and digits after it
        kString,
        kUnclosed,  ///< a quote that its line does not close; `span` is the quote and what follows
        kAssign,
        kAppend,
        kComma,
        kOpen,
        kClose,
        kStray,  ///< any other character
    };
    Kind kind = Kind::kEnd;
    Span span;
    /// Decoded for strings, as written for identifiers and numbers.
    std::string text;
    std::vector<Piece> pieces;
};

/// The tokens of an xl.cfg text (reference B.1). It reports bad escapes; all else is the parser's.
class Lexer {
public:
    /// Reads bytes `part` of the text.
    Lexer(std::string_view text, Span part, Report& report);

    Token next();
    std::size_t position() const { return at_; }
    void seek(std::size_t position) { at_ = position; }
    std::string_view text() const { return text_.substr(0, end_); }
    /// The end of the line that holds a byte, without line end.
    std::size_t line_end(std::size_t from) const;
    /// Whether a statement begins here: blanks, a key, and `=` or `+=`.
    bool at_assignment(std::size_t from) const;

private:
    void skip_blanks();
    char peek(std::size_t ahead = 0) const;
    Token make(Token::Kind kind, std::size_t length);
    Token word(Token::Kind kind, std::size_t from);
    std::size_t closing_quote() const;
    Token string();
    void escape(Token& token);
    void digits(Token& token, std::size_t start, std::size_t from, unsigned base);

    std::string_view text_;
    std::size_t at_, end_;
    Report& report_;
};

}  // namespace zeroth::config
