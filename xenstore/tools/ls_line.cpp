// SPDX-License-Identifier: Apache-2.0
#include "xenstore/tools/ls_line.hpp"

#include <algorithm>

#include "xenstore/tools/quote.hpp"

namespace zeroth::xs::tools {
namespace {

/// What a cut value has around it: ` = "\..."`.
constexpr int kFrame = 8;
/// Where permissions begin, if what is before them is no longer than that.
constexpr int kPermissionsColumn = 60;

/// No room at all cuts nothing.
std::string_view clip(std::string_view text, int room) {
    return room < 0 ? text : text.substr(0, static_cast<std::size_t>(room));
}

int length(std::string_view text) { return static_cast<int>(text.size()); }

void dot_up_to(std::string& line, int column) {
    while (length(line) < column) line += line.size() % 2 == 0 ? ' ' : '.';
}

std::string name_of(const LsNode& node, const LsStyle& style) {
    if (style.names == LsStyle::Names::kWholePaths) return std::string{node.path};
    std::string name(node.depth, ' ');
    return name.append(
        clip(node.path.substr(node.path.rfind('/') + 1), style.width - kFrame - length(name)));
}

}  // namespace

std::string join(std::span<const Permission> permissions) {
    std::string text;
    for (const auto& permission : permissions) {
        text += (text.empty() ? "" : ",") + permission.text();
    }
    return text;
}

std::string ls_line(const LsNode& node, const LsStyle& style) {
    std::string line = name_of(node, style);
    if (!node.value) return line + ":\n";
    const bool indented = style.names == LsStyle::Names::kIndented;
    const int used = indented ? length(line) : 0;
    const auto quoted = quote(*node.value);
    if (style.width >= 0 && style.width < used + length(*node.value) + kFrame) {
        line += " = \"";
        line += clip(quoted, style.width - kFrame - used);
        line += "\\...\"";
    } else {
        line += " = \"" + quoted + '"';
        if (node.permissions) line += ' ';
        if (node.permissions && indented)
            dot_up_to(line, std::min(style.width, kPermissionsColumn));
    }
    if (node.permissions) line += "  (" + join(*node.permissions) + ')';
    return line + '\n';
}

}  // namespace zeroth::xs::tools
