// SPDX-License-Identifier: Apache-2.0
#include <boost/json/value.hpp>

#include "core/append.hpp"
#include "xl/commands/commands.hpp"
#include "xl/remote.hpp"

namespace zeroth::xl {
namespace {

constexpr Option kOptions[]{
    {'n', "numa", nullptr, "the host's CPU topology and NUMA nodes as well"},
    kJson,
};

/// The lines of `xl info`, or the values alone of those whose label begins with a word.
class Lines {
public:
    Lines(Output& out, std::string_view wanted) : out_{out}, wanted_{wanted} {}

    void text(std::string_view label, std::string_view value) {
        if (wanted_.empty())
            out_.print("{:<23}: {}\n", label, value);
        else if (label.starts_with(wanted_))
            out_.print("{}\n", value);
    }
    template <class T>
    void number(std::string_view label, T value) {
        text(label, fmt::to_string(value));
    }
    /// A table under its label; left out where single values are asked for.
    void table(std::string_view label, std::string_view rows) {
        if (wanted_.empty()) out_.print("{:<23}:\n{}", label, rows);
    }

private:
    Output& out_;
    std::string_view wanted_;
};

/// XEN_SYSCTL_PHYSCAP_* (xen/include/public/sysctl.h) and the reference's words, in its order.
std::string virtual_capabilities(std::uint32_t caps) {
    enum : std::uint32_t {
        kHvm = 1,
        kPv = 2,
        kDirectIo = 4,
        kHap = 8,
        kShadow = 16,
        kShare = 32,
        kTrace = 64,
        kPmu = 128,
        kGrantV1 = 256,
        kGrantV2 = 512
    };
    struct Word {
        std::uint32_t mask;
        const char* word;
    };
    constexpr Word kWords[]{
        {kPv, "pv"},
        {kHvm, "hvm"},
        {kHvm | kDirectIo, "hvm_directio"},
        {kPv | kDirectIo, "pv_directio"},
        {kHap, "hap"},
        {kShadow, "shadow"},
        {kShare, "iommu_hap_pt_share"},
        {kTrace, "vmtrace"},
        {kPmu, "vpmu"},
        {kGrantV1, "gnttab-v1"},
        {kGrantV2, "gnttab-v2"},
    };
    std::string out;
    for (const Word& word : kWords) {
        if ((caps & word.mask) != word.mask) continue;
        if (!out.empty()) out += ' ';
        out += word.word;
    }
    return out;
}

std::string hardware_capabilities(const std::vector<std::uint32_t>& words) {
    std::string out;
    for (const std::uint32_t word : words) append(out, "{}{:08x}", out.empty() ? "" : ":", word);
    return out;
}

void print_physical(Lines& lines, const api::Host& host) {
    lines.text("host", host.host);
    lines.text("release", host.release);
    lines.text("version", host.version);
    lines.text("machine", host.machine);
    lines.number("nr_cpus", host.nr_cpus);
    lines.number("max_cpu_id", host.max_cpu_id);
    lines.number("nr_nodes", host.nr_nodes);
    lines.number("cores_per_socket", host.cores_per_socket);
    lines.number("threads_per_core", host.threads_per_core);
    lines.text("cpu_mhz", fmt::format("{}.{:03}", host.cpu_khz / 1000, host.cpu_khz % 1000));
    lines.text("hw_caps", hardware_capabilities(host.hw_caps));
    lines.text("virt_caps", virtual_capabilities(host.capabilities));
    // Xen 4.18 brought SVE for guests and the reference this line: bits 0 to 4 count 128 bits each.
    if (host.xen_major > 4 || (host.xen_major == 4 && host.xen_minor >= 18))
        lines.number("arm_sve_vector_length", (host.arch_capabilities & 0x1FU) * 128);
    const std::uint64_t pages_per_mib = (1U << 20) / std::max(host.xen_pagesize, 1U);
    const auto mib = [&](std::uint64_t pages) {
        return pages / std::max<std::uint64_t>(pages_per_mib, 1);
    };
    lines.number("total_memory", mib(host.total_pages));
    lines.number("free_memory",
                 mib(host.free_pages - std::min(host.free_pages, host.outstanding_pages)));
    // Guests on ARM cannot share pages: Xen has nothing to count.
    lines.number("sharing_freed_memory", 0);
    lines.number("sharing_used_memory", 0);
    lines.number("outstanding_claims", mib(host.outstanding_pages));
    lines.number("free_cpus", host.free_cpus);
}

void print_topology(Lines& lines, const api::Host& host) {
    std::string rows = "cpu:    core    socket     node\n";
    for (const api::CpuTopology& cpu : host.cpu_topology)
        append(rows, "{:>3}:    {:>4}     {:>4}     {:>4}\n", cpu.cpu, cpu.core, cpu.socket,
               cpu.node);
    lines.table("cpu_topology", rows);
    rows = "node:    memsize    memfree    distances\n";
    for (const api::NumaNode& node : host.numa)
        append(rows, "{:>4}:    {:>6}     {:>6}      {}\n", node.node, node.size_bytes >> 20,
               node.free_bytes >> 20, fmt::join(node.distances, ","));
    lines.table("numa_info", rows);
}

void print_hypervisor(Lines& lines, const api::Host& host) {
    lines.number("xen_major", host.xen_major);
    lines.number("xen_minor", host.xen_minor);
    lines.text("xen_extra", host.xen_extra);
    lines.text("xen_version",
               fmt::format("{}.{}{}", host.xen_major, host.xen_minor, host.xen_extra));
    lines.text("xen_caps", host.xen_caps);
    lines.text("xen_scheduler", host.xen_scheduler);
    lines.number("xen_pagesize", host.xen_pagesize);
    lines.text("platform_params", fmt::format("virt_start={:#x}", host.virt_start));
    lines.text("xen_changeset", host.xen_changeset);
    lines.text("xen_commandline", host.xen_commandline);
    lines.text("cc_compiler", host.cc_compiler);
    lines.text("cc_compile_by", host.cc_compile_by);
    lines.text("cc_compile_domain", host.cc_compile_domain);
    lines.text("cc_compile_date", host.cc_compile_date);
    lines.text("build_id", host.build_id);
    lines.number("xend_config_format", 4);
}

Result<int> run(Context& context, const Arguments& arguments) {
    ZEROTH_TRY(const Reply reply, call(context, {.target = "/v1/host", .body = {}}));
    if (arguments.has(kJsonKey)) return print_json(context, reply);
    ZEROTH_TRY(const api::Host host, decoded<api::Host>(reply));
    Lines lines{context.out, arguments.words().empty() ? "" : arguments.words()[0]};
    print_physical(lines, host);
    if (arguments.has('n')) print_topology(lines, host);
    print_hypervisor(lines, host);
    return kSuccess;
}

}  // namespace

constinit const Command kInfo{.name = "info",
                              .usage = "[options] [Name]",
                              .summary = "Tell about the host and its hypervisor",
                              .can_dry_run = false,
                              .changes_host = false,
                              .least_words = 0,
                              .most_words = 1,
                              .options = kOptions,
                              .run = run};

}  // namespace zeroth::xl
