// SPDX-License-Identifier: Apache-2.0
#include "libdomain/config/diagnostic.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/append.hpp"
#include "libdomain/config/source_map.hpp"
#include "libdomain/config/utf8.hpp"

namespace zeroth::config {
namespace {

constexpr unsigned kTabWidth = 4;
/// A line longer than this is shown around the caret only.
constexpr std::uint32_t kWindow = 120, kBeforeCaret = 60;

struct Paint {
    std::string_view bold, dim, help, reset;
    std::array<std::string_view, 3> severity;
};
constexpr Paint kPlain{"", "", "", "", {"", "", ""}};
constexpr Paint kColours{
    "\x1b[1m", "\x1b[2m", "\x1b[36m", "\x1b[0m", {"\x1b[1;31m", "\x1b[1;35m", "\x1b[1;36m"}};
constexpr std::array<std::string_view, 3> kWords{"error", "warning", "note"};

/// A character as a terminal should get it, and the columns it then takes.
struct Cell {
    std::string text;
    unsigned width = 1;
};

Cell cell_of(std::string_view line, std::size_t at, const Rune& rune) {
    if (rune.valid && rune.value == '\t') return {std::string(kTabWidth, ' '), kTabWidth};
    // A file's control characters never reach the terminal.
    return {printable(line.substr(at, rune.length)), rune.valid ? display_width(rune.value) : 1};
}

/// The part of a line around the caret, and the blanks and tildes under it.
struct Excerpt {
    std::string text, indent, underline;
};

Excerpt excerpt(std::string_view line, const Location& where) {
    Excerpt out;
    const std::uint32_t first = where.column > kWindow ? where.column - kBeforeCaret : 1;
    const std::uint32_t last = first + kWindow;
    if (first > 1) {
        out.text = "...";
        out.indent = "   ";
    }
    std::uint32_t column = 1;
    for (std::size_t at = 0; at < line.size(); ++column) {
        if (column > last) {
            out.text += "...";
            break;
        }
        const Rune rune = rune_at(line, at);
        if (column >= first) {
            const Cell cell = cell_of(line, at, rune);
            out.text += cell.text;
            if (column < where.column) out.indent.append(cell.width, ' ');
            if (column >= where.column && column < where.column + where.length)
                out.underline.append(cell.width, '~');
        }
        at += rune.length;
    }
    // A place just past the line's end, such as a missing value, still gets its caret.
    if (column < where.column) out.indent.append(where.column - column, ' ');
    if (out.underline.empty()) out.underline = "~";
    out.underline.front() = '^';
    return out;
}

void render_one(std::string& out, const Source& source, const SourceMap& map,
                const Diagnostic& diagnostic, const Paint& paint) {
    const Location& where = diagnostic.where;
    const auto severity = static_cast<std::size_t>(diagnostic.severity);
    const bool overriding = source.first_override != 0 && where.line >= source.first_override;
    const std::uint32_t number = overriding ? where.line - source.first_override + 1 : where.line;
    std::string place = overriding ? "<command line>" : printable(source.name);
    if (where.line != 0) place += fmt::format(":{}:{}", number, where.column);
    append(out, "{}{}:{} {}{}:{} {}{}{}\n", paint.bold, place, paint.reset,
           paint.severity[severity], kWords[severity], paint.reset, paint.bold,
           printable(diagnostic.message), paint.reset);
    if (where.line != 0) {
        const Excerpt shown = excerpt(map.line(where.line), where);
        append(out, "{}{:5} |{} {}\n", paint.dim, number, paint.reset, shown.text);
        append(out, "{}      |{} {}{}{}{}\n", paint.dim, paint.reset, shown.indent,
               paint.severity[severity], shown.underline, paint.reset);
    }
    if (!diagnostic.help.empty())
        append(out, "      {}= help:{} {}\n", paint.help, paint.reset, printable(diagnostic.help));
}

}  // namespace

std::string render(const Source& source, const std::vector<Diagnostic>& diagnostics,
                   Colour colour) {
    std::string out;
    const SourceMap map{source.text};
    const Paint& paint = colour == Colour::kYes ? kColours : kPlain;
    for (const Diagnostic& diagnostic : diagnostics)
        render_one(out, source, map, diagnostic, paint);
    return out;
}

bool has_errors(const std::vector<Diagnostic>& diagnostics) {
    return std::any_of(diagnostics.begin(), diagnostics.end(), [](const Diagnostic& diagnostic) {
        return diagnostic.severity == Severity::kError;
    });
}

}  // namespace zeroth::config
