// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace zeroth::daemon {

/// The files of etc/api, each a part of the API's description: paths and schemas of one subject.
std::vector<std::string_view> openapi_parts();

/// All of them as one OpenAPI document: every path, with what it takes and what it answers.
const std::string& openapi_document();

}  // namespace zeroth::daemon
