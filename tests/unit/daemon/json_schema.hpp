// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <string>
#include <vector>

namespace zeroth::testing {

/// Checks values against the part of JSON Schema that etc/api/openapi.json uses: $ref, anyOf, type,
/// enum, pattern, minimum, maximum, items, properties, required, additionalProperties. Another
/// keyword that would rule something out is itself a fault.
class SchemaChecker {
public:
    /// `document` is where references lead.
    explicit SchemaChecker(const boost::json::value& document) : document_{document} {}

    /// What does not fit, a line each: "[3].vcpus: -1 is below 0".
    std::vector<std::string> check(const boost::json::value& value,
                                   const boost::json::value& schema) const;

private:
    using Faults = std::vector<std::string>;
    void check(const boost::json::value& value, const boost::json::object& schema,
               const std::string& where, Faults& faults) const;
    void check_scalar(const boost::json::value& value, const boost::json::object& schema,
                      const std::string& where, Faults& faults) const;
    void check_object(const boost::json::object& value, const boost::json::object& schema,
                      const std::string& where, Faults& faults) const;
    const boost::json::object& follow(const boost::json::object& schema) const;

    const boost::json::value& document_;
};

}  // namespace zeroth::testing
