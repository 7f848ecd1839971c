// SPDX-License-Identifier: Apache-2.0
#include "daemon/adjust/adjustments.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "daemon/userdata.hpp"
#include "libdomain/hypervisor/sim/machine.hpp"
#include "xenstore/client/memory_store.hpp"

namespace zeroth::daemon {
namespace {

constexpr GuestFrame kRam{0x40000};

/// A simulated host with one guest on it, which somebody else has made.
class AdjustmentsTest : public ::testing::Test {
protected:
    void SetUp() override {
        std::string pattern = ::testing::TempDir() + "/adjustXXXXXX";
        directory_ = ::mkdtemp(pattern.data());
        settings_.state_dir = directory_;
        settings_.userdata_dir = directory_;
        machine_ = *hyper::sim::Machine::create({});
        xen_ = std::make_unique<hyper::Hypervisor>(*hyper::Hypervisor::open(*machine_));
        grants_ = *machine_->grant_table();
        stores_ = std::make_unique<StorePool>(
            [this]() -> Result<std::shared_ptr<xs::Store>> { return store_; },
            [](const xs::Store&) { return true; });
        events_ = std::make_unique<EventLog>(directory_ + "/events");
        registry_.emplace(directory_ + "/records");
        ground_.emplace(Ground{*xen_, *grants_, *stores_, *events_, facts_, settings_, *registry_,
                               lanes_, metrics_, *dom0_});
        service_ = std::make_unique<Service>(*ground_);
        adjust_ = std::make_unique<Adjustments>(*ground_, *service_);
        make_guest();
    }
    void TearDown() override { std::filesystem::remove_all(directory_); }

    void make_guest() {
        hyper::DomainSpec spec;
        spec.handle = uuid_ = Uuid::random();
        spec.max_vcpus = 2;
        id_ = xen_->create_domain(spec)->id;
        ASSERT_TRUE(xen_->set_max_vcpus(id_, 2));
        ASSERT_TRUE(xen_->set_max_mem(id_, KiB{17 << 10}));
        ASSERT_TRUE(xen_->set_paging_mempool(id_, to_bytes(mib(1))));
        ASSERT_TRUE(xen_->set_address_size(id_, 64));
        ASSERT_EQ(xen_->populate_physmap(id_, kRam, 8, 0), 8U);
        ASSERT_TRUE(xen_->unpause(id_));
        const auto home = fmt::format("/local/domain/{}", id_.raw());
        const std::vector<xs::Change> nodes{xs::Write{home + "/name", "g1"},
                                            xs::Write{home + "/memory/target", "16384"},
                                            xs::Write{home + "/memory/static-max", "32768"},
                                            xs::Write{"/vm/" + uuid_.text() + "/name", "g1"}};
        ASSERT_TRUE(store_->apply(nodes));
    }
    std::string node(const std::string& rest) {
        const auto value = store_->read_one(fmt::format("/local/domain/{}/{}", id_.raw(), rest));
        return value ? value->value_or("(none)") : value.error().text();
    }
    static std::string said(const Result<>& result) {
        return result ? "it worked" : result.error().text();
    }
    bool paused() { return xen_->domain(id_)->paused; }
    std::string newest_event() {
        const auto page = events_->since(0, 1000);
        return page.events.empty() ? "(none)" : page.events.back().kind;
    }

    std::string directory_;
    Settings settings_;
    HostFacts facts_;
    std::shared_ptr<xs::MemoryStore> store_ = std::make_shared<xs::MemoryStore>();
    std::unique_ptr<hyper::sim::Machine> machine_;
    std::unique_ptr<hyper::Hypervisor> xen_;
    std::unique_ptr<hyper::GrantTable> grants_;
    std::unique_ptr<StorePool> stores_;
    std::unique_ptr<EventLog> events_;
    std::optional<lives::Registry> registry_;
    lives::Lanes lanes_;
    Metrics metrics_;
    std::unique_ptr<devices::Dom0> dom0_ = devices::simulated_dom0();
    std::optional<Ground> ground_;
    std::unique_ptr<Service> service_;
    std::unique_ptr<Adjustments> adjust_;
    Uuid uuid_;
    DomainId id_;
};

TEST_F(AdjustmentsTest, MemoryIsSetInXenAndInTheNodes) {
    EXPECT_EQ(said(adjust_->set_memory(id_, {24576, {}})), "it worked");
    EXPECT_EQ(node("memory/target"), "24576");
    EXPECT_EQ(*store_->read_one("/vm/" + uuid_.text() + "/memory"), "24");
    EXPECT_EQ(xen_->domain(id_)->max_pages, to_pages(KiB{24576 + 1024}));
    EXPECT_EQ(newest_event(), "domain.changed");
    EXPECT_EQ(said(adjust_->set_memory(id_, {{}, 65536})), "it worked");
    EXPECT_EQ(node("memory/static-max"), "65536");
}

TEST_F(AdjustmentsTest, MemoryIsAsBeforeWhereXenStoreRefuses) {
    store_->fail_request(2, EIO);
    EXPECT_FALSE(adjust_->set_memory(id_, {24576, {}}));
    store_->fail_request(0, 0);
    EXPECT_EQ(xen_->domain(id_)->max_pages, to_pages(KiB{17 << 10}));
    EXPECT_EQ(node("memory/target"), "16384");
    machine_->fail("XEN_DOMCTL_max_mem", EPERM);
    EXPECT_FALSE(adjust_->set_memory(id_, {24576, {}}));
    EXPECT_EQ(node("memory/target"), "16384");
}

TEST_F(AdjustmentsTest, Domain0sLimitIsNotedWithItsFirstTarget) {
    const auto dom0 = [&](const char* what) {
        return store_->read_one(std::string{"/local/domain/0/memory/"} + what)->value_or("(none)");
    };
    EXPECT_EQ(said(adjust_->set_memory(kDomain0, {262144, {}})), "it worked");
    EXPECT_EQ(dom0("target"), "262144");
    const auto limit = dom0("static-max");
    EXPECT_EQ(said(adjust_->set_memory(kDomain0, {524288, {}})), "it worked");
    EXPECT_EQ(dom0("static-max"), limit);
}

TEST_F(AdjustmentsTest, RenameChangesEveryPlaceThatHasTheName) {
    ASSERT_TRUE(write_userdata(directory_, id_, uuid_, "libxl-json",
                               std::string{R"({"c_info":{"name":"g1"},"b_info":{}})"} + '\0'));
    EXPECT_EQ(said(adjust_->rename(id_, {"other"})), "it worked");
    EXPECT_EQ(node("name"), "other");
    EXPECT_EQ(*store_->read_one("/vm/" + uuid_.text() + "/name"), "other");
    EXPECT_NE(read_userdata(directory_, id_, uuid_)->find("\"name\": \"other\""),
              std::string::npos);
    EXPECT_EQ(newest_event(), "domain.renamed");
    EXPECT_EQ(events_->since(0, 100).events.back().name, "other");
}

TEST_F(AdjustmentsTest, TheNextLifeIsLikeTheChangedOne) {
    lives::Record record;
    record.uuid = uuid_;
    record.name = "g1";
    record.domid = id_;
    api::CreateRequest first;
    first.config.name = "g1";
    first.config.memory = mib(16);
    ASSERT_TRUE(registry_->begin(record, first));
    EXPECT_EQ(said(adjust_->rename(id_, {"other"})), "it worked");
    EXPECT_EQ(said(adjust_->set_memory(id_, {24576, {}})), "it worked");
    EXPECT_EQ(said(adjust_->set_vcpus(id_, {1})), "it worked");
    EXPECT_EQ(registry_->find(uuid_)->name, "other");
    const auto next = registry_->request(uuid_);
    ASSERT_TRUE(next);
    EXPECT_EQ(next->config.memory, KiB{24576});
    EXPECT_EQ(next->config.maxmem, KiB{32768});
    EXPECT_EQ(next->config.vcpus, 1U);
    EXPECT_EQ(next->config.maxvcpus, 2U);
}

TEST_F(AdjustmentsTest, NamesThatAreTakenOrHeldAreRefused) {
    ASSERT_TRUE(
        store_->apply(std::vector<xs::Change>{xs::Write{"/local/domain/0/name", "Domain-0"}}));
    EXPECT_EQ(said(adjust_->rename(id_, {"Domain-0"})),
              "Domain with name \"Domain-0\" already exists.");
    const auto held = service_->hold_name("soon");
    ASSERT_TRUE(held);
    const auto refused = adjust_->rename(id_, {"soon"});
    ASSERT_FALSE(refused);
    EXPECT_TRUE(refused.error().is(EEXIST));
    EXPECT_EQ(said(adjust_->rename(id_, {"g1"})), "it worked");
    for (const char* bad : {"", "12", "a/b", "..", "a\nb"}) {
        EXPECT_FALSE(adjust_->rename(id_, {bad})) << bad;
    }
    EXPECT_FALSE(adjust_->rename(kDomain0, {"zero"}));
    EXPECT_EQ(node("name"), "g1");
}

TEST_F(AdjustmentsTest, VcpusAreTurnedOnFromTheFirst) {
    EXPECT_EQ(said(adjust_->set_vcpus(id_, {1})), "it worked");
    EXPECT_EQ(node("cpu/0/availability"), "online");
    EXPECT_EQ(node("cpu/1/availability"), "offline");
    EXPECT_EQ(said(adjust_->set_vcpus(id_, {3})), "Requested 3 VCPUs, however maxcpus is 2!");
    EXPECT_FALSE(adjust_->set_vcpus(id_, {0}));
}

TEST_F(AdjustmentsTest, ASysrqIsOneCharacter) {
    EXPECT_EQ(said(adjust_->sysrq(id_, {"h"})), "it worked");
    EXPECT_EQ(node("control/sysrq"), "h");
    for (const char* bad : {"", "hh", " ", "\n", "\xc3"}) {
        EXPECT_FALSE(adjust_->sysrq(id_, {bad}));
    }
    EXPECT_FALSE(adjust_->sysrq(DomainId{77}, {"h"}));
    EXPECT_EQ(node("control/sysrq"), "h");
}

TEST_F(AdjustmentsTest, ATriggerThatXenHasNotSaysWhatServesInstead) {
    using Kind = api::TriggerRequest::Kind;
    for (const auto kind : {Kind::kNmi, Kind::kReset, Kind::kPower, Kind::kS3resume}) {
        const auto none = adjust_->trigger(id_, {kind, 0});
        ASSERT_FALSE(none);
        EXPECT_TRUE(none.error().is(EOPNOTSUPP));
        EXPECT_NE(none.error().hint(), "");
    }
    EXPECT_EQ(said(adjust_->trigger(id_, {Kind::kNmi, 2})), "there is no vCPU 2");
}

TEST_F(AdjustmentsTest, ADumpPausesTheGuestAndLetsItGoOnWhateverHappens) {
    const auto path = directory_ + "/core";
    EXPECT_EQ(said(adjust_->dump_core(id_, {path, false, {}})), "it worked");
    EXPECT_FALSE(paused());
    const auto lines = machine_->transcript();
    const auto index = [&](std::string_view begin) {
        return std::ranges::find_if(lines, [&](const auto& l) { return l.starts_with(begin); }) -
               lines.begin();
    };
    EXPECT_LT(index("XEN_DOMCTL_pausedomain"), index("map domain"));
    machine_->fail("map", EIO);
    EXPECT_FALSE(adjust_->dump_core(id_, {path, false, {}}));
    EXPECT_FALSE(paused());
    machine_->clear_faults();
    ASSERT_TRUE(xen_->pause(id_));
    EXPECT_TRUE(adjust_->dump_core(id_, {path, false, {}}));
    EXPECT_TRUE(paused());
    EXPECT_FALSE(adjust_->dump_core(id_, {"core", false, {}}));
    EXPECT_FALSE(adjust_->dump_core(kDomain0, {path, false, {}}));
    EXPECT_TRUE(std::filesystem::is_empty(directory_ + "/dumping"));
}

TEST_F(AdjustmentsTest, ALiveDumpPausesNothingAndACrashComesAfterwards) {
    machine_->clear_transcript();
    EXPECT_EQ(
        said(adjust_->dump_core(id_, {directory_ + "/core", true, api::CoreRequest::Then::kCrash})),
        "it worked");
    for (const auto& line : machine_->transcript()) {
        EXPECT_EQ(line.find("pausedomain"), std::string::npos) << line;
    }
    EXPECT_TRUE(xen_->domain(id_)->shutdown);
    EXPECT_EQ(xen_->domain(id_)->shutdown_code, 3);
}

TEST_F(AdjustmentsTest, AGuestPausedForADumpThatWasCutShortRunsAgain) {
    ASSERT_TRUE(xen_->pause(id_));
    std::filesystem::create_directories(directory_ + "/dumping");
    std::ofstream{directory_ + "/dumping/" + uuid_.text()};
    std::ofstream{directory_ + "/dumping/" + Uuid::random().text()};
    EXPECT_EQ(adjust_->recover().size(), 1U);
    EXPECT_FALSE(paused());
    EXPECT_TRUE(std::filesystem::is_empty(directory_ + "/dumping"));
    EXPECT_EQ(adjust_->recover().size(), 0U);
}

}  // namespace
}  // namespace zeroth::daemon
