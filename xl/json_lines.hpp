// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/value.hpp>
#include <functional>
#include <string>
#include <string_view>

#include "core/result.hpp"

namespace zeroth::xl {

/// Reassembles a stream of JSON objects, one a line, from pieces of any size.
class JsonLines {
public:
    using Sink = std::function<Result<>(const boost::json::value&)>;

    /// Hands over every line that the piece completes. An Error is a line that is no JSON, one that
    /// has no end, or the sink's.
    Result<> feed(std::string_view piece, const Sink& sink);

private:
    std::string rest_;
};

}  // namespace zeroth::xl
