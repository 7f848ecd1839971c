// SPDX-License-Identifier: Apache-2.0
#include "daemon/openapi.hpp"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

namespace zeroth::daemon {
namespace {

namespace json = boost::json;

/// Objects grow together, whatever their depth; anything else is the first part's.
void merge(json::object& into, const json::object& part) {
    for (const auto& member : part) {
        json::value& slot = into[member.key()];
        if (slot.is_object() && member.value().is_object()) {
            merge(slot.get_object(), member.value().get_object());
        } else if (slot.is_null()) {
            slot = member.value();
        }
    }
}

std::string assemble() {
    json::object whole;
    for (const auto part : openapi_parts()) merge(whole, json::parse(part).as_object());
    return json::serialize(whole);
}

}  // namespace

const std::string& openapi_document() {
    static const std::string kDocument = assemble();
    return kDocument;
}

}  // namespace zeroth::daemon
