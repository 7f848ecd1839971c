// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <string_view>
#include <tuple>

#include "daemon/api/types.hpp"

/// One table per type of the API: its members' names, once for both directions of json.cpp.
namespace zeroth::api {

enum class Presence {
    kRequired,  // always written, an error when missing
    kDefaulted  // left out where it has its default, which is what a missing one means
};

template <class Struct, class T>
struct Member {
    std::string_view name;
    T Struct::*pointer;
    Presence presence;
};

template <class Struct, class T>
constexpr Member<Struct, T> required(std::string_view name, T Struct::*pointer) {
    return {name, pointer, Presence::kRequired};
}
template <class Struct, class T>
constexpr Member<Struct, T> defaulted(std::string_view name, T Struct::*pointer) {
    return {name, pointer, Presence::kDefaulted};
}

/// A tuple of Member for every described type; 0 for all others.
template <class T>
inline constexpr int kMembers = 0;

template <class T>
concept Described = requires {
    std::tuple_size<std::remove_cvref_t<decltype(kMembers<T>)>>::value;
};

/// An enumeration's words, by value.
template <class E>
inline constexpr std::array<const char*, 0> kWords{};

template <>
inline constexpr auto kMembers<Domain> = std::tuple{
    required("domid", &Domain::domid),
    required("name", &Domain::name),
    required("uuid", &Domain::uuid),
    required("memory_kib", &Domain::memory_kib),
    required("max_memory_kib", &Domain::max_memory_kib),
    required("outstanding_kib", &Domain::outstanding_kib),
    required("vcpus", &Domain::vcpus),
    required("max_vcpu_id", &Domain::max_vcpu_id),
    required("running", &Domain::running),
    required("blocked", &Domain::blocked),
    required("paused", &Domain::paused),
    required("shutdown", &Domain::shutdown),
    required("dying", &Domain::dying),
    defaulted("shutdown_code", &Domain::shutdown_code),
    required("cpu_seconds", &Domain::cpu_seconds),
    required("cpupool", &Domain::cpupool),
    required("cpupool_name", &Domain::cpupool_name),
    defaulted("uptime_seconds", &Domain::uptime_seconds),
    required("ssidref", &Domain::ssidref),
    defaulted("node_affinity", &Domain::node_affinity),
    defaulted("restarting", &Domain::restarting),
    defaulted("restarts_at_ms", &Domain::restarts_at_ms),
    defaulted("restart_trouble", &Domain::restart_trouble),
    defaulted("lives", &Domain::lives),
    defaulted("short_lives", &Domain::short_lives),
    defaulted("adopted", &Domain::adopted),
};

template <>
inline constexpr auto kMembers<Vcpu> = std::tuple{
    required("vcpu", &Vcpu::vcpu),
    required("online", &Vcpu::online),
    required("running", &Vcpu::running),
    required("blocked", &Vcpu::blocked),
    required("cpu", &Vcpu::cpu),
    required("cpu_seconds", &Vcpu::cpu_seconds),
    required("hard_affinity", &Vcpu::hard_affinity),
    required("soft_affinity", &Vcpu::soft_affinity),
};

template <>
inline constexpr auto kMembers<DomainVcpus> = std::tuple{
    required("domid", &DomainVcpus::domid),
    required("name", &DomainVcpus::name),
    required("vcpus", &DomainVcpus::vcpus),
};

template <>
inline constexpr auto kMembers<AffinityRequest> = std::tuple{
    defaulted("hard", &AffinityRequest::hard),
    defaulted("soft", &AffinityRequest::soft),
    defaulted("force", &AffinityRequest::force),
};

template <>
inline constexpr auto kMembers<VcpuScheduling> = std::tuple{
    required("vcpu", &VcpuScheduling::vcpu),
    required("period_us", &VcpuScheduling::period_us),
    required("budget_us", &VcpuScheduling::budget_us),
    required("extratime", &VcpuScheduling::extratime),
};

template <>
inline constexpr auto kMembers<Scheduling> = std::tuple{
    required("domid", &Scheduling::domid),          required("name", &Scheduling::name),
    required("scheduler", &Scheduling::scheduler),  required("cpupool", &Scheduling::cpupool),
    defaulted("weight", &Scheduling::weight),       defaulted("cap", &Scheduling::cap),
    defaulted("period_us", &Scheduling::period_us), defaulted("budget_us", &Scheduling::budget_us),
    defaulted("extratime", &Scheduling::extratime), defaulted("vcpus", &Scheduling::vcpus),
};

template <>
inline constexpr auto kMembers<SchedulingRequest> = std::tuple{
    defaulted("scheduler", &SchedulingRequest::scheduler),
    defaulted("weight", &SchedulingRequest::weight),
    defaulted("cap", &SchedulingRequest::cap),
    defaulted("period_us", &SchedulingRequest::period_us),
    defaulted("budget_us", &SchedulingRequest::budget_us),
    defaulted("extratime", &SchedulingRequest::extratime),
    defaulted("vcpus", &SchedulingRequest::vcpus),
};

template <>
inline constexpr auto kMembers<Cpupool> = std::tuple{
    required("id", &Cpupool::id),
    required("name", &Cpupool::name),
    required("scheduler", &Cpupool::scheduler),
    required("cpus", &Cpupool::cpus),
    required("nr_cpus", &Cpupool::nr_cpus),
    required("domains", &Cpupool::domains),
    defaulted("timeslice_ms", &Cpupool::timeslice_ms),
    defaulted("ratelimit_us", &Cpupool::ratelimit_us),
    defaulted("migration_delay_us", &Cpupool::migration_delay_us),
};

template <>
inline constexpr auto kMembers<CpupoolRequest> = std::tuple{
    required("name", &CpupoolRequest::name),
    defaulted("scheduler", &CpupoolRequest::scheduler),
    defaulted("cpus", &CpupoolRequest::cpus),
};

template <>
inline constexpr auto kMembers<PoolCpusRequest> = std::tuple{
    defaulted("add", &PoolCpusRequest::add),
    defaulted("remove", &PoolCpusRequest::remove),
};

template <>
inline constexpr auto kMembers<PoolSchedulingRequest> = std::tuple{
    defaulted("scheduler", &PoolSchedulingRequest::scheduler),
    defaulted("timeslice_ms", &PoolSchedulingRequest::timeslice_ms),
    defaulted("ratelimit_us", &PoolSchedulingRequest::ratelimit_us),
    defaulted("migration_delay_us", &PoolSchedulingRequest::migration_delay_us),
};

template <>
inline constexpr auto kMembers<PoolChoice> = std::tuple{
    required("pool", &PoolChoice::pool),
};

template <>
inline constexpr auto kMembers<RenameRequest> = std::tuple{
    required("name", &RenameRequest::name),
};

template <>
inline constexpr auto kMembers<MemoryRequest> = std::tuple{
    defaulted("target", &MemoryRequest::target),
    defaulted("max", &MemoryRequest::max),
};

template <>
inline constexpr auto kMembers<VcpusRequest> = std::tuple{
    required("online", &VcpusRequest::online),
};

template <>
inline constexpr auto kMembers<SysrqRequest> = std::tuple{
    required("key", &SysrqRequest::key),
};

template <>
inline constexpr std::array kWords<TriggerRequest::Kind>{"nmi",   "reset", "init",
                                                         "power", "sleep", "s3resume"};
template <>
inline constexpr auto kMembers<TriggerRequest> = std::tuple{
    required("trigger", &TriggerRequest::trigger),
    defaulted("vcpu", &TriggerRequest::vcpu),
};

template <>
inline constexpr std::array kWords<CoreRequest::Then>{"go-on", "crash", "reset"};
template <>
inline constexpr auto kMembers<CoreRequest> = std::tuple{
    required("path", &CoreRequest::path),
    defaulted("live", &CoreRequest::live),
    defaulted("then", &CoreRequest::then),
};

template <>
inline constexpr auto kMembers<ConfigRequest> = std::tuple{
    required("config", &ConfigRequest::config),
};

template <>
inline constexpr auto kMembers<DebugKeysRequest> = std::tuple{
    required("keys", &DebugKeysRequest::keys),
};

template <>
inline constexpr auto kMembers<Parameter> = std::tuple{
    required("name", &Parameter::name),
    required("value", &Parameter::value),
    required("writable", &Parameter::writable),
};

template <>
inline constexpr auto kMembers<ParameterRequest> = std::tuple{
    required("name", &ParameterRequest::name),
    required("value", &ParameterRequest::value),
};

template <>
inline constexpr auto kMembers<CpuTopology> = std::tuple{
    required("cpu", &CpuTopology::cpu),
    required("core", &CpuTopology::core),
    required("socket", &CpuTopology::socket),
    required("node", &CpuTopology::node),
};

template <>
inline constexpr auto kMembers<NumaNode> = std::tuple{
    required("node", &NumaNode::node),
    required("size_bytes", &NumaNode::size_bytes),
    required("free_bytes", &NumaNode::free_bytes),
    required("distances", &NumaNode::distances),
};

template <>
inline constexpr auto kMembers<Host> = std::tuple{
    required("host", &Host::host),
    required("release", &Host::release),
    required("version", &Host::version),
    required("machine", &Host::machine),
    required("nr_cpus", &Host::nr_cpus),
    required("max_cpu_id", &Host::max_cpu_id),
    required("nr_nodes", &Host::nr_nodes),
    required("cores_per_socket", &Host::cores_per_socket),
    required("threads_per_core", &Host::threads_per_core),
    required("cpu_khz", &Host::cpu_khz),
    required("capabilities", &Host::capabilities),
    required("arch_capabilities", &Host::arch_capabilities),
    required("hw_caps", &Host::hw_caps),
    required("total_pages", &Host::total_pages),
    required("free_pages", &Host::free_pages),
    required("outstanding_pages", &Host::outstanding_pages),
    required("free_cpus", &Host::free_cpus),
    required("xen_major", &Host::xen_major),
    required("xen_minor", &Host::xen_minor),
    required("xen_pagesize", &Host::xen_pagesize),
    required("xen_extra", &Host::xen_extra),
    required("xen_caps", &Host::xen_caps),
    required("xen_scheduler", &Host::xen_scheduler),
    required("xen_changeset", &Host::xen_changeset),
    required("xen_commandline", &Host::xen_commandline),
    required("cc_compiler", &Host::cc_compiler),
    required("cc_compile_by", &Host::cc_compile_by),
    required("cc_compile_domain", &Host::cc_compile_domain),
    required("cc_compile_date", &Host::cc_compile_date),
    required("build_id", &Host::build_id),
    required("virt_start", &Host::virt_start),
    required("cpu_topology", &Host::cpu_topology),
    required("numa", &Host::numa),
    required("xld_version", &Host::xld_version),
    required("domctl_version", &Host::domctl_version),
    required("sysctl_version", &Host::sysctl_version),
    required("simulated", &Host::simulated),
};

template <>
inline constexpr auto kMembers<CreateRequest> = std::tuple{
    required("config", &CreateRequest::config),
    defaulted("paused", &CreateRequest::paused),
};

template <>
inline constexpr auto kMembers<CreateEvent::ProblemText> = std::tuple{
    required("title", &CreateEvent::ProblemText::title),
    defaulted("detail", &CreateEvent::ProblemText::detail),
    defaulted("hint", &CreateEvent::ProblemText::hint),
    defaulted("more", &CreateEvent::ProblemText::more),
};

template <>
inline constexpr auto kMembers<CreateEvent> = std::tuple{
    required("event", &CreateEvent::event),  defaulted("step", &CreateEvent::step),
    defaulted("index", &CreateEvent::index), defaulted("total", &CreateEvent::total),
    defaulted("domid", &CreateEvent::domid), defaulted("warnings", &CreateEvent::warnings),
    defaulted("trace", &CreateEvent::trace), defaulted("problem", &CreateEvent::problem),
};

template <>
inline constexpr auto kMembers<ShutdownEvent> = std::tuple{
    required("event", &ShutdownEvent::event),    required("domid", &ShutdownEvent::domid),
    defaulted("name", &ShutdownEvent::name),     defaulted("reason", &ShutdownEvent::reason),
    defaulted("code", &ShutdownEvent::code),     defaulted("count", &ShutdownEvent::count),
    defaulted("detail", &ShutdownEvent::detail), defaulted("problem", &ShutdownEvent::problem),
};

template <>
inline constexpr auto kMembers<Event> = std::tuple{
    required("id", &Event::id),          required("time_ms", &Event::time_ms),
    required("kind", &Event::kind),      defaulted("domid", &Event::domid),
    defaulted("uuid", &Event::uuid),     defaulted("name", &Event::name),
    defaulted("detail", &Event::detail), defaulted("code", &Event::code),
    defaulted("log", &Event::log),
};

template <>
inline constexpr auto kMembers<EventGap> = std::tuple{
    required("first", &EventGap::first),
    required("last", &EventGap::last),
};

template <>
inline constexpr auto kMembers<EventReset> = std::tuple{
    required("log", &EventReset::log),
    defaulted("former", &EventReset::former),
};

template <>
inline constexpr auto kMembers<TraceSummary> = std::tuple{
    required("id", &TraceSummary::id),
    required("name", &TraceSummary::name),
    defaulted("domid", &TraceSummary::domid),
    required("state", &TraceSummary::state),
    required("began_ms", &TraceSummary::began_ms),
    required("took_us", &TraceSummary::took_us),
    required("steps", &TraceSummary::steps),
};

template <>
inline constexpr auto kMembers<XenStoreNode> = std::tuple{
    required("path", &XenStoreNode::path),
    required("value", &XenStoreNode::value),
    required("permissions", &XenStoreNode::permissions),
    required("children", &XenStoreNode::children),
};

template <>
inline constexpr auto kMembers<XenStoreView> = std::tuple{
    required("nodes", &XenStoreView::nodes),
    required("truncated", &XenStoreView::truncated),
};

template <>
inline constexpr auto kMembers<CheckDiagnostic> = std::tuple{
    required("severity", &CheckDiagnostic::severity),
    required("file", &CheckDiagnostic::file),
    required("line", &CheckDiagnostic::line),
    required("column", &CheckDiagnostic::column),
    required("length", &CheckDiagnostic::length),
    required("message", &CheckDiagnostic::message),
    defaulted("help", &CheckDiagnostic::help),
    required("text", &CheckDiagnostic::text),
};

template <>
inline constexpr auto kMembers<CheckReply> = std::tuple{
    required("ok", &CheckReply::ok),
    required("diagnostics", &CheckReply::diagnostics),
};

template <>
inline constexpr auto kMembers<PlanReply> = std::tuple{
    required("text", &PlanReply::text),
    required("json", &PlanReply::json),
};

template <>
inline constexpr auto kMembers<Console> = std::tuple{
    required("domid", &Console::domid),
    required("tty", &Console::tty),
    defaulted("type", &Console::type),
    defaulted("number", &Console::number),
};

template <>
inline constexpr auto kMembers<Problem> = std::tuple{
    required("status", &Problem::status),  required("title", &Problem::title),
    defaulted("detail", &Problem::detail), defaulted("hint", &Problem::hint),
    defaulted("more", &Problem::more),     defaulted("errno", &Problem::errno_value),
};

}  // namespace zeroth::api
