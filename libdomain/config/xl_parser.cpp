// SPDX-License-Identifier: Apache-2.0
#include "libdomain/config/xl_parser.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "libdomain/config/faults.hpp"
#include "libdomain/config/keys.hpp"
#include "libdomain/config/lexer.hpp"
#include "libdomain/config/utf8.hpp"

namespace zeroth::config {
namespace {

using Kind = Token::Kind;

/// After so many errors the rest of a text is not worth reading.
constexpr std::size_t kMaxErrors = 100;

class Parser {
public:
    Parser(std::string_view text, Span part, Report& report)
        : text_{text}, report_{report}, lexer_{text, part, report} {}

    std::vector<Setting> run();

private:
    void statement(const Token& first);
    bool assignment(Setting& setting);
    void end_of_statement();
    Value value(unsigned depth);
    Value list(Span open, unsigned depth);
    bool list_ends(Span open);
    void after_element();
    void skip_nested();
    Value unclosed(const Token& token, Place place);
    Value bare(const Token& token, Place place);
    void missing_value(const Token& token);
    void unexpected(const Token& token, std::string message);

    Token next() { return pending_ ? *std::exchange(pending_, std::nullopt) : lexer_.next(); }
    /// Gives a token back, to be read again.
    void back_to(Token token) { pending_ = std::move(token); }
    void skip_line() {
        const std::size_t from = pending_ ? pending_->span.begin : lexer_.position();
        pending_.reset();
        lexer_.seek(lexer_.line_end(from));
    }
    void give_up() {
        gave_up_ = true;
        pending_.reset();
        lexer_.seek(lexer_.text().size());
    }
    bool exhausted(const Token& token) {
        if (report_.errors() < kMaxErrors) return false;
        if (!gave_up_) report_.note(token.span, "too many errors: reading stopped here");
        give_up();
        return true;
    }
    bool is_newline(const Token& token) const {
        return token.kind == Kind::kSeparator && text_[token.span.begin] == '\n';
    }
    std::string written(Span span) const {
        return shown(text_.substr(span.begin, span.end - span.begin));
    }
    std::string patched(Span span, std::string_view replacement) const {
        return patched_line(lexer_.text(), span, replacement);
    }

    std::string_view text_;
    Report& report_;
    Lexer lexer_;
    std::optional<Token> pending_;
    std::vector<Setting> settings_;
    /// Of the statement being read, for messages; null where it is unknown.
    const KeySpec* key_ = nullptr;
    std::size_t values_ = 0;
    bool gave_up_ = false, said_python_ = false;
};

bool is_key(std::string_view text) {
    const auto allowed = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_';
    };
    return text[0] >= 'a' && text[0] <= 'z' && std::all_of(text.begin(), text.end(), allowed);
}

std::string as_key(std::string text) {
    for (char& c : text) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
        if (c == '-') c = '_';
    }
    text.erase(0, text.find_first_not_of('_'));
    return text;
}

/// What xl.cfg writes for a word that other languages have.
std::string_view number_for(std::string_view word) {
    constexpr std::array<std::string_view, 6> kYes{"true", "True", "TRUE", "yes", "on", "enabled"};
    constexpr std::array<std::string_view, 8> kNo{"false", "False", "FALSE",    "no",
                                                  "off",   "None",  "disabled", "null"};
    if (std::find(kYes.begin(), kYes.end(), word) != kYes.end()) return "1";
    if (std::find(kNo.begin(), kNo.end(), word) != kNo.end()) return "0";
    return {};
}

/// A word with the quotes it lacks; one that the author did write, at its end, is not doubled.
std::string quoted(std::string_view word) {
    while (!word.empty() && (word.back() == '"' || word.back() == '\'')) word.remove_suffix(1);
    const char quote = word.find('"') == std::string_view::npos ? '"' : '\'';
    return fmt::format("{}{}{}", quote, word, quote);
}

Value broken(Span span) {
    Value value;
    value.span = span;
    return value;
}

std::string help_to(std::string_view what, const std::string& line) {
    return line.empty() ? std::string{what} : fmt::format("{}: {}", what, line);
}

std::vector<Setting> Parser::run() {
    for (;;) {
        const Token token = next();
        if (token.kind == Kind::kEnd || exhausted(token)) return std::move(settings_);
        if (token.kind != Kind::kSeparator) statement(token);
    }
}

void Parser::statement(const Token& first) {
    if (first.kind != Kind::kIdentifier) {
        if (first.kind == Kind::kClose) {
            unexpected(first, "this `]` closes no list");
        } else {
            unexpected(first, "expected a key, as in `key = value`");
        }
        return skip_line();
    }
    Setting setting{.key = first.text, .key_span = first.span, .value = broken(first.span)};
    if (!is_key(first.text)) {
        setting.key = as_key(first.text);
        report_.error(
            first.span, "a key has lower-case letters, digits, `_` and `.` only",
            setting.key.empty() ? "" : help_to("write", patched(first.span, setting.key)));
        if (!is_key(setting.key.empty() ? "_" : setting.key)) return skip_line();
    }
    key_ = find_key(setting.key);
    if (assignment(setting)) {
        setting.value = value(0);
        if (!gave_up_) end_of_statement();
    }
    settings_.push_back(std::move(setting));
}

/// Reads `=` or `+=`; without one it reports, skips the line and returns false.
bool Parser::assignment(Setting& setting) {
    const Token token = next();
    setting.append = token.kind == Kind::kAppend;
    if (setting.append || token.kind == Kind::kAssign) return true;
    std::string help;
    const bool value_follows =
        token.kind == Kind::kString || token.kind == Kind::kNumber || token.kind == Kind::kOpen;
    if (value_follows)
        help = help_to("write", patched({setting.key_span.end, token.span.begin}, " = "));
    if (token.kind == Kind::kStray && text_[token.span.begin] == ':')
        help = help_to("write", patched({setting.key_span.end, token.span.end}, " ="));
    const std::string message = fmt::format("expected `=` after `{}`", shown(setting.key));
    if (help.empty()) {
        unexpected(token, message);
    } else {
        report_.error(token.span, message, std::move(help));
    }
    if (token.kind == Kind::kSeparator) {
        back_to(token);
    } else {
        skip_line();
    }
    return false;
}

/// What follows a value: a line's end or `;`, or an error that the next statement survives.
void Parser::end_of_statement() {
    const Token token = next();
    if (token.kind == Kind::kSeparator || token.kind == Kind::kEnd) return;
    if (token.kind == Kind::kComma) {
        report_.error(
            token.span, "a comma after a value: only the elements of a list have commas",
            help_to("write", patched(token.span, lexer_.at_assignment(token.span.end) ? ";" : "")));
        if (lexer_.at_assignment(token.span.end)) return;
        if (next().kind == Kind::kSeparator) return;
    } else if (token.kind == Kind::kIdentifier && lexer_.at_assignment(token.span.begin)) {
        report_.error(token.span,
                      fmt::format("expected a new line or `;` before `{}`", shown(token.text)),
                      help_to("write", patched({token.span.begin, token.span.begin}, "; ")));
        return back_to(token);
    } else if (token.kind == Kind::kClose) {
        report_.error(token.span, "this `]` closes no list",
                      help_to("write", patched(token.span, "")));
    } else {
        const std::string message = fmt::format(
            "expected the end of the line after this value, not `{}`", written(token.span));
        const char before = text_[token.span.begin - 1];
        if (before == '"' || before == '\'') {
            report_.error(
                token.span, message,
                fmt::format("a quote inside a string is written \\{0}; or use the other kind "
                            "of quotes around it",
                            before));
        } else {
            unexpected(token, message);
        }
    }
    skip_line();
}

Value Parser::value(unsigned depth) {
    const Token token = next();
    const Place place = depth == 0 ? Place::kStatement : Place::kList;
    if (++values_ > kMaxValues) {
        report_.error(token.span,
                      fmt::format("more than {} values: this is no guest's config", kMaxValues));
        give_up();
        return broken(token.span);
    }
    switch (token.kind) {
        case Kind::kString:
        case Kind::kNumber: {
            const bool odd = token.kind == Kind::kNumber &&
                             token.text.find_first_of("._-", 1) != std::string::npos;
            if (odd) return bare(token, place);
            Value value = broken(token.span);
            value.kind = token.kind == Kind::kString ? Value::Kind::kString : Value::Kind::kNumber;
            value.text = token.text;
            value.pieces = token.pieces;
            if (token.kind == Kind::kNumber) value.pieces = {{0, token.span.begin}};
            return value;
        }
        case Kind::kOpen:
            return list(token.span, depth + 1);
        case Kind::kUnclosed:
            return unclosed(token, place);
        case Kind::kIdentifier:
        case Kind::kStray:
            return bare(token, place);
        default:
            missing_value(token);
            return broken(token.span);
    }
}

void Parser::missing_value(const Token& token) {
    if (token.kind == Kind::kAssign || token.kind == Kind::kAppend) {
        report_.error(token.span, "one `=` is enough", help_to("write", patched(token.span, "")));
        return skip_line();
    }
    const std::string_view where = token.kind == Kind::kComma   ? "before `,`"
                                   : token.kind == Kind::kClose ? "before `]`"
                                                                : "after `=`";
    report_.error({token.span.begin, token.span.begin},
                  fmt::format("expected a string, a number or a list {}", where));
    back_to(token);
    if (token.kind == Kind::kClose) skip_line();
}

Value Parser::list(Span open, unsigned depth) {
    Value out = broken(open);
    if (depth > kMaxDepth) {
        report_.error(open, fmt::format("lists nest at most {} deep", kMaxDepth));
        skip_nested();
        return out;
    }
    out.kind = Value::Kind::kList;
    while (!list_ends(open)) {
        out.elements.push_back(value(depth));
        if (!gave_up_) after_element();
    }
    out.span.end = lexer_.position();
    if (gave_up_) out.kind = Value::Kind::kBroken;
    return out;
}

/// Skips line ends; true at the closing bracket, which it takes, and where none can be found.
bool Parser::list_ends(Span open) {
    for (;;) {
        if (gave_up_) return true;
        const Token token = next();
        if (exhausted(token)) return true;
        const bool end = token.kind == Kind::kEnd;
        if (end || (is_newline(token) && lexer_.at_assignment(token.span.end))) {
            report_.error(open, "this list is never closed",
                          end ? "a `]` is missing"
                              : fmt::format("a `]` is missing before line {}",
                                            report_.map().locate(token.span).line + 1));
            gave_up_ = end;
            back_to(token);
            return true;
        }
        if (token.kind == Kind::kClose) return true;
        if (token.kind != Kind::kSeparator) {
            back_to(token);
            return false;
        }
        if (!is_newline(token)) {
            report_.error(token.span, "expected an element or `]`, not `;`",
                          help_to("write", patched(token.span, "")));
        }
    }
}

/// After an element: a comma, or (left in place) whatever ends the list, or an error.
void Parser::after_element() {
    const std::size_t element_end = lexer_.position();
    Token token = next();
    while (is_newline(token) && !lexer_.at_assignment(token.span.end)) token = next();
    switch (token.kind) {
        case Kind::kComma:
            return;
        case Kind::kClose:
        case Kind::kEnd:
            return back_to(token);
        case Kind::kString:
        case Kind::kNumber:
        case Kind::kOpen:
            report_.error({element_end, element_end}, "expected `,` or `]` after this element",
                          help_to("write", patched({element_end, element_end}, ",")));
            return back_to(token);
        case Kind::kSeparator:
            if (is_newline(token)) return back_to(token);
            report_.error(token.span, "expected `,` or `]`, not `;`",
                          help_to("write", patched(token.span, ",")));
            return;
        default:
            break;
    }
    unexpected(token, "expected `,` or `]` after this element");
    const std::size_t line_end = lexer_.line_end(lexer_.position());
    const std::string_view rest = text_.substr(0, line_end);
    lexer_.seek(std::min(rest.find_first_of(",]", token.span.end), line_end));
    if (const Token found = next(); found.kind != Kind::kComma) back_to(found);
}

/// Skips to the bracket that closes the one just read, without recursion.
void Parser::skip_nested() {
    std::size_t depth = 1;
    while (depth > 0) {
        const Token token = next();
        if (token.kind == Kind::kOpen) ++depth;
        if (token.kind == Kind::kClose) --depth;
        if (token.kind == Kind::kEnd) return give_up();
        if (is_newline(token) && lexer_.at_assignment(token.span.end)) return back_to(token);
    }
}

Value Parser::unclosed(const Token& token, Place place) {
    const Closing closing = guess_closing(lexer_.text(), token.span, place);
    const std::string quote{text_[token.span.begin]};
    report_.error({token.span.begin, closing.resume}, "this string is never closed on its line",
                  help_to("close it", patched({closing.content_end, closing.resume}, quote)));
    lexer_.seek(closing.resume);
    return broken({token.span.begin, closing.resume});
}

/// Text without quotes where a value should stand.
Value Parser::bare(const Token& token, Place place) {
    const Span span = bare_text(lexer_.text(), token.span.begin, place);
    const std::string_view word = text_.substr(span.begin, span.end - span.begin);
    lexer_.seek(std::max(span.end, token.span.end));
    if (const std::string_view number = number_for(word); !number.empty()) {
        report_.error(span, fmt::format("`{}` is no value here: yes is 1, and no is 0", word),
                      help_to("write", patched(span, number)));
    } else if (token.kind == Kind::kStray && word.size() < 2) {
        unexpected(token, "expected a string, a number or a list");
    } else if (key_ != nullptr && key_->takes == KeySpec::Takes::kNumber) {
        report_.error(span, fmt::format("`{}` takes a number", key_->name));
    } else {
        report_.error(span, "text must be in quotes",
                      help_to("write", patched(span, quoted(word))));
    }
    return broken(span);
}

/// Reports a token that fits nothing, and, once, what the file looks like instead.
void Parser::unexpected(const Token& token, std::string message) {
    std::string help;
    const std::size_t end = lexer_.line_end(token.span.begin);
    const std::size_t before = text_.substr(0, token.span.begin).rfind('\n');
    const std::size_t begin = before == std::string_view::npos ? 0 : before + 1;
    if (!said_python_ &&
        looks_like_python(text_.substr(begin, std::min<std::size_t>(end - begin, 200)))) {
        said_python_ = true;
        help = "this looks like Python code; an xl.cfg holds `key = value` lines only";
    }
    report_.error(token.span, std::move(message), std::move(help));
}

}  // namespace

std::vector<Setting> parse_xl(std::string_view text, Span part, Report& report) {
    return Parser{text, part, report}.run();
}

}  // namespace zeroth::config
