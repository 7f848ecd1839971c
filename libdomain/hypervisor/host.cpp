// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "libdomain/hypervisor/abi/sysctl.hpp"
#include "libdomain/hypervisor/call.hpp"
#include "libdomain/hypervisor/hypervisor.hpp"

namespace zeroth::hyper {
namespace {

using xenabi::Sysctl;

constexpr std::size_t kConsoleChunk = 16384;
/// CPUs asked for at first: their answer fits one page.
constexpr std::uint32_t kFirstCpus = 256;

template <class Element>
std::vector<Element> elements_of(std::span<const std::byte> payload, std::size_t count) {
    std::vector<Element> elements(count);
    if (count != 0) std::memcpy(elements.data(), payload.data(), count * sizeof(Element));
    return elements;
}

/// Everything in the ring from `index` on, in as many calls as it takes.
struct ConsoleReader {
    Privcmd& privcmd;
    std::uint32_t version;
    bool clear, incremental;
    std::uint32_t index;

    Result<std::string> read() {
        std::string text;
        for (;;) {
            ZEROTH_TRY(auto call,
                       Call::sysctl(privcmd, version, Sysctl::kReadConsole, kConsoleChunk));
            xenabi::ReadConsole body{};
            body.clear = clear;
            body.incremental = incremental;
            body.index = index;
            body.buffer = call.payload_address();
            body.count = kConsoleChunk;
            call.set(body);
            ZEROTH_CHECK(call.run("from index {}", index));
            body = call.get<xenabi::ReadConsole>();
            const auto count = std::min<std::size_t>(body.count, kConsoleChunk);
            const auto chunk = elements_of<char>(call.payload(), count);
            text.append(chunk.begin(), chunk.end());
            index = body.index;
            incremental = true;
            if (count < kConsoleChunk) return text;
        }
    }
};

}  // namespace

Result<PhysInfo> Hypervisor::physinfo() const {
    ZEROTH_TRY(auto call, Call::sysctl(*privcmd_, version_->sysctl, Sysctl::kPhysInfo));
    ZEROTH_CHECK(call.run(""));
    const auto body = call.get<xenabi::PhysInfoBytes>();
    PhysInfo info;
    info.threads_per_core = body.threads_per_core;
    info.cores_per_socket = body.cores_per_socket;
    info.nr_cpus = body.nr_cpus;
    info.max_cpu_id = body.max_cpu_id;
    info.nr_nodes = body.nr_nodes;
    info.max_node_id = body.max_node_id;
    info.cpu_khz = body.cpu_khz;
    info.capabilities = body.capabilities;
    info.arch_capabilities = body.arch_capabilities;
    info.total_pages = body.total_pages;
    info.free_pages = body.free_pages;
    info.scrub_pages = body.scrub_pages;
    info.outstanding_pages = body.outstanding_pages;
    info.hw_cap = body.hw_cap;
    return info;
}

Result<std::vector<CpuTopology>> Hypervisor::cpu_topology() const {
    for (std::uint32_t room = kFirstCpus;; room *= 2) {
        ZEROTH_TRY(auto call, Call::sysctl(*privcmd_, version_->sysctl, Sysctl::kCpuTopoInfo,
                                           room * sizeof(xenabi::CpuTopo)));
        call.set(xenabi::CpuTopoInfo{room, 0, call.payload_address()});
        ZEROTH_CHECK(call.run(""));
        const auto count = call.get<xenabi::CpuTopoInfo>().num_cpus;
        if (count >= room) continue;
        std::vector<CpuTopology> cpus;
        for (const auto& cpu : elements_of<xenabi::CpuTopo>(call.payload(), count)) {
            cpus.push_back({cpu.core, cpu.socket, cpu.node});
        }
        return cpus;
    }
}

Result<std::vector<NumaNode>> Hypervisor::numa_info() const {
    ZEROTH_TRY(auto asking, Call::sysctl(*privcmd_, version_->sysctl, Sysctl::kNumaInfo));
    ZEROTH_CHECK(asking.run(""));
    const std::size_t nodes = asking.get<xenabi::NumaInfo>().num_nodes;
    const auto sizes = nodes * sizeof(xenabi::MemInfo);
    const auto distances = nodes * nodes * sizeof(std::uint32_t);
    ZEROTH_TRY(auto call,
               Call::sysctl(*privcmd_, version_->sysctl, Sysctl::kNumaInfo, sizes + distances));
    const auto at = call.payload_address();
    call.set(xenabi::NumaInfo{static_cast<std::uint32_t>(nodes), 0, at, at + sizes});
    ZEROTH_CHECK(call.run("of {} nodes", nodes));
    const auto found = std::min<std::size_t>(call.get<xenabi::NumaInfo>().num_nodes, nodes);
    const auto memory = elements_of<xenabi::MemInfo>(call.payload(), found);
    const auto far = elements_of<std::uint32_t>(call.payload().subspan(sizes), found * found);
    std::vector<NumaNode> list;
    for (std::size_t i = 0; i < found; ++i) {
        const auto row = std::span{far}.subspan(i * found, found);
        list.push_back(
            {Bytes{memory[i].memsize}, Bytes{memory[i].memfree}, {row.begin(), row.end()}});
    }
    return list;
}

Result<std::uint32_t> Hypervisor::scheduler_id() const {
    ZEROTH_TRY(auto call, Call::sysctl(*privcmd_, version_->sysctl, Sysctl::kSchedId));
    ZEROTH_CHECK(call.run(""));
    return call.get<xenabi::SchedId>().sched_id;
}

Result<std::string> Hypervisor::console_log(Clear clear) const {
    ConsoleReader reader{*privcmd_, version_->sysctl, clear == Clear::kYes, false, 0};
    return reader.read();
}

Result<Hypervisor::ConsoleTail> Hypervisor::console_since(std::uint32_t index) const {
    ConsoleReader reader{*privcmd_, version_->sysctl, false, true, index};
    ZEROTH_TRY(auto text, reader.read());
    return ConsoleTail{std::move(text), reader.index};
}

Result<> Hypervisor::debug_keys(std::string_view keys) const {
    ZEROTH_TRY(auto call,
               Call::sysctl(*privcmd_, version_->sysctl, Sysctl::kDebugKeys, keys.size()));
    std::memcpy(call.payload().data(), keys.data(), keys.size());
    call.set(xenabi::DebugKeys{call.payload_address(), static_cast<std::uint32_t>(keys.size()), 0});
    return call.run_void("'{}'", keys);
}

}  // namespace zeroth::hyper
