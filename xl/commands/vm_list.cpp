// SPDX-License-Identifier: Apache-2.0
#include "daemon/api/reference_json.hpp"
#include "xl/commands/commands.hpp"
#include "xl/remote.hpp"

namespace zeroth::xl {
namespace {

constexpr Option kOptions[]{kJson};

Result<int> run(Context& context, const Arguments& arguments) {
    ZEROTH_TRY(const Reply reply, call(context, {.target = "/v1/domains", .body = {}}));
    ZEROTH_TRY(const auto domains, decoded<std::vector<api::Domain>>(reply));
    if (arguments.has(kJsonKey)) {
        context.out.write(api::print_reference(api::encode(domains)));
        return kSuccess;
    }
    context.out.write("UUID                                  ID    name\n");
    for (const auto& domain : domains)
        context.out.print("{}  {}    {:<30}\n", domain.uuid.text(), domain.domid, domain.name);
    return kSuccess;
}

}  // namespace

constinit const Command kVmList{.name = "vm-list",
                                .usage = "",
                                .summary = "List the domains with their UUIDs",
                                .can_dry_run = false,
                                .changes_host = false,
                                .least_words = 0,
                                .most_words = 0,
                                .options = kOptions,
                                .run = run};

}  // namespace zeroth::xl
