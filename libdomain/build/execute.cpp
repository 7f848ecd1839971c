// SPDX-License-Identifier: Apache-2.0
#include "libdomain/build/execute.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <utility>

#include "core/unique_fd.hpp"
#include "libdomain/build/interrupt.hpp"
#include "libdomain/build/memory.hpp"
#include "libdomain/build/nodes.hpp"
#include "libdomain/build/teardown.hpp"
#include "libdomain/build/undo.hpp"

namespace zeroth::build {
namespace {

Result<> write_file(const std::string& path, std::string_view text) {
    const UniqueFd fd{::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600)};
    if (!fd) return errno_error("create " + path);
    while (!text.empty()) {
        const auto written = ::write(fd.get(), text.data(), text.size());
        if (written < 0) return errno_error("write " + path);
        text.remove_prefix(static_cast<std::size_t>(written));
    }
    return {};
}

/// One build: what is known so far, and one function for each kind of step.
class Build {
public:
    Build(const plan::BuildPlan& plan, const Workshop& workshop)
        : plan_{plan}, shop_{workshop}, xen_{workshop.xen} {
        values_.start_time = start_time();
    }

    DomainId domain() const { return values_.domain; }
    void keep() { undo_.keep(); }
    std::vector<std::string> unwind() { return undo_.unwind(); }

    Result<> operator()(const plan::CreateDomain& step) {
        ZEROTH_TRY(const auto created, xen_.create_domain(step.spec));
        values_.domain = created.id;
        undo_.push(fmt::format("destroy domain {}", created.id.raw()),
                   [this] { return xen_.destroy_domain(values_.domain); });
        if (created.gic != step.gic || created.clock_frequency != step.clock_frequency) {
            return fail(fmt::format(
                "the device tree was made for a GICv{} and a timer clock of {} Hz, but Xen gave "
                "the domain a GICv{} and {} Hz",
                static_cast<int>(step.gic), step.clock_frequency, static_cast<int>(created.gic),
                created.clock_frequency));
        }
        return {};
    }
    Result<> operator()(const plan::SetLlcColors& step) {
        return xen_.set_llc_colors(domain(), step.colors);
    }
    Result<> operator()(const plan::SetMaxVcpus& step) {
        return xen_.set_max_vcpus(domain(), step.count);
    }
    Result<> operator()(const plan::SetAffinity& step) {
        return xen_.set_affinity(domain(), step.vcpu, {step.hard, step.soft}, false);
    }
    Result<> operator()(const plan::SetMaxMem& step) {
        return xen_.set_max_mem(domain(), step.size);
    }
    Result<> operator()(const plan::ClaimMemory& step) {
        ZEROTH_TRY(claimed_, claim_memory(xen_, domain(), step));
        if (claimed_) {
            undo_.push("give up the claim on memory",
                       [this] { return xen_.claim_pages(values_.domain, 0); });
        }
        return {};
    }
    Result<> operator()(const plan::ReleaseClaim&) {
        return claimed_ ? xen_.claim_pages(domain(), 0) : Result<>{};
    }
    Result<> operator()(const plan::SetPagingMempool& step) {
        return xen_.set_paging_mempool(domain(), step.size);
    }
    Result<> operator()(const plan::SetSchedParams& step) {
        return xen_.set_sched_params(domain(), step.params);
    }
    Result<> operator()(const plan::AllocPort& step) {
        ZEROTH_TRY(const auto port, xen_.alloc_unbound(domain(), step.remote));
        port_of(step.role) = port;
        return {};
    }
    Result<> operator()(const plan::SetParam& step) {
        const auto* role = std::get_if<plan::PortRole>(&step.value);
        const std::uint64_t value =
            role != nullptr ? port_of(*role).raw() : std::get<std::uint64_t>(step.value);
        return xen_.set_param(domain(), step.param, value);
    }
    Result<> operator()(const plan::SetAddressSize& step) {
        return xen_.set_address_size(domain(), step.bits);
    }
    Result<> operator()(const plan::PopulateRam& step) {
        return populate_ram(xen_, domain(), step);
    }
    Result<> operator()(const plan::PopulateMagic& step) {
        ZEROTH_TRY(auto loader, Loader::create(xen_, shop_.grants, domain()));
        return loader.populate_magic(step);
    }
    Result<> operator()(const plan::LoadKernel& step) { return load(step); }
    Result<> operator()(const plan::LoadRamdisk& step) { return load(step); }
    Result<> operator()(const plan::LoadDeviceTree& step) { return load(step); }
    Result<> operator()(const plan::SetVcpuContext& step) {
        return xen_.set_vcpu_context(domain(), step.vcpu, step.context);
    }
    Result<> operator()(const plan::SeedGrants& step) {
        std::vector<hyper::Hypervisor::GrantSeed> seeds;
        for (const auto& seed : step.seeds) seeds.push_back({seed.ref, seed.to, seed.frame});
        return xen_.seed_grants(domain(), seeds);
    }
    Result<> operator()(const plan::InitVuart& step) {
        ZEROTH_TRY(const auto port, xen_.init_vuart(domain(), step.ring, step.console_domain));
        values_.vuart_port = port;
        return {};
    }
    Result<> operator()(const plan::BindSpi& step) {
        return bind_interrupt(xen_, domain(), step.irq);
    }
    Result<> operator()(const plan::MapIomem& step) {
        ZEROTH_CHECK(xen_.iomem_permission(domain(), step.first, step.count, true));
        return xen_.memory_mapping(domain(), step.guest_first, step.first, step.count, true);
    }
    Result<> operator()(const plan::AssignDevice& step) {
        return xen_.assign_dt_device(domain(), step.path);
    }
    Result<> operator()(const plan::WriteNodes& step) {
        undo_.push("remove the domain's XenStore nodes",
                   [this] { return shop_.store.apply(node_removal(values_.domain, plan_.uuid)); });
        return shop_.store.apply(to_changes(step.nodes, values_));
    }
    Result<> operator()(const plan::IntroduceDomain& step) {
        // No inverse: xenstored lets go of a domain when it dies, and tells the console service.
        // One that was released before its death would be held by the console service for ever.
        return shop_.store.introduce(domain(), step.ring, values_.store_port);
    }
    Result<> operator()(const plan::AttachDevice& step) {
        if (!shop_.devices.attach) return fail("nobody here sees to devices");
        if (!std::exchange(has_devices_, true)) {
            undo_.push("take its devices down",
                       [this] { return shop_.devices.take_down(values_.domain); });
        }
        return shop_.devices.attach(domain(), step.device);
    }
    Result<> operator()(const plan::StartDevices&) { return shop_.devices.start(domain()); }
    Result<> operator()(const plan::WaitDevices&) { return shop_.devices.wait(domain()); }
    Result<> operator()(const plan::WaitConsole&) {
        return shop_.wait_console ? shop_.wait_console(domain()) : Result<>{};
    }
    Result<> operator()(const plan::SaveConfig& step) {
        const auto path = plan::fill_in(step.path, values_);
        undo_.push("remove " + path, [path]() -> Result<> {
            if (::unlink(path.c_str()) != 0 && errno != ENOENT) return errno_error("unlink");
            return {};
        });
        return write_file(path, step.text);
    }
    Result<> operator()(const plan::Unpause&) { return xen_.unpause(domain()); }

private:
    Port& port_of(plan::PortRole role) {
        switch (role) {
            case plan::PortRole::kStore:
                return values_.store_port;
            case plan::PortRole::kConsole:
                return values_.console_port;
            case plan::PortRole::kVuart:
                break;
        }
        return values_.vuart_port;
    }
    template <class Step>
    Result<> load(const Step& step) {
        ZEROTH_TRY(auto loader, Loader::create(xen_, shop_.grants, domain()));
        return loader.load(step);
    }
    const plan::BuildPlan& plan_;
    const Workshop& shop_;
    const hyper::Hypervisor& xen_;
    plan::NodeValues values_;
    bool claimed_ = false, has_devices_ = false;
    UndoStack undo_;
};

/// Takes the work back and completes the story of what went wrong.
Error give_up(Build& build, Error error, const Workshop& shop, std::uint32_t console_index) {
    std::string details;
    for (const auto& failure : build.unwind()) details += failure + '\n';
    if (auto tail = shop.xen.console_since(console_index); tail && !tail->text.empty()) {
        details += "Xen printed meanwhile:\n" + tail->text;
    }
    details += error.details();
    return std::move(error).with_details(std::move(details));
}

}  // namespace

Result<DomainId> execute(const plan::BuildPlan& plan, const Workshop& workshop) {
    const auto before = workshop.xen.console_since(0);
    const std::uint32_t console_index = before ? before->next : 0;
    Build build{plan, workshop};
    for (std::size_t i = 0; i < plan.steps.size(); ++i) {
        if (workshop.on_step) workshop.on_step(i, plan.steps[i]);
        auto done =
            workshop.cancelled && workshop.cancelled()
                ? Result<>{fail(ECANCELED, "called off: its client hung up, or xld is stopping")}
                : std::visit(build, plan.steps[i]);
        if (!done) {
            auto error = std::move(done).error().within(describe(plan.steps[i]));
            return fail(give_up(build, std::move(error), workshop, console_index));
        }
    }
    build.keep();
    return build.domain();
}

}  // namespace zeroth::build
