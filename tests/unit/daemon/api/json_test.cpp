// SPDX-License-Identifier: Apache-2.0
#include "daemon/api/json.hpp"

#include <gtest/gtest.h>

#include <boost/json/serialize.hpp>

#include "daemon/api/config_members.hpp"

namespace zeroth::api {
namespace {

namespace json = boost::json;

/// A config with every member away from its default.
config::DomainConfig full_config() {
    config::DomainConfig config;
    config.name = "g1";
    config.uuid = Uuid::parse("02785c78-618d-426f-aba3-c18d4d31e14d");
    config.pool = "Pool-1";
    config.seclabel = "system_u:system_r:domU_t";
    config.init_seclabel = "system_u:system_r:domU_build_t";
    config.said_pv = true;
    config.kernel = "/guest/vmlinuz";
    config.ramdisk = "/guest/domu.cpio.gz";
    config.device_tree = "/guest/partial.dtb";
    config.cmdline = "console=hvc0 name=\"\xe9\"";
    config.bootloader = "pygrub";
    config.bootloader_args = {"-q", "--debug"};
    config.memory = mib(128);
    config.maxmem = mib(256);
    config.shadow_memory = mib(4);
    config.vcpus = 2;
    config.maxvcpus = 4;
    config.cpus = {*config::CpuSelection::parse("0-3,^2"), *config::CpuSelection::parse("all")};
    config.cpus_soft = {*config::CpuSelection::parse("node:1")};
    config.cpus_is_list = true;
    config.cpus_soft_is_list = true;
    config.sched = {.weight = 512,
                    .cap = 50,
                    .period = 1,
                    .budget = 2,
                    .slice = 3,
                    .latency = 4,
                    .extratime = false};
    config.on_poweroff = config::Action::kPreserve;
    config.on_reboot = config::Action::kRenameRestart;
    config.on_watchdog = config::Action::kCoredumpRestart;
    config.on_crash = config::Action::kCoredumpDestroy;
    config.on_soft_reset = config::Action::kDestroy;
    config.iomem = {{MachineFrame{0xFED40}, 5, GuestFrame{0xFFFFFFFFFFFFFFFFU}}};
    config.irqs = {32, 112};
    config.dtdev = {"/soc/ethernet@ff0e0000"};
    config.vif.emplace_back();
    config.vif[0].text = "mac=00:16:3e:01:02:03";
    config.vif[0].mac = "00:16:3e:01:02:03";
    config.vif[0].devid = 3;
    config.vif[0].mtu = 9000;
    config.vif[0].rate = config::Vif::Rate{.bytes = 62500, .interval_us = 50000};
    config.vif[0].trusted = false;
    config.disk.emplace_back();
    config.disk[0].target = "/dev/loop0";
    config.disk[0].vdev = "xvda";
    config.disk[0].format = config::DiskFormat::kQcow2;
    config.disk[0].backendtype = config::DiskBackend::kQdisk;
    config.disk[0].writable = false;
    config.disk[0].script = "block-drbd";
    config.other_devices = {{"p9", "tag=share,path=/srv"}};
    config.gic_version = config::GicVersion::kV3;
    config.tee = config::Tee::kFfa;
    config.passthrough = config::Passthrough::kSharePt;
    config.vuart_sbsa = config.vpmu = config.acpi = config.nomigrate = config.driver_domain = true;
    config.trap_unmapped_accesses = false;
    config.sve_bits = 0;
    config.nr_spis = 64;
    config.arm_sci = "type=scmi_smc";
    config.max_grant_frames = 64;
    config.max_maptrack_frames = 1024;
    config.max_grant_version = 1;
    config.max_event_channels = 127;
    config.xenstore_feature_mask = 7;
    config.llc_colors = {0, 1, 2};
    config.xenstore_quota = {{"nodes", 1000}, {"watches", 20}};
    return config;
}

json::value round_trip(const json::value& value) {
    auto parsed = parse_json(json::serialize(value));
    EXPECT_TRUE(parsed) << parsed.error().text();
    return parsed.value_or(nullptr);
}

template <class T>
std::string decode_error(std::string_view text) {
    auto value = parse_json(text);
    if (!value) return "parse: " + value.error().text();
    auto decoded = decode<T>(*value);
    if (decoded) return "";
    EXPECT_TRUE(decoded.error().is(EINVAL));
    return decoded.error().text();
}

TEST(ApiJson, EveryMemberOfAConfigSurvivesTheTrip) {
    const json::value sent = encode(full_config());
    const std::size_t members =
        std::tuple_size_v<std::remove_cvref_t<decltype(kMembers<config::DomainConfig>)>>;
    EXPECT_EQ(sent.as_object().size(), members) << "full_config() leaves a member at its default";
    const auto received = decode<config::DomainConfig>(round_trip(sent));
    ASSERT_TRUE(received) << received.error().text();
    EXPECT_EQ(encode(*received), sent);
    EXPECT_EQ(received->cmdline, "console=hvc0 name=\"\xe9\"");
    EXPECT_EQ(received->iomem[0].guest_first.raw(), 0xFFFFFFFFFFFFFFFFU);
    EXPECT_EQ(received->sched.extratime, false);
    EXPECT_EQ(received->cpus[0], full_config().cpus[0]);
}

TEST(ApiJson, ADefaultConfigIsItsNameAlone) {
    config::DomainConfig config;
    config.name = "g1";
    EXPECT_EQ(json::serialize(encode(config)), R"({"name":"g1"})");
    const auto back = decode<config::DomainConfig>(encode(config));
    ASSERT_TRUE(back);
    EXPECT_EQ(back->vcpus, 1U);
    EXPECT_EQ(back->on_reboot, config::Action::kRestart);
    EXPECT_FALSE(back->memory);
}

TEST(ApiJson, ActionsHaveTheConfigsWords) {
    for (std::size_t i = 0; i < kWords<config::Action>.size(); ++i)
        EXPECT_STREQ(kWords<config::Action>[i], config::word(static_cast<config::Action>(i)));
}

TEST(ApiJson, OtherTypesSurviveTheTrip) {
    Domain domain;
    domain.domid = 7;
    domain.name = "g";
    domain.memory_kib = 1ULL << 50;
    domain.shutdown = true;
    domain.shutdown_code = 3;
    domain.cpu_seconds = 2.6;
    domain.node_affinity = "all";
    const std::vector<Domain> domains{domain, Domain{}};
    const auto received = decode<std::vector<Domain>>(round_trip(encode(domains)));
    ASSERT_TRUE(received) << received.error().text();
    EXPECT_EQ(encode(*received), encode(domains));
    EXPECT_EQ((*received)[0].shutdown_code, 3U);
    EXPECT_FALSE((*received)[1].uptime_seconds);

    CreateEvent event;
    event.event = "failed";
    event.problem = CreateEvent::ProblemText{.title = "t", .detail = "d", .hint = "h", .more = "m"};
    const auto failed = decode<CreateEvent>(round_trip(encode(event)));
    ASSERT_TRUE(failed) << failed.error().text();
    ASSERT_TRUE(failed->problem);
    EXPECT_EQ(failed->problem->more, "m");

    const auto console = decode<Console>(*parse_json(R"({"domid":1,"tty":"/dev/pts/3"})"));
    ASSERT_TRUE(console);
    EXPECT_EQ(console->type, "pv");
}

TEST(ApiJson, AWholeNumberCountsAsADecimal) {
    const auto vcpu = decode<Vcpu>(*parse_json(
        R"({"vcpu":0,"online":true,"running":false,"blocked":true,"cpu":1,"cpu_seconds":3,
            "hard_affinity":"all","soft_affinity":"all"})"));
    ASSERT_TRUE(vcpu) << vcpu.error().text();
    EXPECT_EQ(vcpu->cpu_seconds, 3.0);
}

TEST(ApiJson, DecodingNamesWhatIsWrongByPath) {
    struct Row {
        const char* text;
        const char* error;
    };
    const Row rows[] = {
        {"3", "expected an object"},
        {"{}", "config: missing"},
        {R"({"config":{"name":"a"},"pause":true})", "pause: there is no such member"},
        {R"({"config":{"name":7}})", "config.name: expected a string"},
        {R"({"config":{"name":null}})", "config.name: expected a string"},
        {R"({"config":{"name":"a","vcpus":-1}})",
         "config.vcpus: expected a whole number from 0 to 4294967295"},
        {R"({"config":{"name":"a","vcpus":4294967296}})",
         "config.vcpus: expected a whole number from 0 to 4294967295"},
        {R"({"config":{"name":"a","vcpus":1.5}})",
         "config.vcpus: expected a whole number from 0 to 4294967295"},
        {R"({"config":{"name":"a","memory_kib":"128"}})",
         "config.memory_kib: expected a whole number from 0 to 18446744073709551615"},
        {R"({"config":{"name":"a","vif":[{},{"mtu":"1500"}]}})",
         "config.vif[1].mtu: expected a whole number from 0 to 4294967295"},
        {R"({"config":{"name":"a","vif":[{"rate":{"bytes":1}}]}})",
         "config.vif[0].rate.interval_us: missing"},
        {R"({"config":{"name":"a","vif":{}}})", "config.vif: expected an array"},
        {R"({"config":{"name":"a","disk":[{"vdev":"xvda","format":"tar"}]}})",
         R"(config.disk[0].format: expected one of "raw", "qcow", "qcow2", "vhd", "qed", "empty")"},
        {R"({"config":{"name":"a","uuid":"1234"}})",
         "config.uuid: expected a UUID (8-4-4-4-12 hexadecimal digits)"},
        {R"({"config":{"name":"a","acpi":1}})", "config.acpi: expected true or false"},
        {R"({"config":{"name":"a","xenstore_quota":{"nodes":true}}})",
         "config.xenstore_quota.nodes: expected a whole number from 0 to 4294967295"},
    };
    for (const Row& row : rows) EXPECT_EQ(decode_error<CreateRequest>(row.text), row.error);
    EXPECT_TRUE(decode_error<CreateRequest>(R"({"config":{"name":"a","cpus":["0-"]}})")
                    .starts_with("config.cpus[0]: expected a list of CPUs: "));
}

TEST(ApiJson, EveryRequiredMemberIsMissedByName) {
    const json::value whole = encode(Host{});
    for (const auto& member : whole.as_object()) {
        json::object less = whole.as_object();
        less.erase(member.key());
        const auto decoded = decode<Host>(less);
        ASSERT_FALSE(decoded) << member.key();
        EXPECT_EQ(decoded.error().text(), std::string{member.key()} + ": missing");
    }
}

TEST(ApiJson, TextThatIsNoJsonIsRefusedWithThePlace) {
    const auto error = [](std::string_view text) {
        const auto parsed = parse_json(text);
        return parsed ? std::string{} : parsed.error().text();
    };
    EXPECT_EQ(error(R"({"a":1})"), "");
    EXPECT_EQ(error(R"({"a":1,})"), "not JSON: syntax error at byte 7");
    EXPECT_EQ(error(R"({"a":1}x)"), "not JSON: extra data at byte 7");
    EXPECT_EQ(error(R"({"a":)"), "not JSON: incomplete JSON at byte 5");
    EXPECT_EQ(error(""), "not JSON: incomplete JSON at byte 0");
    EXPECT_NE(error(std::string_view{"\0\1\2", 3}), "");
}

TEST(ApiJson, DepthAndSizeAreBounded) {
    const auto deep = parse_json(std::string(10U << 20, '['));
    ASSERT_FALSE(deep);
    EXPECT_EQ(deep.error().text(), "not JSON: too deep at byte 32");
    const auto large = parse_json(std::string(kMaxJsonBytes + 1, ' '));
    ASSERT_FALSE(large);
    EXPECT_NE(large.error().text().find("more than"), std::string::npos);
}

TEST(ApiJson, ErrorsBecomeProblems) {
    struct Row {
        int errno_value;
        std::uint32_t status;
    };
    for (const Row& row : {Row{EINVAL, 400}, Row{EPERM, 403}, Row{EACCES, 403}, Row{ENOENT, 404},
                           Row{ESRCH, 404}, Row{EEXIST, 409}, Row{EBUSY, 409}, Row{ENOMEM, 500},
                           Row{EOPNOTSUPP, 501}, Row{ENOSYS, 501}}) {
        const Problem problem = to_problem(Error{row.errno_value, "populate memory"});
        EXPECT_EQ(problem.status, row.status);
        EXPECT_EQ(problem.errno_value, row.errno_value);
        EXPECT_FALSE(problem.title.empty());
    }
    const Problem told = to_problem(
        Error::message("no room").with_hint("free some").with_details("(XEN) no memory"));
    EXPECT_EQ(told.status, 500U);
    EXPECT_EQ(told.errno_value, 0);
    EXPECT_EQ(told.detail, "no room");
    EXPECT_EQ(told.hint, "free some");
    EXPECT_EQ(told.more, "(XEN) no memory");
}

}  // namespace
}  // namespace zeroth::api
