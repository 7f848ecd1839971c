// SPDX-License-Identifier: Apache-2.0
#include "xl/device_commands.hpp"

#include <boost/json/serialize.hpp>

#include "daemon/api/reference_json.hpp"

namespace zeroth::xl {
namespace {

/// A path's segment: what is no letter or digit is escaped.
std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        const bool plain =
            (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == ':';
        if (plain) {
            out += c;
        } else {
            out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
        }
    }
    return out;
}

/// What is odd of a device that is attached all the same.
void print_warnings(Context& context, const Reply& reply) {
    const auto made = json_of(reply);
    if (!made || !made->is_object()) return;
    const auto* const warnings = made->as_object().if_contains("warnings");
    if (warnings == nullptr || !warnings->is_array()) return;
    for (const auto& warning : warnings->as_array())
        if (warning.is_string())
            context.err.print("warning: {}\n", std::string{warning.as_string()});
}

}  // namespace

std::string entry_of(const std::vector<std::string_view>& words) {
    std::string entry;
    for (std::size_t i = 1; i < words.size(); ++i) {
        if (i > 1) entry += ',';
        entry += words[i];
    }
    return entry;
}

bool accept_entry(Context& context, const std::string& text,
                  const std::vector<config::Diagnostic>& diagnostics) {
    const auto colour = context.err.is_terminal() ? config::Colour::kYes : config::Colour::kNo;
    config::Source source;
    source.name = "command line";
    source.text = text;
    if (!diagnostics.empty()) context.err.write(config::render(source, diagnostics, colour));
    return !config::has_errors(diagnostics);
}

Result<int> attach_device(Context& context, std::string_view domain, std::string_view what,
                          const boost::json::value& entry, const char* failure) {
    const auto body = boost::json::serialize(entry);
    ZEROTH_TRY(
        const Reply reply,
        call_domain(context, domain, fmt::format("/{}", what),
                    {.method = "POST", .target = {}, .body = body, .patience = kChangePatience}));
    if (reply.ok()) {
        print_warnings(context, reply);
        return kSuccess;
    }
    const auto problem = problem_of(reply);
    if (problem.is(ESRCH)) return no_such_domain(context, domain);
    print_error(context, problem);
    context.err.print("{}\n", failure);
    return kFailure;
}

Result<int> detach_device(Context& context, std::string_view domain, std::string_view what,
                          std::string_view which, bool force, const std::string& unknown,
                          const char* failure) {
    const auto target = fmt::format("/{}/{}{}", what, escaped(which), force ? "?force=true" : "");
    ZEROTH_TRY(
        const Reply reply,
        call_domain(context, domain, target,
                    {.method = "DELETE", .target = {}, .body = {}, .patience = kChangePatience}));
    if (reply.ok()) return kSuccess;
    const auto problem = problem_of(reply);
    if (problem.is(ESRCH)) return no_such_domain(context, domain);
    if (problem.is(ENOENT)) {
        context.err.print("{}\n", unknown);
        return kFailure;
    }
    print_error(context, problem);
    context.err.print("{}\n", failure);
    return kFailure;
}

Result<int> list_devices(Context& context, const Arguments& arguments, std::string_view what,
                         std::string_view header, PrintRow row) {
    int status = kSuccess;
    const bool as_json = arguments.has(kJsonKey);
    if (!as_json) context.out.write(header);
    for (const std::string_view word : arguments.words()) {
        ZEROTH_TRY(const Reply reply, call_domain(context, word, fmt::format("/{}", what)));
        if (reply.status == 404) {
            context.err.print("{} is an invalid domain identifier\n", word);
            status = kFailure;
            continue;
        }
        ZEROTH_TRY(const auto list, json_of(reply));
        if (as_json) {
            context.out.write(api::print_reference(list));
            continue;
        }
        if (!list.is_array()) return fail("xld's answer is no list of devices");
        std::size_t index = 0;
        for (const auto& device : list.as_array())
            if (device.is_object()) row(context.out, index++, device.as_object());
    }
    return status;
}

std::int64_t number_of(const boost::json::object& device, const char* key) {
    const auto* const value = device.if_contains(key);
    return value != nullptr && value->is_int64() ? value->as_int64() : -1;
}

std::string text_of(const boost::json::object& device, const char* key) {
    const auto* const value = device.if_contains(key);
    return value != nullptr && value->is_string() ? std::string{value->as_string()} : "";
}

}  // namespace zeroth::xl
