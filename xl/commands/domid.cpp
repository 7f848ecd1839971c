// SPDX-License-Identifier: Apache-2.0
#include <boost/json/object.hpp>

#include "daemon/api/reference_json.hpp"
#include "xl/commands/commands.hpp"
#include "xl/remote.hpp"

namespace zeroth::xl {
namespace {

constexpr Option kOptions[]{kJson};

void print(Context& context, const Arguments& arguments, const api::Domain& domain,
           std::string_view text) {
    if (!arguments.has(kJsonKey)) {
        context.out.print("{}\n", text);
        return;
    }
    context.out.write(api::print_reference(
        boost::json::object{{"domid", domain.domid}, {"name", boost::json::string(domain.name)}}));
}

Result<int> run_domid(Context& context, const Arguments& arguments) {
    const std::string_view name = arguments.words()[0];
    // A number is no name, even where a domain has that number.
    const bool possible = !name.empty() && !is_number(name);
    Reply reply{.status = 404, .body = {}};
    if (possible) {
        ZEROTH_TRY(reply, call_domain(context, name, ""));
    }
    if (reply.status == 404) {
        context.err.print(
            "Can't get domid of domain name '{}', maybe this domain does not exist.\n", name);
        return kFailure;
    }
    ZEROTH_TRY(const api::Domain domain, decoded<api::Domain>(reply));
    print(context, arguments, domain, fmt::to_string(domain.domid));
    return kSuccess;
}

Result<int> run_domname(Context& context, const Arguments& arguments) {
    const std::string_view number = arguments.words()[0];
    if (!is_number(number)) {
        context.err.print("Invalid domain id: `{}' is not a number.\n", number);
        return kFailure;
    }
    ZEROTH_TRY(const Reply reply, call_domain(context, number, ""));
    if (reply.status == 404) {
        context.err.print(
            "Can't get domain name of domain id '{}', maybe this domain does not exist.\n", number);
        return kFailure;
    }
    ZEROTH_TRY(const api::Domain domain, decoded<api::Domain>(reply));
    print(context, arguments, domain, domain.name);
    return kSuccess;
}

}  // namespace

constinit const Command kDomid{.name = "domid",
                               .usage = "[options] <Domain>",
                               .summary = "Print the id of a domain by its name",
                               .can_dry_run = false,
                               .changes_host = false,
                               .least_words = 1,
                               .most_words = 1,
                               .options = kOptions,
                               .run = run_domid};

constinit const Command kDomname{.name = "domname",
                                 .usage = "[options] <DomainId>",
                                 .summary = "Print the name of a domain by its id",
                                 .can_dry_run = false,
                                 .changes_host = false,
                                 .least_words = 1,
                                 .most_words = 1,
                                 .options = kOptions,
                                 .run = run_domname};

}  // namespace zeroth::xl
