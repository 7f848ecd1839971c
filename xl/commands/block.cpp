// SPDX-License-Identifier: Apache-2.0
#include "daemon/api/device_json.hpp"
#include "daemon/api/reference_json.hpp"
#include "libdomain/config/device_entry.hpp"
#include "xl/commands/commands.hpp"
#include "xl/config_file.hpp"
#include "xl/device_commands.hpp"

namespace zeroth::xl {
namespace {

constexpr Option kListOptions[]{kJson};
constexpr Option kDetachOptions[]{
    {'f', "force", nullptr, "even if the guest does not let go of it"},
};

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
        context.out.print("disk: {}\n", api::print_reference(api::reference_disk(*parsed.device)));
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

constinit const Command kBlockAttach{.name = "block-attach",
                                     .usage = "<Domain> <disk entry, or its parts>",
                                     .summary = "Give a domain one more disk",
                                     .can_dry_run = true,
                                     .changes_host = true,
                                     .least_words = 2,
                                     .most_words = kAnyNumber,
                                     .options = {},
                                     .run = attach};

constinit const Command kBlockList{.name = "block-list",
                                   .usage = "[options] <Domain(s)>",
                                   .summary = "List the disks of domains",
                                   .can_dry_run = false,
                                   .changes_host = false,
                                   .least_words = 1,
                                   .most_words = kAnyNumber,
                                   .options = kListOptions,
                                   .run = list};

constinit const Command kBlockDetach{.name = "block-detach",
                                     .usage = "[options] <Domain> <VirtualDevice|DevId>",
                                     .summary = "Take a disk away from a domain",
                                     .can_dry_run = false,
                                     .changes_host = true,
                                     .least_words = 2,
                                     .most_words = 2,
                                     .options = kDetachOptions,
                                     .run = detach};

}  // namespace zeroth::xl
