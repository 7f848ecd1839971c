// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/uuid.hpp"
#include "libdomain/config/domain_config.hpp"

/// What xl and xld say to each other: HTTP/JSON over a Unix socket, under `/v1`.
///
///     GET    /v1/host                              Host
///     GET    /v1/host/log                          text/plain: Xen's console ring
///     DELETE /v1/host/log                          the same, and empties it
///     POST   /v1/host/debug-keys                   DebugKeysRequest
///     GET    /v1/host/parameters                   [Parameter]
///     PUT    /v1/host/parameters                   ParameterRequest
///     GET    /v1/domains?uptime=true&numa=true     [Domain]; uptime and pool name, and the nodes,
///                                                  where asked
///     POST   /v1/domains?progress=true             CreateRequest → stream of CreateEvent, a JSON
///                                                  object a line (application/x-ndjson); steps
///                                                  where asked. A client that hangs up calls the
///                                                  create off.
///     GET    /v1/domains/{id or name}              Domain
///     DELETE /v1/domains/{id or name}
///     POST   /v1/domains/{id or name}/pause, /unpause
///     PUT    /v1/domains/{id or name}/name         RenameRequest
///     PUT    /v1/domains/{id or name}/memory       MemoryRequest
///     PUT    /v1/domains/{id or name}/vcpus        VcpusRequest
///     POST   /v1/domains/{id or name}/sysrq        SysrqRequest
///     POST   /v1/domains/{id or name}/trigger      TriggerRequest
///     POST   /v1/domains/{id or name}/core         CoreRequest
///     PUT    /v1/domains/{id or name}/config       ConfigRequest: of its next life
///     POST   /v1/domains/{id or name}/shutdown, /reboot, and of all guests /v1/shutdown,
///     /v1/reboot
///                                                  ?until=asked|acknowledged|shutdown|destroyed
///                                                  and ?timeout=SECONDS → stream of ShutdownEvent
///     GET    /v1/domains/{id or name}/config       the reference's JSON (reference A.5)
///     GET    /v1/domains/{id or name}/vcpus        [Vcpu]
///     PUT    /v1/domains/{id or name}/vcpus/{n or all}/affinity   AffinityRequest
///     GET    /v1/domains/{id or name}/console?type=pv&number=0    Console (both default to these)
///     GET    /v1/vcpus                             [DomainVcpus] of all domains
///     GET    /v1/domains/{id or name}/scheduling   Scheduling; PUT SchedulingRequest
///     PUT    /v1/domains/{id or name}/cpupool      PoolChoice
///     GET    /v1/scheduling                        [Scheduling] of all domains
///     GET    /v1/cpupools                          [Cpupool]
///     POST   /v1/cpupools                          CpupoolRequest → Cpupool
///     POST   /v1/cpupools-by-node                  one for each NUMA node
///     DELETE /v1/cpupools/{id or name}
///     PUT    /v1/cpupools/{id or name}/name        RenameRequest
///     POST   /v1/cpupools/{id or name}/cpus        PoolCpusRequest
///     PUT    /v1/cpupools/{id or name}/scheduling  PoolSchedulingRequest
///     GET    /v1/events?after=ID&kinds=K,K&domain=D&follow=true    text/event-stream: Event, and
///                                                  EventGap under the name "gap", EventReset
///                                                  under the name "reset". From the newest
///                                                  on, or behind `after` or Last-Event-ID.
///     GET    /v1/xenstore/{path}?depth=N           XenStoreView; ?recursive for all that is below
///     POST   /v1/check?file=NAME&form=xl|toml      a config's text (text/plain) → CheckReply
///     GET    /v1/traces                            [TraceSummary] of the newest creates
///     GET    /v1/trace/{create}                    Chrome's trace event format
///     GET    /v1/openapi.json                      all of this for programs (OpenAPI 3.1)
///     GET    /metrics                              Prometheus' text format 0.0.4
///     POST   /v1/plan                              CreateRequest → PlanReply
///
/// A name of only digits cannot exist, so `{id or name}` is never ambiguous. Every failure is an
/// application/problem+json (RFC 9457): Problem.
namespace zeroth::api {

inline constexpr const char* kDefaultSocket = "/run/zeroth/xld.sock";
/// Overrides the socket for xl, so that several xld can run on one machine.
inline constexpr const char* kSocketVariable = "ZEROTH_XLD_SOCKET";

struct Domain {
    std::uint32_t domid = 0;
    std::string name;
    Uuid uuid;
    std::uint64_t memory_kib = 0, max_memory_kib = 0, outstanding_kib = 0;
    std::uint32_t vcpus = 0, max_vcpu_id = 0;
    bool running = false, blocked = false, paused = false, shutdown = false, dying = false;
    /// XEN_SHUTDOWN_* code, when `shutdown`.
    std::optional<std::uint32_t> shutdown_code;
    double cpu_seconds = 0;
    std::uint32_t cpupool = 0;
    std::string cpupool_name;
    /// Seconds since the domain was made (dom0: since it booted); absent where nobody noted it.
    std::optional<std::uint64_t> uptime_seconds;
    std::uint32_t ssidref = 0;
    /// NUMA nodes as `xl list -n` prints them ("all", "0-1"); absent where it was not asked for or
    /// is not known.
    std::optional<std::string> node_affinity;

    /// xld starts it again: it is at the end of one life, or between two (then `domid` is the last
    /// life's, and it has no memory). When, in milliseconds since 1970, where it has to wait; and
    /// why it could not be started, where that was tried.
    bool restarting = false;
    std::optional<std::int64_t> restarts_at_ms;
    std::string restart_trouble;
    /// Lives it has had, this one included, and how many of those that ended last were too short.
    std::uint32_t lives = 1, short_lives = 0;
    /// Somebody else made it, and acts when it shuts down; xld only watches.
    bool adopted = false;
};

struct Vcpu {
    std::uint32_t vcpu = 0;
    bool online = false, running = false, blocked = false;
    std::uint32_t cpu = 0;
    double cpu_seconds = 0;
    /// As `xl vcpu-list` prints maps: "all", "none", "0-3,5".
    std::string hard_affinity, soft_affinity;
};

struct DomainVcpus {
    std::uint32_t domid = 0;
    std::string name;
    std::vector<Vcpu> vcpus;
};

/// Lists of CPUs in the config's grammar; absent: left as it is.
struct AffinityRequest {
    std::optional<std::string> hard, soft;
    bool force = false;
};

/// What a scheduler gives one vCPU: rtds, `budget_us` of every `period_us`.
struct VcpuScheduling {
    std::uint32_t vcpu = 0, period_us = 0, budget_us = 0;
    /// It may have more while nobody else wants it.
    bool extratime = false;
};

/// What a domain's scheduler has for it; absent: that scheduler knows no such thing.
struct Scheduling {
    std::uint32_t domid = 0;
    std::string name, scheduler;
    std::uint32_t cpupool = 0;
    /// Of credit and credit2: its share beside others', and its limit in per cent of one CPU, 0 for
    /// none.
    std::optional<std::uint32_t> weight, cap;
    /// Of rtds: what a vCPU has that was given nothing of its own; and each vCPU.
    std::optional<std::uint32_t> period_us, budget_us;
    std::optional<bool> extratime;
    std::vector<VcpuScheduling> vcpus;
};

/// Absent: left as it is. `scheduler` is the one that the caller means: another one refuses.
struct SchedulingRequest {
    std::optional<std::string> scheduler;
    std::optional<std::uint32_t> weight, cap, period_us, budget_us;
    std::optional<bool> extratime;
    /// Of these vCPUs alone.
    std::vector<VcpuScheduling> vcpus;
};

struct Cpupool {
    std::uint32_t id = 0;
    std::string name, scheduler;
    /// As maps are printed: "all", "none", "0-3,5"; and how many they are.
    std::string cpus;
    std::uint32_t nr_cpus = 0, domains = 0;
    /// Of credit and credit2; the others have none of these.
    std::optional<std::uint32_t> timeslice_ms, ratelimit_us, migration_delay_us;
};

struct CpupoolRequest {
    std::string name;
    /// credit, credit2, rtds, arinc653 or null; absent: the host's.
    std::optional<std::string> scheduler;
    /// A list of CPUs in the config's grammar, all free; absent: any one that is free.
    std::optional<std::string> cpus;
};

/// Lists of CPUs in the config's grammar.
struct PoolCpusRequest {
    std::optional<std::string> add, remove;
};

/// Absent: left as it is.
struct PoolSchedulingRequest {
    std::optional<std::string> scheduler;
    std::optional<std::uint32_t> timeslice_ms, ratelimit_us, migration_delay_us;
};

/// A pool's name or number.
struct PoolChoice {
    std::string pool;
};

struct RenameRequest {
    std::string name;
};

/// In KiB; absent: left as it is. `target` is what the guest's balloon is to give it, `max` what it
/// may ever have.
struct MemoryRequest {
    std::optional<std::uint64_t> target, max;
};

/// How many of its vCPUs the guest is to use, the first ones.
struct VcpusRequest {
    std::uint32_t online = 0;
};

/// The letter of a Linux magic SysRq.
struct SysrqRequest {
    std::string key;
};

struct TriggerRequest {
    enum class Kind { kNmi, kReset, kInit, kPower, kSleep, kS3resume };
    Kind trigger = Kind::kNmi;
    std::uint32_t vcpu = 0;
};

struct CoreRequest {
    /// On xld's side of things, from the root.
    std::string path;
    /// The domain is not paused meanwhile.
    bool live = false;
    /// What becomes of the domain once the core is written.
    enum class Then { kGoOn, kCrash, kReset };
    Then then = Then::kGoOn;
};

struct ConfigRequest {
    config::DomainConfig config;
};

struct DebugKeysRequest {
    std::string keys;
};

/// Of Xen's command line, what can be changed while it runs.
struct Parameter {
    std::string name, value;
    bool writable = true;
};

struct ParameterRequest {
    std::string name, value;
};

struct CpuTopology {
    std::uint32_t cpu = 0, core = 0, socket = 0, node = 0;
};

struct NumaNode {
    std::uint32_t node = 0;
    std::uint64_t size_bytes = 0, free_bytes = 0;
    std::vector<std::uint32_t> distances;
};

/// What `xl info` prints: uname of dom0, physinfo and xen_version, in raw numbers.
struct Host {
    std::string host, release, version, machine;
    std::uint32_t nr_cpus = 0, max_cpu_id = 0, nr_nodes = 0, cores_per_socket = 0,
                  threads_per_core = 0, cpu_khz = 0, capabilities = 0, arch_capabilities = 0;
    std::vector<std::uint32_t> hw_caps;
    std::uint64_t total_pages = 0, free_pages = 0, outstanding_pages = 0;
    std::uint32_t free_cpus = 0;
    std::uint32_t xen_major = 0, xen_minor = 0, xen_pagesize = 0;
    std::string xen_extra, xen_caps, xen_scheduler, xen_changeset, xen_commandline, cc_compiler,
        cc_compile_by, cc_compile_domain, cc_compile_date, build_id;
    std::uint64_t virt_start = 0;
    std::vector<CpuTopology> cpu_topology;
    std::vector<NumaNode> numa;
    /// Which daemon and which interface versions it found.
    std::string xld_version;
    std::uint32_t domctl_version = 0, sysctl_version = 0;
    bool simulated = false;
};

struct CreateRequest {
    config::DomainConfig config;
    bool paused = false;
};

/// One line of a create's stream.
struct CreateEvent {
    /// "step": work begins on it; "warning": see `warnings`; "done": the domain runs; "failed":
    /// undone, see `problem`.
    std::string event;
    std::string step;
    std::uint32_t index = 0, total = 0;
    std::optional<std::uint32_t> domid;
    std::vector<std::string> warnings;
    /// Under which number GET /v1/trace tells where the time went; in the last event.
    std::optional<std::uint64_t> trace;
    struct ProblemText {
        std::string title, detail, hint, more;
    };
    std::optional<ProblemText> problem;
};

/// One line of the story of domains that are asked to end.
struct ShutdownEvent {
    /// "asked"; "waiting": that was all, `count` of them; then, as it comes, "acknowledged",
    /// "shutdown" (`reason` and `code`, XEN_SHUTDOWN_*), "destroyed"; or "unanswered": the guest
    /// did not take note, and the request is withdrawn; "timed-out"; "failed": see `problem`.
    std::string event;
    std::uint32_t domid = 0;
    std::string name, reason;
    std::uint32_t code = 0, count = 0;
    std::string detail;
    std::optional<CreateEvent::ProblemText> problem;
};

/// Something that happened on the host. `kind` is one of daemon/events.hpp's list.
struct Event {
    /// Rises by one, across restarts of xld; starts with 1 in each log.
    std::uint64_t id = 0;
    /// Milliseconds since 1970.
    std::int64_t time_ms = 0;
    std::string kind;
    /// The domain it is about, where it is about one.
    std::optional<std::uint32_t> domid;
    std::string uuid, name;
    /// One sentence more, for people; and for programs, where the kind has one, its code.
    std::string detail, code;
    /// The log that the id is of: another after each boot of the host. `LOG.ID` names the event for
    /// good.
    std::string log;
};

/// What a reader of events has missed: those with these ids are no longer kept.
struct EventGap {
    std::uint64_t first = 0, last = 0;
};

/// The id that a reader wants to go on behind is of another log, `former`, which is gone: the host
/// has booted since. What comes now is all of the present log.
struct EventReset {
    std::string log, former;
};

/// Where the time of a create went is at GET /v1/trace/{id}.
struct TraceSummary {
    std::uint64_t id = 0;
    /// The domain's name, and its number once it is made.
    std::string name;
    std::optional<std::uint32_t> domid;
    /// "running", "done" or "failed".
    std::string state;
    /// Milliseconds since 1970.
    std::int64_t began_ms = 0;
    std::uint64_t took_us = 0;
    std::uint32_t steps = 0;
};

struct XenStoreNode {
    std::string path, value;
    /// As xenstore-ls prints them: "n0", "r5". The first names the owner.
    std::vector<std::string> permissions;
    /// Their names; in the view where it goes as deep.
    std::vector<std::string> children;
};

struct XenStoreView {
    std::vector<XenStoreNode> nodes;
    /// There are more than are shown at once.
    bool truncated = false;
};

struct CheckDiagnostic {
    /// "error", "warning" or "note".
    std::string severity;
    std::string file;
    /// 1-based, in characters; 0 where it is about no line.
    std::uint32_t line = 0, column = 0, length = 0;
    std::string message, help;
    /// The whole story as `xl config-check` prints it, with the line and a caret below it.
    std::string text;
};

struct CheckReply {
    /// Whether a create would take it.
    bool ok = false;
    std::vector<CheckDiagnostic> diagnostics;
};

struct PlanReply {
    std::string text;
    /// The plan as JSON, kept as text: programs read it, xl only passes it on.
    std::string json;
};

struct Console {
    std::uint32_t domid = 0;
    /// The pty's path; empty while the console service has not taken the console.
    std::string tty;
    /// Which of the domain's consoles this is: "pv", "vuart" or "serial", and its number.
    std::string type = "pv";
    std::uint32_t number = 0;
};

/// RFC 9457. `status` is HTTP's; `errno_value` 0 where none applies.
struct Problem {
    std::uint32_t status = 500;
    std::string title, detail, hint, more;
    int errno_value = 0;
};

}  // namespace zeroth::api
