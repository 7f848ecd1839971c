// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/value.hpp>
#include <string>
#include <string_view>

#include "daemon/api/json.hpp"
#include "xl/client.hpp"
#include "xl/command.hpp"

/// What the commands have in common when they talk to xld.
namespace zeroth::xl {

/// For requests that change a domain: giving back a large guest's memory takes Xen its time.
inline constexpr std::chrono::seconds kChangePatience{600};

Result<Reply> call(Context& context, const Request& request);

/// The problem that a refusal carries, as the Error it was in xld.
Error problem_of(const Reply& reply);

/// A good reply's body.
Result<boost::json::value> json_of(const Reply& reply);
template <class T>
Result<T> decoded(const Reply& reply) {
    ZEROTH_TRY(const boost::json::value value, json_of(reply));
    auto out = api::decode<T>(value);
    if (!out) return fail(std::move(out).error().within("xld's answer"));
    return out;
}

/// "/v1/domains/g1" + rest.
std::string domain_target(std::string_view domain, std::string_view rest = {});

/// All digits: a domid, never a name.
bool is_number(std::string_view domain);
bool is_domain0(std::string_view domain);

/// One request about one domain. An empty name is answered here: its target would name all of them.
Result<Reply> call_domain(Context& context, std::string_view domain, std::string_view rest,
                          Request request = {});

/// The reference's words for a domain argument that names none; gives kFailure.
int no_such_domain(Context& context, std::string_view domain);

/// For what is said of a failure; the domain's words where it is not there any more.
std::string domid_of(Context& context, std::string_view domain);

/// For commands that change one domain and print nothing.
Result<int> change_domain(Context& context, std::string_view domain, std::string_view rest,
                          const char* method);

/// For --json: what xld answered, printed as the reference prints JSON.
Result<int> print_json(Context& context, const Reply& reply);

}  // namespace zeroth::xl
