// SPDX-License-Identifier: Apache-2.0
#include "libdomain/plan/nodes.hpp"

#include <fmt/format.h>

#include "libdomain/plan/layout.hpp"
#include "libdomain/plan/node_list.hpp"
#include "libdomain/plan/node_text.hpp"

namespace zeroth::plan {
namespace {

std::string backend_of(const char* kind) {
    return fmt::format("/local/domain/0/backend/{}/{{domid}}/0", kind);
}

void add_backend(NodeList& nodes, const char* kind, const std::string& frontend) {
    nodes.add(fmt::format("/local/domain/0/backend/{}/{{domid}}", kind), "", kPrivate);
    nodes.enter(backend_of(kind));
    nodes.add(backend_of(kind), "", kGuestReads);
    nodes.put("frontend", frontend, kGuestReads);
    nodes.put("frontend-id", "{domid}", kGuestReads);
    nodes.put("online", "1", kGuestReads);
    nodes.put("state", "1", kGuestReads);
    nodes.put("protocol", "vt100", kGuestReads);
}

/// The toolstack's own record of the device, out of the guest's reach.
void add_record(NodeList& nodes, const char* kind, const std::string& frontend) {
    const auto folder = fmt::format("{}/device/{}", kToolstack, kind);
    nodes.add(folder, "", kPrivate);
    nodes.add(folder + "/0", "", kPrivate);
    nodes.enter(folder + "/0");
    nodes.put("frontend", frontend, kPrivate);
    nodes.put("backend", backend_of(kind), kPrivate);
    nodes.put("frontend-id", "{domid}", kPrivate);
    nodes.put("online", "1", kPrivate);
    nodes.put("state", "1", kPrivate);
    nodes.put("protocol", "vt100", kPrivate);
}

const char* word(config::Channel::Connection connection) {
    return connection == config::Channel::Connection::kPty ? "pty" : "socket";
}

/// A channel is a console with a name, and a device as any other: the guest's driver shakes hands
/// with whoever serves it (D.2, D.3).
void add_channel(NodeList& nodes, std::size_t number, const config::Channel& channel) {
    const auto frontend = fmt::format("{}/device/console/{}", kHome, number);
    const auto folder = fmt::format("/local/domain/0/backend/console/{{domid}}/{}", number);
    const auto record = fmt::format("{}/device/console/{}", kToolstack, number);
    const auto describe = [&](const std::string& at, const Permissions& permissions) {
        nodes.add(at, "", permissions);
        nodes.enter(at);
        nodes.put("frontend", frontend, permissions);
        if (at == record) nodes.put("backend", folder, permissions);
        nodes.put("frontend-id", "{domid}", permissions);
        nodes.put("online", "1", permissions);
        nodes.put("state", "1", permissions);
        nodes.put("protocol", "vt100", permissions);
        nodes.put("name", literal(channel.name), permissions);
        nodes.put("connection", word(channel.connection), permissions);
        if (!channel.path.empty()) nodes.put("path", literal(channel.path), permissions);
    };
    describe(folder, kGuestReads);
    describe(record, kPrivate);
    nodes.add(frontend, "", kGuestOwnsHostReads);
    nodes.enter(frontend);
    nodes.put("backend", folder, kGuestReads);
    nodes.put("backend-id", "0", kGuestOwnsHostReads);
    nodes.put("state", "1", kGuestOwnsHostReads);
    nodes.put("protocol", "vt100", kGuestOwnsHostReads);
    nodes.put("name", literal(channel.name), kGuestReads);
    nodes.put("limit", "1048576", kGuestReads);
    nodes.put("type", "xenconsoled", kGuestReads);
    nodes.put("output", word(channel.connection), kGuestReads);
    nodes.put("tty", "", kGuestReads);
}

void add_vcpus(NodeList& nodes, const NodeFacts& facts) {
    nodes.put("cpu", "", kGuestReads);
    for (std::uint32_t vcpu = 0; vcpu < facts.max_vcpus; ++vcpu) {
        const auto path = fmt::format("{}/cpu/{}", kHome, vcpu);
        nodes.add(path, "", kGuestReads);
        nodes.add(path + "/availability", vcpu < facts.online_vcpus ? "online" : "offline",
                  kGuestReads);
    }
}

void add_control(NodeList& nodes) {
    nodes.put("control", "", kGuestReads);
    for (const char* key : {"control/shutdown", "control/feature-poweroff",
                            "control/feature-reboot", "control/feature-suspend", "control/sysrq"})
        nodes.put(key, "", kGuestOwns);
    nodes.put("control/platform-feature-multiprocessor-suspend", "1", kGuestReads);
    nodes.put("control/platform-feature-xs_reset_watches", "1", kGuestReads);
}

void add_vuart(NodeList& nodes) {
    nodes.put("vuart", "", kGuestReads);
    nodes.put("vuart/0", "", kGuestReads);
    nodes.put("vuart/0/backend", backend_of("vuart"), kGuestReads);
    nodes.put("vuart/0/port", "{vuart_port}", kGuestReads);
    nodes.put("vuart/0/ring-ref", std::to_string(kVuartFrame.raw()), kGuestReads);
    nodes.put("vuart/0/limit", "1048576", kGuestReads);
    nodes.put("vuart/0/type", "xenconsoled", kGuestReads);
}

void add_store(NodeList& nodes, GuestFrame ring) {
    nodes.put("store", "", kGuestReads);
    nodes.put("store/port", "{store_port}", kGuestReads);
    nodes.put("store/ring-ref", std::to_string(ring.raw()), kGuestReads);
}

void add_console(NodeList& nodes) {
    nodes.put("console", "", kGuestReads);
    nodes.put("console/backend", backend_of("console"), kGuestReads);
    nodes.put("console/backend-id", "0", kGuestOwnsHostReads);
    nodes.put("console/limit", "1048576", kGuestReads);
    nodes.put("console/type", "xenconsoled", kGuestReads);
    nodes.put("console/output", "pty", kGuestReads);
    nodes.put("console/tty", "", kGuestReads);
    nodes.put("console/port", "{console_port}", kGuestReads);
    nodes.put("console/ring-ref", std::to_string(kConsoleFrame.raw()), kGuestReads);
}

void add_home(NodeList& nodes, const NodeFacts& facts) {
    nodes.add(kHome, "", kGuestReads);
    nodes.enter(kHome);
    nodes.put("vm", "/vm/" + facts.uuid.text(), kGuestReads);
    nodes.put("name", literal(facts.name), kGuestReads);
    add_vcpus(nodes, facts);
    nodes.put("memory", "", kGuestReads);
    nodes.put("memory/static-max", std::to_string(facts.maxmem.raw()), kGuestReads);
    nodes.put("memory/target", std::to_string(facts.memory.raw()), kGuestReads);
    nodes.put("memory/videoram", "0", kGuestReads);
    nodes.put("device", "", kGuestReads);
    nodes.put("device/suspend", "", kGuestReads);
    nodes.put("device/suspend/event-channel", "", kGuestOwns);
    add_control(nodes);
    for (const char* key : {"data", "drivers", "feature", "attr", "error"})
        nodes.put(key, "", kGuestOwns);
    if (facts.driver_domain)
        for (const char* key : {"libxl", "device-model"}) nodes.put(key, "", kGuestOwns);
    nodes.put("domid", "{domid}", kGuestReads);
    if (facts.store) add_store(nodes, *facts.store);
    if (facts.vuart) add_vuart(nodes);
    if (facts.console) add_console(nodes);
}

void add_vm(NodeList& nodes, const NodeFacts& facts) {
    const auto vm = "/vm/" + facts.uuid.text();
    nodes.add(vm, "", kGuestReads);
    nodes.enter(vm);
    nodes.put("name", literal(facts.name), kGuestReads);
    nodes.put("uuid", facts.uuid.text(), kGuestReads);
    nodes.put("start_time", "{start_time}", kGuestReads);
}

}  // namespace

std::vector<Node> make_nodes(const NodeFacts& facts) {
    const auto console = kHome + "/console", vuart = kHome + "/vuart/0";
    NodeList nodes;
    if (facts.vuart) add_backend(nodes, "vuart", vuart);
    if (facts.console) add_backend(nodes, "console", console);
    add_home(nodes, facts);
    add_vm(nodes, facts);
    nodes.add(kToolstack, "", kPrivate);
    nodes.add(kToolstack + "/device", "", kPrivate);
    if (facts.vuart) add_record(nodes, "vuart", vuart);
    if (facts.console) add_record(nodes, "console", console);
    if (!facts.channels.empty()) nodes.add(kHome + "/device/console", "", kGuestReads);
    for (std::size_t i = 0; i < facts.channels.size(); ++i)
        add_channel(nodes, i + 1, facts.channels[i]);
    nodes.enter(kToolstack);
    nodes.put("type", "pvh", kPrivate);
    nodes.put("dm-version", "qemu_xen", kPrivate);
    return nodes.take();
}

}  // namespace zeroth::plan
