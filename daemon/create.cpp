// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/random.h>

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

namespace zeroth::daemon {

/// Holds a name and a UUID while their domain is being made, so that of two creates at once only one
/// can have them.
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

api::CreateEvent failed(const Error& error) {
    api::CreateEvent event;
    event.event = "failed";
    const auto problem = api::to_problem(error);
    event.problem = {problem.title, problem.detail, problem.hint, problem.more};
    return event;
}

}  // namespace

Result<plan::HostInfo> Service::host_info(xs::Store& store) {
    plan::HostInfo host;
    host.xen = xen_.version();
    ZEROTH_TRY(host.phys, xen_.physinfo());
    host.node_of_cpu = facts_.node_of_cpu;
    host.scheduler = facts_.scheduler;
    host.gic = facts_.gic;
    host.timer_clock_frequency = facts_.timer_clock_frequency;
    host.console_service = !facts_.simulated;
    ZEROTH_TRY(const auto infos, xen_.domains());
    ZEROTH_TRY(const auto names, names_of(infos, store));
    for (std::size_t i = 0; i < infos.size(); ++i) {
        host.domains.push_back({infos[i].id, names[i].value_or(""), infos[i].handle});
    }
    if (!infos.empty()) host.gpaddr_bits = infos.front().gpaddr_bits;
    const std::vector<std::string> services{"/tool/xenstored/domid", "/tool/xenconsoled/domid"};
    ZEROTH_TRY(const auto domids, store.read(services));
    const auto domid = [](const std::optional<std::string>& text) {
        return DomainId{static_cast<std::uint16_t>(text ? std::strtoul(text->c_str(), nullptr, 10) : 0)};
    };
    host.store_domain = domid(domids[0]);
    host.console_domain = domid(domids[1]);
    ZEROTH_TRY(const auto pools, store.directory("/local/pool"));
    for (const auto& pool : pools) {
        ZEROTH_TRY(const auto name, store.read_one("/local/pool/" + pool + "/name"));
        host.pools.emplace_back(CpupoolId{static_cast<std::uint32_t>(std::strtoul(pool.c_str(), nullptr, 10))},
                                name.value_or(""));
    }
    return host;
}

Result<plan::BuildPlan> Service::make_plan(const api::CreateRequest& request, xs::Store& store) {
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
    ZEROTH_TRY(inputs.host, host_info(store));
    inputs.random_uuid = Uuid::random();
    if (::getrandom(inputs.rng_seed.data(), inputs.rng_seed.size(), 0) < 0) {
        return errno_error("read random bytes for the guest's rng-seed");
    }
    inputs.start_paused = request.paused;
    ZEROTH_TRY(auto plan, plan::make_plan(inputs));
    // Before the guest runs, so that whoever is told of it finds its config.
    const plan::SaveConfig save{
        userdata_path(settings_.userdata_dir, "{domid}", plan.uuid),
        api::print_reference(api::reference_json(request.config, plan.uuid))};
    const bool unpauses = !plan.steps.empty() &&
                          std::holds_alternative<plan::Unpause>(plan.steps.back());
    plan.steps.insert(unpauses ? plan.steps.end() - 1 : plan.steps.end(), save);
    return plan;
}

Result<plan::BuildPlan> Service::plan(const api::CreateRequest& request) {
    ZEROTH_TRY(auto store, stores_->lease());
    return make_plan(request, *store);
}

Result<DomainId> Service::build(const api::CreateRequest& request,
                                const std::atomic<bool>& cancelled, const OnEvent& on_event,
                                std::vector<std::string>& warnings) {
    if (stopping_) return fail(Error::message(ESHUTDOWN, "xld is stopping"));
    ZEROTH_TRY(auto store, stores_->lease());
    ZEROTH_TRY(const auto name, Claim::create(*this, {"name " + request.config.name}));
    ZEROTH_TRY(const auto plan, make_plan(request, *store));
    ZEROTH_TRY(const auto uuid, Claim::create(*this, {"UUID " + plan.uuid.text()}));
    ZEROTH_CHECK(unfinished_.begin(plan.uuid));
    build::Workshop shop{xen_, *store, {}, {}, [&] { return cancelled || stopping_; }};
    shop.on_step = [&](std::size_t index, const plan::Step& step) {
        api::CreateEvent event;
        event.event = "step";
        event.step = plan::describe(step);
        event.index = static_cast<std::uint32_t>(index + 1);
        event.total = static_cast<std::uint32_t>(plan.steps.size());
        on_event(std::move(event));
    };
    shop.on_warning = [&](std::string text) { warnings.push_back(std::move(text)); };
    auto domain = build::execute(plan, shop);
    unfinished_.end(plan.uuid);
    return domain;
}

void Service::create(const api::CreateRequest& request, const std::atomic<bool>& cancelled,
                     const OnEvent& on_event) {
    std::vector<std::string> warnings;
    ++creating_;
    auto domain = build(request, cancelled, on_event, warnings);
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
    event.warnings = std::move(warnings);
    on_event(std::move(event));
}

}  // namespace zeroth::daemon
