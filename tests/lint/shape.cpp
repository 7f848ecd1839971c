// SPDX-License-Identifier: Apache-2.0
#include "tests/lint/shape.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "tests/lint/tokens.hpp"

namespace zeroth::lint {
namespace {

constexpr std::array<std::string_view, 11> kBeforeExpression{
    "return", "co_return", "co_await", "co_yield", "case", "throw",
    "else",   "do",        "and",      "or",       "not"};
constexpr std::array<std::string_view, 7> kBeforeBody{"const",   "noexcept", "override", "final",
                                                      "mutable", "else",     "do"};
constexpr std::array<std::string_view, 7> kTypeWords{"namespace", "struct", "class", "union",
                                                     "enum",      "extern", "try"};
constexpr std::array<std::string_view, 7> kControlWords{"if",    "for", "while", "switch",
                                                        "catch", "do",  "else"};

template <std::size_t N>
bool is_one_of(const std::array<std::string_view, N>& words, std::string_view word) {
    return std::ranges::find(words, word) != words.end();
}

/// What one full expression (or the head of a block) was seen to hold.
struct Statement {
    std::size_t first = 0;
    bool awaits = false, has_parentheses = false, has_assignment = false, has_arrow = false,
         has_type_word = false, has_control_word = false;
    std::uint32_t brace_line = 0, capture_line = 0;
    std::string open;  // the brackets that are open, innermost last
};

class Reader {
public:
    explicit Reader(std::vector<Token> tokens) : tokens_{std::move(tokens)} {}

    Shape read() {
        while (at_ < tokens_.size()) {
            block();
            ++at_;  // a brace too many: go on after it
        }
        return std::move(shape_);
    }

private:
    std::string_view text(std::size_t index) const {
        return index < tokens_.size() ? tokens_[index].text : std::string_view{};
    }
    std::uint32_t line(std::size_t index) const {
        return tokens_.empty() ? 0 : tokens_[std::min(index, tokens_.size() - 1)].line;
    }

    /// Statements up to the brace that closes the block, which is left for the caller.
    void block() {
        while (at_ < tokens_.size() && text(at_) != "}") statement();
    }

    void statement() {
        Statement statement;
        statement.first = at_;
        while (at_ < tokens_.size()) {
            const std::string_view mark = text(at_);
            if (mark == ";") {
                report(statement);
                ++at_;
                if (statement.open.empty()) return;
                // Inside `for (…; …; …)`: a full expression ends, the head goes on.
                statement.awaits = false;
                statement.brace_line = statement.capture_line = 0;
                continue;
            }
            if (mark == "}" && !statement.open.ends_with('{')) break;
            if (mark == "{" && opens_block(statement)) {
                report(statement);
                nested_block(statement);
                return;
            }
            part(statement);
        }
        report(statement);
    }

    void nested_block(const Statement& head) {
        const std::uint32_t first_line = line(at_++);
        block();
        const bool is_function = head.has_parentheses && !head.has_type_word &&
                                 !head.has_control_word && !head.has_assignment;
        if (is_function) shape_.functions.push_back({first_line, line(at_)});
        ++at_;
    }

    bool opens_block(const Statement& statement) const {
        if (!statement.open.empty()) return false;
        if (at_ == statement.first || statement.has_type_word) return true;
        const Token& before = tokens_[at_ - 1];
        if (is_one_of(kBeforeBody, before.text)) return true;
        if (before.text == "}" || before.text == ":") return true;  // member initializers; a label
        if (before.text == ")") return !statement.has_assignment;
        return statement.has_arrow && !statement.has_assignment;  // a trailing return type
    }

    /// One token of an expression, or a whole lambda, attribute or statement expression.
    void part(Statement& statement) {
        const Token& token = tokens_[at_];
        if (token.text == "template" && text(at_ + 1) == "<") return skip_template_head();
        if (token.kind == Token::Kind::kWord) {
            note_word(statement, token);
        } else if (token.text == "(" && text(at_ + 1) == "{" && !follows_operand()) {
            statement_expression();
            return;
        } else if (token.text == "[") {
            if (text(at_ + 1) == "[") return skip_attribute();
            if (is_lambda()) return lambda(statement);
            statement.open += '[';
        } else if (token.text == "(" || token.text == "{") {
            statement.open += token.text.front();
            if (token.text == "(") statement.has_parentheses = true;
            if (token.text == "{" && statement.brace_line == 0) statement.brace_line = token.line;
        } else if (token.text == ")" || token.text == "]" || token.text == "}") {
            if (!statement.open.empty()) statement.open.pop_back();
        } else if (statement.open.empty()) {
            if (token.text == "=" && !is_operator_name()) statement.has_assignment = true;
            if (token.text == "->" && text(at_ - 1) == ")") statement.has_arrow = true;
        }
        ++at_;
    }

    void note_word(Statement& statement, const Token& token) {
        if (token.text == "co_await" || token.text == "co_yield") {
            statement.awaits = true;
            if (inside_statement_expression_) {
                trap(token.line, "co_await inside a statement expression ({ … }) crashes GCC 12");
            }
        }
        if (!statement.open.empty()) return;
        if (is_one_of(kTypeWords, token.text)) statement.has_type_word = true;
        if (is_one_of(kControlWords, token.text)) statement.has_control_word = true;
        if (token.text == "return" || token.text == "co_return") statement.has_assignment = true;
    }

    bool follows_operand() const {
        if (at_ == 0) return false;
        const Token& before = tokens_[at_ - 1];
        if (before.kind == Token::Kind::kWord) return !is_one_of(kBeforeExpression, before.text);
        return before.kind != Token::Kind::kMark || before.text == ")" || before.text == "]" ||
               before.text == ">" || before.text == "}";
    }

    std::size_t matching(std::size_t from) const {
        std::size_t depth = 0;
        for (std::size_t i = from; i < tokens_.size(); ++i) {
            const std::string_view mark = tokens_[i].text;
            if (mark == "(" || mark == "[" || mark == "{") ++depth;
            if ((mark == ")" || mark == "]" || mark == "}") && --depth == 0) return i;
        }
        return tokens_.size();
    }

    bool is_lambda() const {
        if (follows_operand()) return false;
        const std::string_view after = text(matching(at_) + 1);
        return after == "(" || after == "{" || after == "<" || after == "mutable" ||
               after == "noexcept" || after == "->";
    }

    /// `operator=`, `operator==`, `operator<=>`.
    bool is_operator_name() const {
        for (std::size_t i = at_; i-- > 0 && at_ - i <= 3;) {
            if (tokens_[i].text == "operator") return true;
            if (tokens_[i].kind != Token::Kind::kMark) return false;
        }
        return false;
    }

    void skip_template_head() {
        std::size_t depth = 0;
        for (++at_; at_ < tokens_.size(); ++at_) {
            if (text(at_) == "<") ++depth;
            if (text(at_) == ">" && --depth == 0) break;
        }
        ++at_;
    }

    void skip_attribute() { at_ = matching(at_) + 1; }

    void lambda(Statement& statement) {
        const std::size_t close = matching(at_);
        if (captures_a_value(at_ + 1, close) && statement.capture_line == 0) {
            statement.capture_line = line(at_);
        }
        at_ = close + 1;
        while (at_ < tokens_.size() && text(at_) != "{") {
            at_ = text(at_) == "(" ? matching(at_) + 1 : at_ + 1;
        }
        ++at_;
        const bool outside = std::exchange(inside_statement_expression_, false);
        block();
        inside_statement_expression_ = outside;
        ++at_;
    }

    /// Whether any capture is neither a reference nor `this`.
    bool captures_a_value(std::size_t first, std::size_t last) const {
        bool at_start = true;
        for (std::size_t i = first; i < last; ++i) {
            const std::string_view mark = tokens_[i].text;
            if (at_start && mark != "&" && mark != "this") return true;
            at_start = mark == ",";
            if (mark == "(" || mark == "{" || mark == "[") i = matching(i);
        }
        return false;
    }

    void statement_expression() {
        at_ += 2;
        const bool outside = std::exchange(inside_statement_expression_, true);
        block();
        inside_statement_expression_ = outside;
        at_ += 2;
    }

    void report(const Statement& statement) {
        if (!statement.awaits) return;
        if (statement.brace_line != 0) {
            trap(statement.brace_line,
                 "braces in a statement with co_await: GCC 12 destroys such an object twice; name "
                 "it first, then co_await");
        }
        if (statement.capture_line != 0) {
            trap(statement.capture_line,
                 "a lambda that captures a value in a statement with co_await: GCC 12 destroys the "
                 "capture twice; name the lambda first, then co_await");
        }
    }

    void trap(std::uint32_t at_line, std::string_view what) {
        shape_.traps.push_back({at_line, std::string{what}});
    }

    std::vector<Token> tokens_;
    std::size_t at_ = 0;
    bool inside_statement_expression_ = false;
    Shape shape_;
};

}  // namespace

Shape shape_of(std::string_view source) { return Reader{tokenize(source)}.read(); }

}  // namespace zeroth::lint
