// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/serialize.hpp>
#include <string>

#include "daemon/api/json.hpp"

/// Answers of xld that make xl print what the reference printed on the same machine.
namespace zeroth::xl::testing {

inline api::Domain domain0(double cpu_seconds) {
    api::Domain domain;
    domain.name = "Domain-0";
    domain.memory_kib = 524288;
    domain.vcpus = 1;
    domain.running = true;
    domain.cpu_seconds = cpu_seconds;
    domain.cpupool_name = "Pool-0";
    domain.uptime_seconds = 15;
    return domain;
}

inline api::Domain guest(double cpu_seconds) {
    api::Domain domain;
    domain.domid = 1;
    domain.name = "g1";
    domain.uuid = *Uuid::parse("02785c78-618d-426f-aba3-c18d4d31e14d");
    domain.memory_kib = 131072;
    domain.vcpus = 1;
    domain.blocked = true;
    domain.cpu_seconds = cpu_seconds;
    domain.cpupool_name = "Pool-0";
    domain.uptime_seconds = 10;
    return domain;
}

inline std::string both_domains(double dom0_seconds, double guest_seconds) {
    return boost::json::serialize(
        api::encode(std::vector<api::Domain>{domain0(dom0_seconds), guest(guest_seconds)}));
}

inline api::Vcpu vcpu(std::uint32_t number, std::uint32_t cpu, double cpu_seconds) {
    api::Vcpu out;
    out.vcpu = number;
    out.online = true;
    out.cpu = cpu;
    out.cpu_seconds = cpu_seconds;
    out.hard_affinity = out.soft_affinity = "all";
    return out;
}

/// The emulated board, Xen 4.17.
inline api::Host host(std::uint64_t free_mib) {
    api::Host out;
    out.host = "dom0";
    out.release = "6.1.0-50-arm64";
    out.version = "#1 SMP Debian 6.1.176-1 (2026-07-02)";
    out.machine = "aarch64";
    out.nr_cpus = 2;
    out.max_cpu_id = 1;
    out.nr_nodes = 1;
    out.cores_per_socket = 1;
    out.threads_per_core = 1;
    out.cpu_khz = 62500;
    out.capabilities = 1 | 8 | 128 | 256;
    out.hw_caps = std::vector<std::uint32_t>(8, 0);
    out.total_pages = 2048 * 256;
    out.free_pages = free_mib * 256;
    out.xen_major = 4;
    out.xen_minor = 17;
    out.xen_pagesize = 4096;
    out.xen_extra = ".5";
    out.xen_caps = "xen-3.0-aarch64 xen-3.0-armv7l ";
    out.xen_scheduler = "credit2";
    out.xen_commandline =
        "console=dtuart dom0_mem=512M dom0_max_vcpus=1 bootscrub=0 loglvl=all guest_loglvl=all";
    out.cc_compiler = "aarch64-linux-gnu-gcc (Debian 12.2.0-14+deb12u1) 12.2.0";
    out.cc_compile_by = "pkg-xen-devel";
    out.cc_compile_domain = "lists.alioth.debian.org";
    out.cc_compile_date = "Sat Nov 29 13:52:25 UTC 2025";
    out.build_id = "293274c12b4f5c7da9f0fa540dc46ab5453d78ab";
    out.virt_start = 0x200000;
    out.cpu_topology = {{.cpu = 0, .core = 0, .socket = 0, .node = 0},
                        {.cpu = 1, .core = 0, .socket = 0, .node = 0}};
    out.numa = {
        {.node = 0, .size_bytes = 2048ULL << 20, .free_bytes = free_mib << 20, .distances = {20}}};
    out.xld_version = "0.1.0";
    return out;
}

}  // namespace zeroth::xl::testing
