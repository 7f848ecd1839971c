// SPDX-License-Identifier: Apache-2.0
#include "xl/json_lines.hpp"

#include "daemon/api/json.hpp"

namespace zeroth::xl {

Result<> JsonLines::feed(std::string_view piece, const Sink& sink) {
    for (;;) {
        const std::size_t end = piece.find('\n');
        rest_ += piece.substr(0, end);
        if (rest_.size() > api::kMaxJsonBytes)
            return fail("xld's answer has a line without an end");
        if (end == std::string_view::npos) return {};
        piece.remove_prefix(end + 1);
        const std::string line = std::exchange(rest_, {});
        if (line.find_first_not_of(" \r\t") == std::string::npos) continue;
        const auto value = api::parse_json(line);
        if (!value) return fail(Error{value.error()}.within("xld's answer"));
        ZEROTH_CHECK(sink(*value));
    }
}

}  // namespace zeroth::xl
