// SPDX-License-Identifier: Apache-2.0
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "daemon/api/reference_json.hpp"
#include "xl/commands/commands.hpp"
#include "xl/remote.hpp"

namespace zeroth::xl {
namespace {

namespace json = boost::json;

constexpr Option kOptions[]{
    {'l', "long", nullptr, "each domain's configuration, as JSON"},
    {'v', "verbose", nullptr, "UUIDs, shutdown reasons and security labels as well"},
    {'Z', "context", nullptr, "security labels as well"},
    {'c', "cpupool", nullptr, "the CPU pools as well"},
    {'n', "numa", nullptr, "the NUMA node affinity as well"},
    kJson,
};

/// XEN_SHUTDOWN_* as letters: poweroff, reboot, suspend, crash, watchdog, soft reset.
char reason_letter(std::uint32_t code) {
    constexpr std::string_view kLetters = "-rscwS";
    return code < kLetters.size() ? kLetters[code] : '?';
}

std::string state_letters(const api::Domain& domain) {
    std::string letters = "------";
    if (domain.running) letters[0] = 'r';
    if (domain.blocked) letters[1] = 'b';
    if (domain.paused) letters[2] = 'p';
    if (domain.shutdown) letters[3] = 's';
    if (domain.shutdown && domain.shutdown_code) letters[4] = reason_letter(*domain.shutdown_code);
    if (domain.dying) letters[5] = 'd';
    return letters;
}

enum class Claims { kHidden, kShown };

void print_header(Output& out, const Arguments& arguments, Claims claims) {
    out.print("{:<40} {:>5} {:>5} {:>5}\t{}\t{}", "Name", "ID", "Mem", "VCPUs", "State", "Time(s)");
    if (arguments.has('v'))
        out.write("   UUID                            Reason-Code\tSecurity Label");
    else if (arguments.has('Z'))
        out.write("   Security Label");
    if (claims == Claims::kShown) out.write("  Claimed");
    if (arguments.has('c')) out.write("         Cpupool");
    if (arguments.has('n')) out.write(" NODE Affinity");
    out.write("\n");
}

void print_row(Output& out, const api::Domain& domain, const Arguments& arguments, Claims claims) {
    out.print("{:<40} {:>5} {:>5} {:>5}     {}  {:8.1f}", domain.name, domain.domid,
              (domain.memory_kib + domain.outstanding_kib) / 1024, domain.vcpus,
              state_letters(domain), domain.cpu_seconds);
    if (arguments.has('v')) {
        out.print(" {}", domain.uuid.text());
        if (domain.shutdown && domain.shutdown_code)
            out.print(" {:>8x}", *domain.shutdown_code);
        else
            out.print(" {:>8}", "-");
    }
    if (claims == Claims::kShown) out.print(" {:>5}", domain.outstanding_kib / 1024);
    // Labels belong to Xen's security module (XSM), whose names for them xld does not ask for.
    if (arguments.has('v') || arguments.has('Z')) out.print(" {:>16}", "-");
    if (arguments.has('c')) out.print("{:>16}", domain.cpupool_name);
    if (arguments.has('n')) out.print(" {}", domain.node_affinity.value_or("-"));
    out.write("\n");
}

/// The reference's `-l`: a domain that went away meanwhile is left out.
Result<int> print_long(Context& context, const std::vector<api::Domain>& domains) {
    json::array all;
    for (const api::Domain& domain : domains) {
        ZEROTH_TRY(const Reply reply,
                   call_domain(context, fmt::to_string(domain.domid), "/config"));
        if (reply.status == 404) continue;
        ZEROTH_TRY(json::value config, json_of(reply));
        all.push_back(json::object{{"domid", domain.domid}, {"config", std::move(config)}});
    }
    context.out.write(api::print_reference(all));
    context.out.write("\n");
    return kSuccess;
}

int unknown(Context& context, std::string_view domain) {
    if (!is_number(domain)) return no_such_domain(context, domain);
    context.err.print("Error: Domain '{}' does not exist.\n", domain);
    return kFailure;
}

Result<int> run(Context& context, const Arguments& arguments) {
    const bool one = !arguments.words().empty();
    const std::string_view name = one ? arguments.words()[0] : std::string_view{};
    // Pool names cost xld further reads: they are asked for where they are shown.
    const bool pools = arguments.has('c') || arguments.has(kJsonKey);
    std::string query = pools ? "?uptime=true" : "";
    if (arguments.has(kJsonKey)) query += "&devices=true";
    if (arguments.has('n')) query += pools ? "&numa=true" : "?numa=true";
    ZEROTH_TRY(const Reply reply,
               one ? call_domain(context, name, query)
                   : call(context, {.target = "/v1/domains" + query, .body = {}}));
    if (one && reply.status == 404) return unknown(context, name);
    if (arguments.has(kJsonKey) && !arguments.has('l')) return print_json(context, reply);

    std::vector<api::Domain> domains;
    if (one) {
        ZEROTH_TRY(api::Domain domain, decoded<api::Domain>(reply));
        domains.push_back(std::move(domain));
    } else {
        ZEROTH_TRY(domains, decoded<std::vector<api::Domain>>(reply));
    }
    if (arguments.has('l')) return print_long(context, domains);
    print_header(context.out, arguments, Claims::kHidden);
    for (const api::Domain& domain : domains) {
        print_row(context.out, domain, arguments, Claims::kHidden);
    }
    return kSuccess;
}

Result<int> run_claims(Context& context, const Arguments& arguments) {
    ZEROTH_TRY(const Reply reply, call(context, {.target = "/v1/domains", .body = {}}));
    if (arguments.has(kJsonKey)) return print_json(context, reply);
    ZEROTH_TRY(const auto domains, decoded<std::vector<api::Domain>>(reply));
    print_header(context.out, arguments, Claims::kShown);
    for (const api::Domain& domain : domains) {
        print_row(context.out, domain, arguments, Claims::kShown);
    }
    return kSuccess;
}

constexpr Option kClaimsOptions[]{kJson};

}  // namespace

constinit const Command kClaims{.name = "claims",
                                .usage = "[options]",
                                .summary = "List the memory that is claimed and not yet in use",
                                .can_dry_run = false,
                                .changes_host = false,
                                .least_words = 0,
                                .most_words = 0,
                                .options = kClaimsOptions,
                                .run = run_claims};

constinit const Command kList{.name = "list",
                              .usage = "[options] [Domain]",
                              .summary = "List the domains and their state",
                              .can_dry_run = false,
                              .changes_host = false,
                              .least_words = 0,
                              .most_words = 1,
                              .options = kOptions,
                              .run = run};

}  // namespace zeroth::xl
