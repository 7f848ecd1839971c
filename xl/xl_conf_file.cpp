// SPDX-License-Identifier: Apache-2.0
#include "xl/xl_conf_file.hpp"

#include "xl/config_file.hpp"
#include "xl/remote.hpp"

namespace zeroth::xl {

bool load_xl_conf(Context& context) {
    if (context.conf_file.empty()) return true;
    auto text = read_file(context.conf_file);
    if (!text) {
        if (!text.error().is(ENOENT)) print_error(context, text.error());
        return true;
    }
    const config::Source source{context.conf_file, *std::move(text)};
    ReadXlConf read = parse_xl_conf(source);
    const auto colour = context.err.is_terminal() ? config::Colour::kYes : config::Colour::kNo;
    context.conf_notes = config::render(source, read.diagnostics, colour);
    if (config::has_errors(read.diagnostics)) {
        context.err.write(context.conf_notes);
        return false;
    }
    context.conf = std::move(read.conf);
    return true;
}

void use_xl_conf(Context& context, config::DomainConfig& config) {
    if (!context.conf_notes.empty()) context.err.write(context.conf_notes);
    apply_defaults(context.conf, config);
}

Result<> mask_cpus(Context& context, config::DomainConfig& config) {
    if (context.conf.cpumasks.empty()) return {};
    ZEROTH_TRY(const Reply reply, call(context, {.target = "/v1/host", .body = {}}));
    ZEROTH_TRY(const api::Host host, decoded<api::Host>(reply));
    std::vector<std::uint32_t> node_of(host.max_cpu_id + std::size_t{1});
    for (const auto& cpu : host.cpu_topology)
        if (cpu.cpu < node_of.size()) node_of[cpu.cpu] = cpu.node;
    return apply_cpumasks(context.conf, node_of, config);
}

}  // namespace zeroth::xl
