// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/value.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "libdomain/config/diagnostic.hpp"
#include "xl/command.hpp"
#include "xl/remote.hpp"

/// What the commands for devices have in common.
namespace zeroth::xl {

/// The words after the domain's, as one entry of a config.
std::string entry_of(const std::vector<std::string_view>& words);
/// Prints what was noticed in an entry. False if it was refused.
bool accept_entry(Context& context, const std::string& text,
                  const std::vector<config::Diagnostic>& diagnostics);

/// `what` is "nics", "disks" or "served". `failure` is the reference's line for one that could not
/// be attached.
Result<int> attach_device(Context& context, std::string_view domain, std::string_view what,
                          const boost::json::value& entry, const char* failure);
/// `unknown` is the reference's line for one that is not there.
Result<int> detach_device(Context& context, std::string_view domain, std::string_view what,
                          std::string_view which, bool force, const std::string& unknown,
                          const char* failure);
/// The header once, then `row` for each device of each domain; or with --json what xld said.
using PrintRow = void (*)(Output& out, std::size_t index, const boost::json::object& device);
Result<int> list_devices(Context& context, const Arguments& arguments, std::string_view what,
                         std::string_view header, PrintRow row);

/// The rows of the families of commands: alike but for their words.
inline constexpr Option kDeviceListOptions[]{kJson};
inline constexpr Option kDetachOptions[]{
    {'f', "force", nullptr, "even if the guest does not let go of it"},
};
struct DeviceWords {
    const char *name, *usage, *summary;
};
using RunDeviceCommand = Result<int> (*)(Context&, const Arguments&);
constexpr Command attach_command(const DeviceWords& words, std::size_t least_words,
                                 RunDeviceCommand run) {
    return {.name = words.name,
            .usage = words.usage,
            .summary = words.summary,
            .can_dry_run = true,
            .changes_host = true,
            .least_words = least_words,
            .most_words = kAnyNumber,
            .options = {},
            .run = run};
}
constexpr Command list_command(const DeviceWords& words, RunDeviceCommand run) {
    return {.name = words.name,
            .usage = words.usage,
            .summary = words.summary,
            .can_dry_run = false,
            .changes_host = false,
            .least_words = 1,
            .most_words = kAnyNumber,
            .options = kDeviceListOptions,
            .run = run};
}
constexpr Command detach_command(const DeviceWords& words, RunDeviceCommand run) {
    return {.name = words.name,
            .usage = words.usage,
            .summary = words.summary,
            .can_dry_run = false,
            .changes_host = true,
            .least_words = 2,
            .most_words = 2,
            .options = kDetachOptions,
            .run = run};
}

/// A member of a device; -1, or nothing, where it is not there.
std::int64_t number_of(const boost::json::object& device, const char* key);
std::string text_of(const boost::json::object& device, const char* key);

}  // namespace zeroth::xl
