// SPDX-License-Identifier: Apache-2.0
#include "daemon/machine.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <charconv>
#include <cstdlib>
#include <fstream>
#include <iterator>

#include "libdomain/hypervisor/sim/guests/guests.hpp"
#include "libdomain/hypervisor/sim/machine.hpp"
#include "libdomain/hypervisor/sim/remote/remote.hpp"
#include "libdomain/hypervisor/xen/xen.hpp"
#include "libdomain/plan/host_tree.hpp"
#include "xenstore/client/client.hpp"
#include "xenstore/client/endpoint.hpp"

namespace zeroth::daemon {
namespace {

constexpr const char* kHostTree = "/sys/firmware/fdt";

Result<plan::HostTree> read_own_tree() {
    std::ifstream file{kHostTree, std::ios::binary};
    if (!file) return errno_error(std::string{"read the host's device tree "} + kHostTree);
    const std::string blob{std::istreambuf_iterator<char>{file}, {}};
    return plan::read_host_tree(std::as_bytes(std::span{blob}));
}

Result<HostFacts> ask(const hyper::Hypervisor& xen) {
    HostFacts facts;
    ZEROTH_TRY(const auto topology, xen.cpu_topology());
    for (const auto& cpu : topology) facts.node_of_cpu.push_back(cpu.node);
    ZEROTH_TRY(facts.scheduler, xen.scheduler_id());
    return facts;
}

Result<Machine> open_xen() {
    ZEROTH_TRY(auto seam, hyper::open_privcmd());
    ZEROTH_TRY(auto xen, hyper::Hypervisor::open(*seam));
    ZEROTH_TRY(auto grants, hyper::open_grant_table());
    ZEROTH_TRY(auto channels, hyper::open_event_channels());
    ZEROTH_TRY(auto facts, ask(xen));
    ZEROTH_TRY(auto tree, read_own_tree());
    facts.ranges = std::move(tree.ranges);
    facts.gic = tree.gic;
    facts.timer_clock_frequency = tree.timer_clock_frequency;
    return Machine{std::move(seam),    {},
                   std::move(xen),     std::move(grants),
                   make_socket_pool(), std::move(channels),
                   std::move(facts),   devices::open_dom0()};
}

Result<std::uint32_t> number(std::string_view key, std::string_view text) {
    std::uint32_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error == std::errc{} && end == text.data() + text.size() && value > 0) return value;
    return fail(fmt::format("--hypervisor=sim: {}= takes a positive number, not '{}'", key, text));
}

/// "cpus=4,nodes=1,memory=2048,xen=4.20", any of them.
Result<hyper::sim::SimOptions> parse_simulation(std::string_view text) {
    hyper::sim::SimOptions options;
    while (!text.empty()) {
        const auto item = text.substr(0, text.find(','));
        text.remove_prefix(std::min(item.size() + 1, text.size()));
        const auto equals = std::min(item.find('='), item.size());
        const auto key = item.substr(0, equals);
        const auto value = item.substr(std::min(equals + 1, item.size()));
        if (key == "xen") {
            options.release = value;
        } else if (key == "cpus") {
            ZEROTH_TRY(options.cpus, number(key, value));
        } else if (key == "nodes") {
            ZEROTH_TRY(options.nodes, number(key, value));
        } else if (key == "memory") {
            ZEROTH_TRY(const auto size, number(key, value));
            options.memory = mib(size);
        } else {
            return fail(fmt::format(
                "--hypervisor=sim: unknown option '{}' (there are cpus, nodes, memory and xen)",
                key));
        }
    }
    return options;
}

Result<std::vector<std::byte>> simulated_kernel(std::string_view name) {
    ZEROTH_CHECK(hyper::sim::parse_program(name));
    return hyper::sim::kernel_image(name);
}

/// A simulated machine has an xenstored beside it, which is found as on a real one; but the one of
/// a real host is not to learn of domains that do not exist.
Result<> check_store() {
    const bool chosen = std::getenv("XENSTORED_PATH") != nullptr;
    if (!chosen && ::access("/proc/xen/capabilities", F_OK) == 0) {
        return fail(Error::message("this is a real Xen host, whose XenStore a simulation must not "
                                   "fill")
                        .with_hint("Start an xenstored for it (--no-xen --socket PATH), and set "
                                   "XENSTORED_PATH to that path."));
    }
    const auto store = xs::Client::connect();
    if (store) return {};
    return fail(Error{store.error()}.with_hint(
        fmt::format("Start it first: xenstored --no-xen --socket {} (or set XENSTORED_PATH to the "
                    "path of one that runs).",
                    xs::default_endpoint())));
}

Result<Machine> open_simulation(std::string_view text) {
    ZEROTH_TRY(const auto options, parse_simulation(text));
    ZEROTH_CHECK(check_store());
    ZEROTH_TRY(auto seam, hyper::sim::Machine::create(options));
    ZEROTH_TRY(auto guests,
               hyper::sim::Guests::start(*seam, xs::default_endpoint(), xs::default_endpoint()));
    ZEROTH_TRY(auto xen, hyper::Hypervisor::open(*seam));
    ZEROTH_TRY(auto grants, seam->grant_table());
    ZEROTH_TRY(auto channels, seam->event_channels());
    ZEROTH_TRY(auto facts, ask(xen));
    facts.gic = options.gic;
    facts.timer_clock_frequency = options.clock_frequency;
    facts.simulated = true;
    facts.named_kernels = &simulated_kernel;
    return Machine{std::move(seam),   std::move(guests),        std::move(xen),
                   std::move(grants), make_socket_pool(),       std::move(channels),
                   std::move(facts),  devices::simulated_dom0()};
}

/// A machine in a process of its own, which goes on when we end.
Result<Machine> open_remote(const std::string& path) {
    ZEROTH_CHECK(check_store());
    hyper::sim::RemoteFacts remote;
    ZEROTH_TRY(auto seam, hyper::sim::open_remote_privcmd(path, &remote));
    ZEROTH_TRY(auto xen, hyper::Hypervisor::open(*seam));
    ZEROTH_TRY(auto grants, hyper::sim::open_remote_grant_table(path));
    ZEROTH_TRY(auto channels, hyper::sim::open_remote_event_channels(path));
    ZEROTH_TRY(auto facts, ask(xen));
    facts.gic = remote.gic;
    facts.timer_clock_frequency = remote.clock_frequency;
    facts.simulated = true;
    facts.named_kernels = &simulated_kernel;
    return Machine{std::move(seam),    {},
                   std::move(xen),     std::move(grants),
                   make_socket_pool(), std::move(channels),
                   std::move(facts),   devices::simulated_dom0()};
}

}  // namespace

Result<Machine> open_machine(std::string_view name) {
    if (name == "xen") return open_xen();
    if (name == "sim") return open_simulation({});
    if (name.starts_with("sim:")) return open_simulation(name.substr(4));
    if (name.starts_with("sim@")) return open_remote(std::string{name.substr(4)});
    return fail(fmt::format("--hypervisor={}: there are xen, sim[:options] and sim@PATH", name));
}

}  // namespace zeroth::daemon
