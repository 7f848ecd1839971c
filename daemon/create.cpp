// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/random.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <iterator>

#include "core/log.hpp"
#include "daemon/api/json.hpp"
#include "daemon/api/reference_json.hpp"
#include "daemon/devices/facts.hpp"
#include "daemon/devices_under_way.hpp"
#include "daemon/service.hpp"
#include "daemon/tell.hpp"
#include "daemon/userdata.hpp"
#include "libdomain/build/execute.hpp"
#include "libdomain/image/kernel.hpp"
#include "libdomain/plan/devices.hpp"
#include "libdomain/plan/make_plan.hpp"
#include "libdomain/plan/node_text.hpp"

namespace zeroth::daemon {

/// Holds a name and a UUID while their domain is being made, so that of two creates at once only
/// one can have them.
class Service::Claim {
public:
    static Result<Claim> create(Service& service, std::vector<std::string> words) {
        const std::lock_guard lock{service.claims_mutex_};
        for (const auto& word : words) {
            if (service.claimed_.contains(word)) {
                return fail(Error::message(EEXIST, fmt::format("{} is being created", word)));
            }
        }
        service.claimed_.insert(words.begin(), words.end());
        return Claim{service, std::move(words)};
    }
    Claim(Claim&& other) noexcept
        : service_{other.service_}, words_{std::exchange(other.words_, {})} {}
    ~Claim() {
        if (words_.empty()) return;  // moved from: `create` still holds the lock
        const std::lock_guard lock{service_->claims_mutex_};
        for (const auto& word : words_) service_->claimed_.erase(word);
    }

private:
    Claim(Service& service, std::vector<std::string> words)
        : service_{&service}, words_{std::move(words)} {}

    Service* service_;
    std::vector<std::string> words_;
};

Result<std::shared_ptr<void>> Service::hold_name(const std::string& name) {
    ZEROTH_TRY(auto claim, Claim::create(*this, {"name " + name}));
    return std::make_shared<Claim>(std::move(claim));
}

namespace {

/// A device tree for a guest is small; a file larger than this is a mistake.
constexpr std::uintmax_t kMaxPartialTree = 1U << 20;

Result<std::vector<std::byte>> read_partial_tree(const std::string& path) {
    std::ifstream file{path, std::ios::binary};
    if (!file) return errno_error("read device_tree " + path);
    const std::string text{std::istreambuf_iterator<char>{file}, {}};
    if (text.size() > kMaxPartialTree) return fail(EFBIG, "read device_tree " + path);
    const auto bytes = std::as_bytes(std::span{text});
    return std::vector<std::byte>{bytes.begin(), bytes.end()};
}

api::CreateEvent step_event(std::size_t index, std::size_t total, const plan::Step& step) {
    api::CreateEvent event;
    event.event = "step";
    event.step = plan::describe(step);
    event.index = static_cast<std::uint32_t>(index + 1);
    event.total = static_cast<std::uint32_t>(total);
    return event;
}

bool asks_for_hardware(const config::DomainConfig& config) {
    return !config.iomem.empty() || !config.irqs.empty();
}

DomainId to_domid(const std::optional<std::string>& text) {
    return DomainId{
        static_cast<std::uint16_t>(text ? std::strtoul(text->c_str(), nullptr, 10) : 0)};
}

using Pools = std::vector<std::pair<CpupoolId, std::string>>;
Result<Pools> pools(xs::Store& store) {
    Pools pools;
    ZEROTH_TRY(const auto ids, store.directory("/local/pool"));
    for (const auto& id : ids) {
        ZEROTH_TRY(auto name, store.read_one("/local/pool/" + id + "/name"));
        const auto number = static_cast<std::uint32_t>(std::strtoul(id.c_str(), nullptr, 10));
        pools.emplace_back(CpupoolId{number}, std::move(name).value_or(""));
    }
    return pools;
}

/// The config's JSON as it is kept beside the domain, with what its interfaces got.
plan::SaveConfig save_config(const plan::Inputs& inputs, const Uuid& uuid, const Settings& settings,
                             const HostFacts& facts) {
    auto config = inputs.config;
    config.vif = plan::settled(config.vif, {config.name, uuid, {}, {}}, inputs.host.devices);
    return {userdata_path(plan::literal(settings.userdata_dir), "{domid}", uuid),
            api::userdata_text(api::stored_reference_json(config, uuid, facts.node_of_cpu))};
}

/// What is odd of the devices, and no obstacle.
Result<std::vector<std::string>> check_devices(devices::Dom0& dom0, const plan::BuildPlan& plan) {
    std::vector<std::string> all;
    for (const auto& step : plan.steps) {
        const auto* attach = std::get_if<plan::AttachDevice>(&step);
        if (attach == nullptr) continue;
        ZEROTH_TRY(auto odd, devices::check(dom0, attach->device));
        std::ranges::move(odd, std::back_inserter(all));
    }
    return all;
}

api::CreateEvent warning_event(const std::vector<std::string>& sentences) {
    api::CreateEvent event;
    event.event = "warning";
    event.warnings = sentences;
    return event;
}

void forget_what_is_taken(plan::HostInfo& host) {
    host.domains.clear();
    host.devices.nics.clear();
    host.devices.disks.clear();
    host.devices.taken_names.clear();
}

api::CreateEvent failed(const Error& error) {
    api::CreateEvent event;
    event.event = "failed";
    const auto problem = api::to_problem(error);
    event.problem = {problem.title, problem.detail, problem.hint, problem.more};
    return event;
}

api::Event create_failed(const std::string& name, const Error& error) {
    api::Event event;
    event.kind = event::kCreateFailed;
    event.name = name;
    event.detail = error.text();
    return event;
}

}  // namespace

Result<plan::HostInfo> Service::host_info(const config::DomainConfig& config, xs::Store& store) {
    plan::HostInfo host;
    host.xen = xen_.version();
    ZEROTH_TRY(host.phys, xen_.physinfo());
    host.node_of_cpu = facts_.node_of_cpu;
    host.scheduler = facts_.scheduler;
    host.gic = facts_.gic;
    host.timer_clock_frequency = facts_.timer_clock_frequency;
    host.ranges = facts_.ranges;
    ZEROTH_TRY(host.domains, holders(config.name, config.uuid, store));
    ZEROTH_TRY(const auto domain0, xen_.domain(kDomain0));
    host.gpaddr_bits = domain0.gpaddr_bits;
    const std::vector<std::string> paths{"/tool/xenstored/domid", "/tool/xenconsoled/domid"};
    ZEROTH_TRY(const auto values, store.read(paths));
    host.store_domain = to_domid(values[0]);
    host.console_domain = to_domid(values[1]);
    if (config.pool) {
        ZEROTH_TRY(host.pools, pools(store));
        const auto chosen = std::ranges::find_if(host.pools, [&](const auto& pool) {
            return pool.second == *config.pool || fmt::to_string(pool.first.raw()) == *config.pool;
        });
        if (chosen != host.pools.end()) {
            ZEROTH_TRY(const auto pool, xen_.cpupool(chosen->first));
            host.scheduler = pool.scheduler;
        }
    }
    ZEROTH_TRY(host.devices, devices::look_at(dom0_, store, config));
    return host;
}

Result<plan::BuildPlan> Service::make_plan(const api::CreateRequest& request, xs::Store& store,
                                           Names names, std::optional<Uuid> self) {
    if (const auto refused = plan::not_yet_honoured(request.config); !refused.empty()) {
        return fail(Error::message(EOPNOTSUPP, fmt::format("{}", fmt::join(refused, "; "))));
    }
    plan::Inputs inputs;
    inputs.config = request.config;
    if (!request.config.kernel) return fail(EINVAL, "the config names no kernel");
    ZEROTH_TRY(const auto kernel, kernel_file(*request.config.kernel, facts_.named_kernels,
                                              settings_.state_dir + "/kernels"));
    ZEROTH_TRY(inputs.kernel, image::probe(kernel));
    if (request.config.ramdisk) {
        ZEROTH_TRY(inputs.ramdisk, image::probe_ramdisk(*request.config.ramdisk));
    }
    if (request.config.device_tree) {
        ZEROTH_TRY(inputs.partial_device_tree, read_partial_tree(*request.config.device_tree));
    }
    ZEROTH_TRY(inputs.host, host_info(request.config, store));
    inputs.random_uuid = Uuid::random();
    if (::getrandom(inputs.rng_seed.data(), inputs.rng_seed.size(), 0) < 0) {
        return errno_error("read random bytes for the guest's rng-seed");
    }
    inputs.start_paused = request.paused;
    // A plan may be looked at while a guest of that name runs.
    if (names == Names::kMustBeFree) {
        add_reserved(inputs.host, self);
        if (asks_for_hardware(request.config)) add_given_away(inputs.host, self);
    } else {
        forget_what_is_taken(inputs.host);
    }
    ZEROTH_TRY(auto plan, plan::make_plan(inputs));
    if (names == Names::kMustBeFree) {
        ZEROTH_TRY(auto odd, check_devices(dom0_, plan));
        std::ranges::move(odd, std::back_inserter(plan.notes));
    }
    // Before the guest runs, so that whoever is told of it finds its config.
    const auto save = save_config(inputs, plan.uuid, settings_, facts_);
    const bool unpauses =
        !plan.steps.empty() && std::holds_alternative<plan::Unpause>(plan.steps.back());
    plan.steps.insert(unpauses ? plan.steps.end() - 1 : plan.steps.end(), save);
    return plan;
}

Result<plan::BuildPlan> Service::plan(const api::CreateRequest& request) {
    ZEROTH_TRY(auto store, stores_.lease());
    return make_plan(request, *store, Names::kMayBeTaken);
}

Result<DomainId> Service::carry_out(const plan::BuildPlan& plan, xs::Store& store,
                                    const std::function<bool()>& cancelled, const OnEvent& on_event,
                                    Trace& trace) {
    build::Workshop shop{xen_, grants_, store, {}, [&] { return cancelled() || stopping_; }};
    shop.wait_console = serve_consoles_;
    DevicesUnderWay devices{*this, store, shop.cancelled};
    shop.devices = devices.work();
    shop.on_step = [&](std::size_t index, const plan::Step& step) {
        trace.step(plan::kind(step), plan::describe(step));
        on_event(step_event(index, plan.steps.size(), step));
    };
    auto domain = build::execute(plan, shop);
    const auto odd = devices.remarks();
    for (const auto& remark : odd) log::warning("create {}: {}", plan.name, remark);
    if (domain && !odd.empty()) on_event(warning_event(odd));
    return domain;
}

Result<DomainId> Service::build(const api::CreateRequest& request,
                                const std::atomic<bool>& cancelled, const OnEvent& on_event,
                                Trace& trace) {
    if (stopping_) return fail(Error::message(ESHUTDOWN, "xld is stopping"));
    ZEROTH_TRY(auto store, stores_.lease());
    ZEROTH_TRY(const auto name, Claim::create(*this, {"name " + request.config.name}));
    std::unique_lock one_at_a_time{passthrough_mutex_, std::defer_lock};
    if (asks_for_hardware(request.config)) one_at_a_time.lock();
    ZEROTH_TRY(const auto plan, make_plan(request, *store, Names::kMustBeFree));
    for (const auto& note : plan.notes) log::warning("create {}: {}", plan.name, note);
    if (!plan.notes.empty()) on_event(warning_event(plan.notes));
    ZEROTH_TRY(const auto lane, lanes_.enter(plan.uuid, lives::Doing::kCreating));
    const auto now = lives::now_ms();
    lives::Record record;
    record.uuid = plan.uuid;
    record.name = request.config.name;
    record.intent = lives::Intent::kCreating;
    record.policies = lives::policies_of(request.config);
    record.paused = request.paused;
    record.created_ms = record.born_ms = now;
    ZEROTH_CHECK(registry_.begin(record, request));
    if (one_at_a_time.owns_lock()) one_at_a_time.unlock();
    auto domain = carry_out(
        plan, *store, [&] { return cancelled.load(); }, on_event, trace);
    if (!domain) {
        registry_.remove(plan.uuid);
        return domain;
    }
    registry_.change(plan.uuid, [&](lives::Record& its) {
        its.domid = *domain;
        its.born_ms = lives::now_ms();
        its.intent = lives::Intent::kNone;
    });
    tell(events_, event::kCreated, *domain, record);
    return domain;
}

void Service::create(const api::CreateRequest& request, const std::atomic<bool>& cancelled,
                     const OnEvent& on_event) {
    auto& running = metrics_.gauge("xld_creates_running", "Domains that are being made.");
    const auto trace = traces_.begin(request.config.name);
    ++creating_;
    running.add(1);
    auto domain = build(request, cancelled, on_event, *trace);
    trace->end(domain ? std::optional{*domain} : std::nullopt);
    running.add(-1);
    --creating_;
    metrics_
        .counter("xld_creates_total", "Creates that ended, and how.",
                 {{"result", domain ? "done" : "failed"}})
        .add();
    if (!domain) {
        log::warning("create {}: {}", request.config.name, domain.error().text());
        events_.append(create_failed(request.config.name, domain.error()));
        auto event = failed(std::move(domain).error().within("create " + request.config.name));
        event.trace = trace->id();
        on_event(std::move(event));
        return;
    }
    log::info("created domain {} ({})", domain->raw(), request.config.name);
    api::CreateEvent event;
    event.event = "done";
    event.domid = domain->raw();
    event.trace = trace->id();
    on_event(std::move(event));
}

}  // namespace zeroth::daemon
