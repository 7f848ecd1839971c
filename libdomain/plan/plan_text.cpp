// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "libdomain/plan/build_plan.hpp"
#include "libdomain/plan/dts.hpp"
#include "libdomain/plan/print.hpp"

namespace zeroth::plan {
namespace {

/// "n0,r{domid}", as `xenstore-ls -p` prints them.
std::string print_permissions(const std::vector<Permission>& permissions) {
    std::string out;
    for (const auto& permission : permissions) {
        if (!out.empty()) out += ',';
        out += zeroth::plan::text(permission);
    }
    return out;
}

std::string print_memory_map(const std::vector<Range>& map) {
    std::string out = "memory map\n";
    for (const auto& range : map)
        out += fmt::format("  {:#014x}-{:#014x}  {:>14}  {}\n", range.start.raw(),
                           range.start.raw() + range.size - 1, print_size(range.size), range.what);
    return out;
}

std::string print_device_tree_section(const std::vector<std::byte>& blob) {
    const auto source = print_device_tree(blob);
    return fmt::format("device tree ({})\n{}", print_size(blob.size()),
                       source ? *source : source.error().text() + "\n");
}

std::string print_nodes(const std::vector<Step>& steps) {
    std::string out = "nodes\n";
    const auto add = [&out](const std::vector<Node>& nodes) {
        for (const auto& node : nodes)
            out += fmt::format("  {} = \"{}\"   ({})\n", node.path, node.value,
                               print_permissions(node.permissions));
    };
    for (const auto& step : steps) {
        if (const auto* write = std::get_if<WriteNodes>(&step)) add(write->nodes);
        if (const auto* attach = std::get_if<AttachDevice>(&step)) add(attach->device.nodes);
    }
    return out;
}

std::string print_steps(const std::vector<Step>& steps) {
    std::string out = "steps\n";
    for (std::size_t i = 0; i < steps.size(); ++i)
        out += fmt::format("  {:2}  {:<16}  {}\n", i + 1, kind(steps[i]), describe(steps[i]));
    return out;
}

}  // namespace

std::string to_text(const BuildPlan& plan) {
    std::string out = fmt::format("domain \"{}\", {}: {}, {} vCPU{}\n", plan.name, plan.uuid.text(),
                                  print_size(to_bytes(plan.memory).raw()), plan.max_vcpus,
                                  plan.max_vcpus == 1 ? "" : "s");
    for (const auto& note : plan.notes) out += fmt::format("note: {}\n", note);
    return fmt::format("{}\n{}\n{}\n{}\n{}", out, print_memory_map(plan.memory_map),
                       print_device_tree_section(plan.device_tree), print_nodes(plan.steps),
                       print_steps(plan.steps));
}

}  // namespace zeroth::plan
