// SPDX-License-Identifier: Apache-2.0
#include "libdomain/build/execute.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <optional>

#include "libdomain/build/teardown.hpp"
#include "libdomain/hypervisor/sim/machine.hpp"
#include "libdomain/plan/make_plan.hpp"
#include "xenstore/client/memory_store.hpp"

namespace zeroth::build {
namespace {

/// A kernel that is all header: an arm64 Image (Documentation/arm64/booting.rst) of two pages.
std::string image_bytes() {
    std::string bytes(8192, '\x5a');
    const std::uint64_t text_offset = 0, image_size = 16384;
    std::memcpy(&bytes[8], &text_offset, 8);
    std::memcpy(&bytes[16], &image_size, 8);
    std::memset(&bytes[24], 0, 32);
    std::memcpy(&bytes[56], "ARMd", 4);
    return bytes;
}

/// A simulated host with one kernel and one ramdisk, and a plan for a guest of them.
class Execute : public ::testing::Test {
protected:
    void SetUp() override {
        std::string pattern = ::testing::TempDir() + "/buildXXXXXX";
        directory_ = ::mkdtemp(pattern.data());
        std::ofstream{directory_ + "/Image"} << image_bytes();
        std::ofstream{directory_ + "/ramdisk"} << std::string(5000, 'r');
        hyper::sim::SimOptions options;
        options.release = "4.17";
        machine_ = *hyper::sim::Machine::create(options);
        xen_ = std::make_unique<hyper::Hypervisor>(*hyper::Hypervisor::open(*machine_));
        grants_ = *machine_->grant_table();
        free_before_ = machine_->free_pages();
        // These stay once they were made, as in the reference.
        const std::vector<xs::Change> lasting{xs::Write{"/vm", ""}, xs::Write{"/libxl", ""}};
        ASSERT_TRUE(store_.apply(lasting));
        store_before_ = store_.dump();
    }
    void TearDown() override {
        for (const auto* name : {"/Image", "/ramdisk", "/config"}) {
            ::unlink((directory_ + name).c_str());
        }
        ::rmdir(directory_.c_str());
    }

    plan::BuildPlan make_plan() {
        plan::Inputs inputs;
        inputs.config.name = "g1";
        inputs.config.kernel = directory_ + "/Image";
        inputs.config.ramdisk = directory_ + "/ramdisk";
        inputs.config.memory = mib(16);
        inputs.config.vuart_sbsa = true;
        inputs.kernel = *image::probe(*inputs.config.kernel);
        inputs.ramdisk = *image::probe_ramdisk(*inputs.config.ramdisk);
        inputs.host.xen = xen_->version();
        inputs.host.phys = *xen_->physinfo();
        inputs.host.node_of_cpu.assign(inputs.host.phys.nr_cpus, 0);
        inputs.host.gic = hyper::DomainSpec::Gic::kV3;
        inputs.random_uuid = Uuid::random();
        auto made = plan::make_plan(inputs);
        EXPECT_TRUE(made) << made.error().text();
        made->steps.insert(made->steps.end() - 1,
                           plan::SaveConfig{directory_ + "/config", "the config of {domid}"});
        return *std::move(made);
    }
    Result<DomainId> run(const plan::BuildPlan& plan) {
        return execute(plan, {*xen_, *grants_, store_, {}, {}});
    }

    void clear_away(DomainId domain) {
        ASSERT_TRUE(destroy(*xen_, store_, domain));
        ::unlink((directory_ + "/config").c_str());
    }
    /// Nothing that the host had not before.
    void expect_clean(const std::string& after) {
        EXPECT_EQ(machine_->domains(), std::vector{kDomain0}) << after;
        EXPECT_EQ(machine_->free_pages(), free_before_) << after;
        EXPECT_EQ(machine_->live_mappings(), 0U) << after;
        EXPECT_EQ(machine_->live_ports(), 0U) << after;
        EXPECT_EQ(store_.dump(), store_before_) << after;
        EXPECT_FALSE(std::ifstream{directory_ + "/config"}) << after;
    }

    std::string directory_, store_before_;
    std::unique_ptr<hyper::sim::Machine> machine_;
    std::unique_ptr<hyper::Hypervisor> xen_;
    std::unique_ptr<hyper::GrantTable> grants_;
    xs::MemoryStore store_;
    std::uint64_t free_before_ = 0;
};

TEST_F(Execute, MakesARunningDomainWhoseMemoryHoldsItsFiles) {
    const auto plan = make_plan();
    const auto domain = run(plan);
    ASSERT_TRUE(domain) << domain.error().text() << domain.error().details();
    const auto info = xen_->domain(*domain);
    ASSERT_TRUE(info);
    EXPECT_FALSE(info->paused);
    EXPECT_EQ(machine_->live_mappings(), 0U);
    for (const auto& step : plan.steps) {
        if (const auto* load = std::get_if<plan::LoadKernel>(&step)) {
            std::string found(8192, '\0');
            ASSERT_TRUE(machine_->read_guest(*domain, load->addresses[0],
                                             std::as_writable_bytes(std::span{found})));
            EXPECT_EQ(found, image_bytes());
        } else if (const auto* ramdisk = std::get_if<plan::LoadRamdisk>(&step)) {
            std::string found(8192, '?');
            ASSERT_TRUE(machine_->read_guest(*domain, ramdisk->address,
                                             std::as_writable_bytes(std::span{found})));
            EXPECT_EQ(found, std::string(5000, 'r') + std::string(3192, '\0'));
        }
    }
    EXPECT_NE(store_.dump().find("/local/domain/1/name = \"g1\""), std::string::npos);

    clear_away(*domain);
    expect_clean("destroy");
}

TEST_F(Execute, UndoesEverythingWhicheverUseOfTheHypervisorFails) {
    const auto plan = make_plan();
    const auto uses_before = machine_->calls();
    const auto first = run(plan);
    ASSERT_TRUE(first);
    const auto uses = machine_->calls() - uses_before;
    EXPECT_GT(uses, 30U);
    clear_away(*first);
    for (std::uint64_t n = 1; n <= uses && !HasFailure(); ++n) {
        machine_->fail_nth_call(n, EIO);
        const auto domain = run(plan);
        machine_->clear_faults();
        // Not every use matters: Xen's console is only read for the story of a failure.
        if (domain) clear_away(*domain);
        expect_clean(fmt::format("use {} of the seam failed: {}", n,
                                 domain ? "tolerated" : domain.error().text()));
    }
}

TEST_F(Execute, UndoesEverythingWhicheverRequestToXenStoreFails) {
    const auto plan = make_plan();
    for (unsigned n = 1;; ++n) {
        store_.fail_request(n, EIO);
        const auto domain = run(plan);
        store_.fail_request(0, 0);
        if (domain) {
            EXPECT_GE(n, 2U);
            return;
        }
        expect_clean("request " + std::to_string(n) + ": " + domain.error().text());
        if (HasFailure()) return;
    }
}

TEST_F(Execute, UndoesEverythingWhenCalledOffBeforeAnyStep) {
    const auto plan = make_plan();
    for (std::size_t stop_at = 0; stop_at < plan.steps.size(); ++stop_at) {
        std::size_t reached = 0;
        const Workshop shop{*xen_, *grants_, store_,
                            [&](std::size_t i, const plan::Step&) { reached = i; },
                            [&] { return reached == stop_at; }};
        const auto domain = execute(plan, shop);
        ASSERT_FALSE(domain);
        EXPECT_TRUE(domain.error().is(ECANCELED));
        expect_clean("called off before " + plan::describe(plan.steps[stop_at]));
    }
}

TEST_F(Execute, NamesTheStepAndTellsWhatXenPrinted) {
    const auto plan = make_plan();
    machine_->fail("XEN_DOMCTL_max_mem", EINVAL);
    const Workshop shop{*xen_,
                        *grants_,
                        store_,
                        [&](std::size_t i, const plan::Step&) {
                            if (i == 2) machine_->print("d1: something odd");
                        },
                        {}};
    const auto domain = execute(plan, shop);
    ASSERT_FALSE(domain);
    EXPECT_NE(domain.error().text().find("XEN_DOMCTL_max_mem"), std::string::npos)
        << domain.error().text();
    EXPECT_NE(domain.error().details().find("(XEN) d1: something odd"), std::string::npos)
        << domain.error().details();
}

TEST_F(Execute, ClaimsItsMemoryBeforeItPopulatesAndKeepsNoClaim) {
    machine_->clear_transcript();
    const auto domain = run(make_plan());
    ASSERT_TRUE(domain) << domain.error().text();
    const auto lines = machine_->transcript();
    const auto first = [&](std::string_view begin) {
        return std::ranges::find_if(lines,
                                    [&](const auto& line) { return line.starts_with(begin); });
    };
    EXPECT_LT(first("XENMEM_claim_pages domain 1: 4100"), first("XENMEM_populate_physmap"));
    EXPECT_NE(first("XENMEM_claim_pages domain 1: 0"), lines.end());
    EXPECT_EQ(xen_->physinfo()->outstanding_pages, 0U);
    clear_away(*domain);
}

TEST_F(Execute, OfTwoThatDoNotFitTogetherOneFailsBeforeItPopulatesAnything) {
    auto large = make_plan();
    const auto free = machine_->free_pages();
    // The first has claimed what it needs and is about to populate it when the second comes.
    for (auto& step : large.steps) {
        if (auto* limit = std::get_if<plan::SetMaxMem>(&step)) limit->size = pages_to_kib(free);
        if (auto* claim = std::get_if<plan::ClaimMemory>(&step)) claim->pages = free - 3000;
    }
    auto second = make_plan();
    std::vector<std::string> transcript;
    std::optional<Result<DomainId>> outcome;
    const Workshop shop{*xen_,
                        *grants_,
                        store_,
                        [&](std::size_t, const plan::Step& step) {
                            if (!std::holds_alternative<plan::PopulateRam>(step)) return;
                            machine_->clear_transcript();
                            outcome = run(second);
                            transcript = machine_->transcript();
                        },
                        {}};
    const auto first = execute(large, shop);
    ASSERT_TRUE(first) << first.error().text();
    ASSERT_TRUE(outcome && !*outcome);
    EXPECT_TRUE(outcome->error().is(ENOMEM));
    EXPECT_NE(outcome->error().text().find("MiB are claimed for other domains"), std::string::npos)
        << outcome->error().text();
    EXPECT_TRUE(std::ranges::none_of(
        transcript, [](const auto& line) { return line.starts_with("XENMEM_populate"); }));
    EXPECT_EQ(xen_->physinfo()->outstanding_pages, 0U);
    clear_away(*first);
    expect_clean("two at once");
}

TEST_F(Execute, AXenThatKnowsOrAllowsNoClaimsIsPopulatedWithoutOne) {
    for (const int reason : {ENOSYS, EOPNOTSUPP, EPERM}) {
        machine_->fail("XENMEM_claim_pages", reason);
        const auto domain = run(make_plan());
        ASSERT_TRUE(domain) << domain.error().text();
        machine_->clear_faults();
        clear_away(*domain);
        expect_clean("no claims");
    }
    machine_->fail("XENMEM_claim_pages", EINVAL);
    EXPECT_FALSE(run(make_plan()));
    machine_->clear_faults();
    expect_clean("a claim that is wrong");
}

TEST_F(Execute, AnInterruptThatItsLastOwnerIsJustLosingIsWaitedFor) {
    auto plan = make_plan();
    std::get<plan::CreateDomain>(plan.steps[0]).spec.nr_spis = 32;
    plan.steps.insert(plan.steps.end() - 1, plan::BindSpi{40});
    const auto before = machine_->calls();
    ASSERT_TRUE(xen_->console_since(0));
    // Xen's console is looked at first, and the call has a buffer.
    const auto first_bind = machine_->calls() - before + 2;
    const Workshop shop{*xen_,
                        *grants_,
                        store_,
                        [&](std::size_t, const plan::Step& step) {
                            if (std::holds_alternative<plan::BindSpi>(step))
                                machine_->fail_nth_call(first_bind, EBUSY);
                        },
                        {}};
    const auto domain = execute(plan, shop);
    ASSERT_TRUE(domain) << domain.error().text();
    const auto told = machine_->transcript();
    EXPECT_EQ(
        std::ranges::count_if(told, [](const auto& line) { return line.contains("bind_pt_irq"); }),
        2);
    clear_away(*domain);
    expect_clean("an interrupt of somebody's");
}

TEST_F(Execute, AnInterruptOfADomainThatIsThereIsRefusedAtOnce) {
    auto plan = make_plan();
    std::get<plan::CreateDomain>(plan.steps[0]).spec.nr_spis = 32;
    plan.steps.insert(plan.steps.end() - 1, plan::BindSpi{40});
    const auto first = run(plan);
    ASSERT_TRUE(first) << first.error().text();
    const auto calls = [&] {
        return std::ranges::count_if(machine_->transcript(),
                                     [](const auto& line) { return line.contains("bind_pt_irq"); });
    };
    const auto before = calls();
    const auto second = run(plan);
    ASSERT_FALSE(second);
    EXPECT_TRUE(second.error().is(EBUSY)) << second.error().text();
    EXPECT_EQ(second.error().hint(), fmt::format("Domain {} has this interrupt.", first->raw()));
    EXPECT_EQ(calls() - before, 1);
    clear_away(*first);
    expect_clean("an interrupt that is taken");
}

TEST_F(Execute, AGicThatIsNotTheTreesIsAnError) {
    auto plan = make_plan();
    std::get<plan::CreateDomain>(plan.steps[0]).gic = hyper::DomainSpec::Gic::kV2;
    const auto domain = run(plan);
    ASSERT_FALSE(domain);
    EXPECT_NE(domain.error().text().find("GICv2"), std::string::npos);
    expect_clean("wrong GIC");
}

}  // namespace
}  // namespace zeroth::build
