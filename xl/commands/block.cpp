// SPDX-License-Identifier: Apache-2.0
#include "daemon/api/device_json.hpp"
#include "daemon/api/reference_json.hpp"
#include "libdomain/config/device_entry.hpp"
#include "xl/commands/commands.hpp"
#include "xl/config_file.hpp"
#include "xl/device_commands.hpp"

namespace zeroth::xl {
namespace {

void print_disk(Output& out, std::size_t, const boost::json::object& disk) {
    out.print("{:<5} {:<3} {:<6} {:<5} {:<6} {:<8} {:<30}\n", number_of(disk, "devid"),
              number_of(disk, "backend_domid"), number_of(disk, "frontend_domid"),
              number_of(disk, "state"), number_of(disk, "evtch"), number_of(disk, "rref"),
              text_of(disk, "backend"));
}

Result<int> list(Context& context, const Arguments& arguments) {
    const auto header = fmt::format("{:<5} {:<3} {:<6} {:<5} {:<6} {:<8} {:<30}\n", "Vdev", "BE",
                                    "handle", "state", "evt-ch", "ring-ref", "BE-path");
    return list_devices(context, arguments, "disks", header, print_disk);
}

Result<int> attach(Context& context, const Arguments& arguments) {
    const auto text = entry_of(arguments.words());
    auto parsed = config::parse_disk(text);
    if (!accept_entry(context, text, parsed.diagnostics) || !parsed.device) return kFailure;
    if (context.dry_run) {
        context.out.print("disk: {}\n", api::print_reference(api::reference_disk(
                                            *parsed.device, api::Form::kAsked)));
        return kSuccess;
    }
    config::DomainConfig config;
    config.disk.push_back(*std::move(parsed.device));
    make_paths_absolute(config);
    return attach_device(context, arguments.words()[0], "disks", api::encode(config.disk.front()),
                         "libxl_device_disk_add failed.");
}

Result<int> detach(Context& context, const Arguments& arguments) {
    const auto& words = arguments.words();
    return detach_device(context, words[0], "disks", words[1], arguments.has('f'),
                         fmt::format("Error: Device {} not connected.", words[1]),
                         "libxl_device_disk_remove failed.");
}

}  // namespace

constinit const Command kBlockAttach = attach_command(
    {"block-attach", "<Domain> <disk entry, or its parts>", "Give a domain one more disk"}, 2,
    attach);
constinit const Command kBlockList =
    list_command({"block-list", "[options] <Domain(s)>", "List the disks of domains"}, list);
constinit const Command kBlockDetach = detach_command(
    {"block-detach", "[options] <Domain> <VirtualDevice|DevId>", "Take a disk away from a domain"},
    detach);

}  // namespace zeroth::xl
