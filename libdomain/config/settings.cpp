// SPDX-License-Identifier: Apache-2.0
#include "libdomain/config/settings.hpp"

#include <fmt/format.h>

#include <map>
#include <string_view>
#include <utility>

#include "libdomain/config/utf8.hpp"

namespace zeroth::config {
namespace {

using Kind = Value::Kind;

void append_text(Value& to, Value&& more) {
    for (Piece piece : more.pieces) {
        piece.text_begin += to.text.size();
        to.pieces.push_back(piece);
    }
    to.text += more.text;
    to.span = more.span;
}

void append(Setting& to, Setting&& more, Report& report) {
    const Kind kind = to.value.kind, more_kind = more.value.kind;
    if (kind == Kind::kBroken || more_kind == Kind::kBroken) {
        to.value.kind = Kind::kBroken;
    } else if (kind == Kind::kNumber || more_kind == Kind::kNumber) {
        report.error(more.value.span, "can't use += with numbers",
                     fmt::format("write `{} = ...` with the sum", shown(to.key)));
    } else if (kind != more_kind) {
        report.error(more.value.span,
                     fmt::format("can't add {} to `{}`, which is {}", describe(more_kind),
                                 shown(to.key), describe(kind)));
    } else if (kind == Kind::kList) {
        for (Value& element : more.value.elements) to.value.elements.push_back(std::move(element));
    } else {
        append_text(to.value, std::move(more.value));
    }
}

void replace(Setting& to, Setting&& by, Report& report) {
    const bool broken = to.value.kind == Kind::kBroken || by.value.kind == Kind::kBroken;
    if (!by.overriding && !broken) {
        // Finding a line takes time, which a text of noise would multiply.
        std::string message;
        if (report.keeps(Severity::kNote)) {
            message = fmt::format("`{}` is set again: this value wins over line {}'s",
                                  shown(by.key), report.map().locate(to.key_span).line);
        }
        report.note(by.key_span, std::move(message));
    }
    to = std::move(by);
}

}  // namespace

std::vector<Setting> settle(std::vector<Setting> statements, Report& report) {
    std::vector<Setting> settled;
    std::map<std::string, std::size_t> index;
    for (Setting& statement : statements) {
        const auto [at, fresh] = index.try_emplace(statement.key, settled.size());
        if (fresh) {
            settled.push_back(std::move(statement));
        } else if (statement.append) {
            append(settled[at->second], std::move(statement), report);
        } else {
            replace(settled[at->second], std::move(statement), report);
        }
    }
    return settled;
}

}  // namespace zeroth::config
