// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "libdomain/config/source_map.hpp"

namespace zeroth::config {

/// From byte `text_begin` of a decoded string on, bytes stand one to one for those of the source at
/// `source_begin`; where they do not (an escape), a new piece begins after it.
struct Piece {
    std::size_t text_begin = 0, source_begin = 0;
};

struct Field;

/// A value as written, in either form, before anyone asks what its key means.
struct Value {
    enum class Kind {
        kNumber,  ///< `text` as written, perhaps with a minus sign
        kBool,    ///< TOML only; `text` is "1" or "0"
        kString,  ///< `text` is decoded
        kList,    ///< `elements`
        kTable,   ///< TOML only; `fields`
        kBroken,  ///< diagnosed already: it counts as given, and nothing more is said of it
    };

    Kind kind = Kind::kBroken;
    Span span;
    std::string text;
    std::vector<Piece> pieces;
    std::vector<Value> elements;
    std::vector<Field> fields;

    /// Where a part of `text` stands in the source; the whole value where that is not known.
    Span part(std::size_t begin, std::size_t end) const;
};

/// A member of a TOML table.
struct Field {
    std::string key;
    Span key_span;
    Value value;
};

/// `key = value` or `key += value`.
struct Setting {
    std::string key;
    Span key_span;
    Value value;
    bool append = false;
    /// From the command line's words.
    bool overriding = false;
};

/// "a list", "a string": for messages.
const char* describe(Value::Kind kind);

}  // namespace zeroth::config
