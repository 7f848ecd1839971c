// SPDX-License-Identifier: Apache-2.0
#include <boost/json/array.hpp>

#include "daemon/api/reference_json.hpp"
#include "xl/commands/commands.hpp"
#include "xl/remote.hpp"

namespace zeroth::xl {
namespace {

constexpr Option kOptions[]{kJson};

void print_vcpu(Output& out, const api::DomainVcpus& domain, const api::Vcpu& vcpu) {
    out.print("{:<32} {:>5} {:>5}", domain.name, domain.domid, vcpu.vcpu);
    if (vcpu.online)
        out.print("{:>5} {:>3}{}- ", vcpu.cpu, vcpu.running ? 'r' : '-', vcpu.blocked ? 'b' : '-');
    else
        out.print("{:>5} {:>3}{}p ", '-', '-', '-');
    out.print("{:9.1f}  {} / {}\n", vcpu.cpu_seconds, vcpu.hard_affinity, vcpu.soft_affinity);
}

bool is_named(const api::DomainVcpus& domain, std::string_view word) {
    if (!is_number(word)) return domain.name == word;
    word.remove_prefix(std::min(word.find_first_not_of('0'), word.size() - 1));
    return fmt::to_string(domain.domid) == word;
}

/// The domains named, in that order. One request gives all of them, so that a list of names costs
/// no more than one.
int select(Context& context, const std::vector<std::string_view>& words,
           std::vector<api::DomainVcpus>& domains) {
    if (words.empty()) return kSuccess;
    std::vector<api::DomainVcpus> chosen;
    int status = kSuccess;
    for (const std::string_view word : words) {
        const auto found = std::ranges::find_if(
            domains, [&](const api::DomainVcpus& domain) { return is_named(domain, word); });
        if (found == domains.end())
            status = no_such_domain(context, word);
        else
            chosen.push_back(*found);
    }
    domains = std::move(chosen);
    return status;
}

Result<int> run(Context& context, const Arguments& arguments) {
    ZEROTH_TRY(const Reply reply, call(context, {.target = "/v1/vcpus", .body = {}}));
    ZEROTH_TRY(auto domains, decoded<std::vector<api::DomainVcpus>>(reply));
    const int status = select(context, arguments.words(), domains);
    if (status != kSuccess && domains.empty()) return status;
    if (arguments.has(kJsonKey)) {
        context.out.write(api::print_reference(api::encode(domains)));
        return status;
    }
    context.out.print("{:<32} {:>5} {:>5} {:>5} {:>5} {:>9} {}\n", "Name", "ID", "VCPU", "CPU",
                      "State", "Time(s)", "Affinity (Hard / Soft)");
    for (const api::DomainVcpus& domain : domains)
        for (const api::Vcpu& vcpu : domain.vcpus) print_vcpu(context.out, domain, vcpu);
    return status;
}

}  // namespace

constinit const Command kVcpuList{.name = "vcpu-list",
                                  .usage = "[options] [Domain, ...]",
                                  .summary = "List the virtual CPUs of all or of some domains",
                                  .can_dry_run = false,
                                  .changes_host = false,
                                  .least_words = 0,
                                  .most_words = kAnyNumber,
                                  .options = kOptions,
                                  .run = run};

}  // namespace zeroth::xl
