// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/value.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "libdomain/config/diagnostic.hpp"
#include "xl/command.hpp"
#include "xl/remote.hpp"

/// What the commands for network interfaces and for disks have in common.
namespace zeroth::xl {

/// The words after the domain's, as one entry of a config.
std::string entry_of(const std::vector<std::string_view>& words);
/// Prints what was noticed in an entry. False if it was refused.
bool accept_entry(Context& context, const std::string& text,
                  const std::vector<config::Diagnostic>& diagnostics);

/// `what` is "nics" or "disks". `failure` is the reference's line for one that could not be
/// attached.
Result<int> attach_device(Context& context, std::string_view domain, const char* what,
                          const boost::json::value& entry, const char* failure);
/// `unknown` is the reference's line for one that is not there.
Result<int> detach_device(Context& context, std::string_view domain, const char* what,
                          std::string_view which, bool force, const std::string& unknown,
                          const char* failure);
/// The header once, then `row` for each device of each domain; or with --json what xld said.
using PrintRow = void (*)(Output& out, std::size_t index, const boost::json::object& device);
Result<int> list_devices(Context& context, const Arguments& arguments, const char* what,
                         std::string_view header, PrintRow row);

/// A member of a device; -1, or nothing, where it is not there.
std::int64_t number_of(const boost::json::object& device, const char* key);
std::string text_of(const boost::json::object& device, const char* key);

}  // namespace zeroth::xl
