// SPDX-License-Identifier: Apache-2.0
#include "daemon/api/device_json.hpp"
#include "daemon/api/reference_json.hpp"
#include "libdomain/config/device_entry.hpp"
#include "xl/commands/commands.hpp"
#include "xl/device_commands.hpp"
#include "xl/xl_conf_file.hpp"

namespace zeroth::xl {
namespace {

void print_nic(Output& out, std::size_t index, const boost::json::object& nic) {
    out.print("{:<3} {:<2} {:<17}{:>6} {:>5} {:>6} {:>5}/{:<11} {:<30}\n", index,
              number_of(nic, "backend_domid"), text_of(nic, "mac"), number_of(nic, "devid"),
              number_of(nic, "state"), number_of(nic, "evtch"), number_of(nic, "rref_tx"),
              number_of(nic, "rref_rx"), text_of(nic, "backend"));
}

Result<int> list(Context& context, const Arguments& arguments) {
    const auto header =
        fmt::format("{:<3} {:<2} {:<17} {:<6} {:<5} {:<6} {:>5}/{:<5} {:<30}\n", "Idx", "BE",
                    "Mac Addr.", "handle", "state", "evt-ch", "tx-", "rx-ring-ref", "BE-path");
    return list_devices(context, arguments, "nics", header, print_nic);
}

Result<int> attach(Context& context, const Arguments& arguments) {
    const auto text = entry_of(arguments.words());
    auto parsed = config::parse_vif(text);
    if (!accept_entry(context, text, parsed.diagnostics) || !parsed.device) return kFailure;
    // As in a config, xl.conf has the defaults.
    config::DomainConfig config;
    config.vif.push_back(*std::move(parsed.device));
    apply_defaults(context.conf, config);
    const auto& vif = config.vif.front();
    if (context.dry_run) {
        context.out.print("vif: {}\n", api::print_reference(
                                           api::reference_nic(vif, vif.devid, api::Form::kAsked)));
        return kSuccess;
    }
    return attach_device(context, arguments.words()[0], "nics", api::encode(vif),
                         "libxl_device_nic_add failed.");
}

Result<int> detach(Context& context, const Arguments& arguments) {
    const auto& words = arguments.words();
    return detach_device(context, words[0], "nics", words[1], arguments.has('f'),
                         fmt::format("Unknown device {}.", words[1]),
                         "libxl_device_nic_remove failed.");
}

}  // namespace

constinit const Command kNetworkAttach =
    attach_command({"network-attach", "<Domain> [mac=..., bridge=..., any key of a vif entry]",
                    "Give a domain one more network interface"},
                   1, attach);
constinit const Command kNetworkList = list_command(
    {"network-list", "[options] <Domain(s)>", "List the network interfaces of domains"}, list);
constinit const Command kNetworkDetach =
    detach_command({"network-detach", "[options] <Domain> <DevId|mac>",
                    "Take a network interface away from a domain"},
                   detach);

}  // namespace zeroth::xl
