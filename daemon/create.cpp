// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/random.h>

#include <chrono>
#include <fstream>
#include <iterator>

#include "core/log.hpp"
#include "daemon/api/json.hpp"
#include "daemon/api/reference_json.hpp"
#include "daemon/service.hpp"
#include "daemon/userdata.hpp"
#include "libdomain/build/execute.hpp"
#include "libdomain/image/kernel.hpp"
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

/// How long the console service may take to notice a new domain.
constexpr std::chrono::seconds kConsolePatience{10};
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

/// Logs how long each step of a create took, for whoever asked for `xld --verbose`.
class StepClock {
public:
    void begin(const char* step) {
        const auto now = std::chrono::steady_clock::now();
        const auto spent = std::chrono::duration_cast<std::chrono::microseconds>(now - since_);
        log::debug("{:>7} us {}", spent.count(), step_);
        step_ = step;
        since_ = now;
    }

private:
    const char* step_ = "plan";
    std::chrono::steady_clock::time_point since_ = std::chrono::steady_clock::now();
};

api::CreateEvent step_event(std::size_t index, std::size_t total, const plan::Step& step) {
    api::CreateEvent event;
    event.event = "step";
    event.step = plan::describe(step);
    event.index = static_cast<std::uint32_t>(index + 1);
    event.total = static_cast<std::uint32_t>(total);
    return event;
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

api::CreateEvent failed(const Error& error) {
    api::CreateEvent event;
    event.event = "failed";
    const auto problem = api::to_problem(error);
    event.problem = {problem.title, problem.detail, problem.hint, problem.more};
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
    ZEROTH_TRY(const auto infos, xen_.domains());
    auto paths = name_paths(infos);
    paths.insert(paths.end(), {"/tool/xenstored/domid", "/tool/xenconsoled/domid"});
    ZEROTH_TRY(const auto values, store.read(paths));
    for (std::size_t i = 0; i < infos.size(); ++i) {
        host.domains.push_back({infos[i].id, values[i].value_or(""), infos[i].handle});
    }
    if (!infos.empty()) host.gpaddr_bits = infos.front().gpaddr_bits;
    host.store_domain = to_domid(values[infos.size()]);
    host.console_domain = to_domid(values[infos.size() + 1]);
    if (config.pool) {
        ZEROTH_TRY(host.pools, pools(store));
    }
    return host;
}

Result<plan::BuildPlan> Service::make_plan(const api::CreateRequest& request, xs::Store& store,
                                           Names names) {
    if (const auto refused = plan::not_yet_honoured(request.config); !refused.empty()) {
        return fail(Error::message(EOPNOTSUPP, fmt::format("{}", fmt::join(refused, "; "))));
    }
    plan::Inputs inputs;
    inputs.config = request.config;
    if (!request.config.kernel) return fail(EINVAL, "the config names no kernel");
    ZEROTH_TRY(inputs.kernel, image::probe(*request.config.kernel));
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
    if (names == Names::kMayBeTaken) inputs.host.domains.clear();
    ZEROTH_TRY(auto plan, plan::make_plan(inputs));
    // Before the guest runs, so that whoever is told of it finds its config.
    const plan::SaveConfig save{
        userdata_path(plan::literal(settings_.userdata_dir), "{domid}", plan.uuid),
        api::userdata_text(
            api::stored_reference_json(request.config, plan.uuid, facts_.node_of_cpu))};
    const bool unpauses =
        !plan.steps.empty() && std::holds_alternative<plan::Unpause>(plan.steps.back());
    plan.steps.insert(unpauses ? plan.steps.end() - 1 : plan.steps.end(), save);
    return plan;
}

Result<plan::BuildPlan> Service::plan(const api::CreateRequest& request) {
    ZEROTH_TRY(auto store, stores_.lease());
    return make_plan(request, *store, Names::kMayBeTaken);
}

Result<DomainId> Service::build(const api::CreateRequest& request,
                                const std::atomic<bool>& cancelled, const OnEvent& on_event) {
    if (stopping_) return fail(Error::message(ESHUTDOWN, "xld is stopping"));
    StepClock clock;
    ZEROTH_TRY(auto store, stores_.lease());
    ZEROTH_TRY(const auto name, Claim::create(*this, {"name " + request.config.name}));
    ZEROTH_TRY(const auto plan, make_plan(request, *store, Names::kMustBeFree));
    ZEROTH_TRY(const auto uuid, Claim::create(*this, {"UUID " + plan.uuid.text()}));
    ZEROTH_CHECK(unfinished_.begin(plan.uuid));
    build::Workshop shop{xen_, grants_, *store, {}, [&] { return cancelled || stopping_; }};
    shop.on_step = [&](std::size_t index, const plan::Step& step) {
        clock.begin(plan::kind(step));
        on_event(step_event(index, plan.steps.size(), step));
    };
    auto domain = build::execute(plan, shop);
    clock.begin("end");
    unfinished_.end(plan.uuid);
    return domain;
}

void Service::create(const api::CreateRequest& request, const std::atomic<bool>& cancelled,
                     const OnEvent& on_event) {
    ++creating_;
    auto domain = build(request, cancelled, on_event);
    --creating_;
    if (!domain) {
        log::warning("create {}: {}", request.config.name, domain.error().text());
        on_event(failed(std::move(domain).error().within("create " + request.config.name)));
        return;
    }
    log::info("created domain {} ({})", domain->raw(), request.config.name);
    api::CreateEvent event;
    event.event = "done";
    event.domid = domain->raw();
    on_event(std::move(event));
    if (!facts_.simulated) watch_console(*domain, request.config.name);
}

void Service::watch_console(DomainId id, const std::string& name) {
    auto store = stores_.lease();
    if (!store) return;
    const auto path = fmt::format("/local/domain/{}/console/tty", id.raw());
    const auto tty = (*store)->wait_for_value(path, kConsolePatience);
    if (tty || !tty.error().is(ETIMEDOUT)) return;
    log::warning("no console service took the console of {} within {} s: is xenconsoled running?",
                 name, kConsolePatience.count());
}

}  // namespace zeroth::daemon
