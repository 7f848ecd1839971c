// SPDX-License-Identifier: Apache-2.0
#include "daemon/api/reference_json.hpp"

#include <gtest/gtest.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "daemon/api/device_json.hpp"
#include "tests/golden/golden.hpp"

namespace zeroth::api {
namespace {

namespace json = boost::json;

config::DomainConfig small_guest(std::string name) {
    config::DomainConfig config;
    config.name = std::move(name);
    config.kernel = "/guest/vmlinuz";
    config.ramdisk = "/guest/domu.cpio.gz";
    config.memory = mib(128);
    config.cmdline = "console=hvc0";
    return config;
}

TEST(ReferenceJson, ADryRunIsTheReferencesByteForByte) {
    const Uuid uuid = *Uuid::parse("8b72dcb4-14a7-4a02-928a-f331c43e866d");
    testing::expect_golden("xl/create-n.txt",
                           print_reference(reference_json(small_guest("g1"), uuid)));
}

TEST(ReferenceJson, AStoredConfigIsTheReferencesByteForByte) {
    config::DomainConfig config = small_guest("g2");
    config.vif.emplace_back();
    config.vif[0].mac = "00:16:3e:01:02:03";
    config.vif[0].bridge = "br0";
    config.disk.emplace_back();
    config.disk[0].target = "/dev/loop0";
    config.disk[0].vdev = "xvda";
    const Uuid uuid = *Uuid::parse("cef58d07-644a-43a6-971a-366db48d8e48");
    const json::value stored = stored_reference_json(config, uuid);
    testing::expect_golden("xl/userdata-g2.txt", print_reference(stored));

    const std::string text = userdata_text(stored);
    EXPECT_EQ(text.back(), '\0');
    const auto read = parse_userdata(text);
    ASSERT_TRUE(read) << read.error().text();
    EXPECT_EQ(*read, stored);
    EXPECT_EQ(userdata_path(1, uuid),
              "/var/lib/xen/userdata-d.1.cef58d07-644a-43a6-971a-366db48d8e48.libxl-json");
}

/// The board's `served` check compares with Debian's xl.
TEST(ReferenceJson, WhatProgramsServeIsTheReferences) {
    config::DomainConfig config = small_guest("g1");
    config.other_devices = {
        {"vkb", "backend-type=linux,unique-id=k,feature-abs-pointer=1,width=800,height=600"},
        {"p9", "type=xen_9pfsd,security_model=none,tag=t,path=/srv,max-files=3,auto-delete=1"},
        {"vdispl", "be-alloc=1,backend=gpu,connectors=a:800x600;b:1024x768"},
        {"vsnd",
         "[\"card, short-name=Main, sample-rates=44100;48000, sample-formats=s16_le;u8\", "
         "\"pcm, name=dev, channels-min=1\", \"stream, unique-id=0, type=p, buffer-size=4096\", "
         "\"stream, unique-id=1, type=C\", \"pcm\"]"},
        {"vkb", "backend-type=qemu,backend=gpu"}};
    testing::expect_golden("xl/served.txt", print_reference(reference_json(config, Uuid{})));
    EXPECT_EQ(reference_served({"pci", "01:00.0"}, 0), json::object{});
    EXPECT_EQ(reference_served({"vkb", "nonsense"}, 0), json::object{});
}

TEST(ReferenceJson, AListOfAllIsTheReferencesByteForByte) {
    const Uuid uuid = *Uuid::parse("02785c78-618d-426f-aba3-c18d4d31e14d");
    json::value dom0 = domain0_reference_json(524288, 524287);
    json::value guest = stored_reference_json(small_guest("g1"), uuid);
    set_scheduler(dom0, "credit2", 256, 0);
    set_scheduler(guest, "credit2", 256, 0);
    const json::array all{json::object{{"domid", 0}, {"config", dom0}},
                          json::object{{"domid", 1}, {"config", guest}}};
    testing::expect_golden("xl/list-g1-l.txt", print_reference(all) + "\n");
}

TEST(ReferenceJson, AffinityNeedsTopologyOnlyWhereItNamesNone) {
    config::DomainConfig config = small_guest("g1");
    config.vcpus = 2;
    config.cpus = {*config::CpuSelection::parse("0-3,^2")};
    config.cpus_soft = {*config::CpuSelection::parse("all")};
    const Uuid uuid{};
    const json::value blind = reference_json(config, uuid);
    const auto& build = blind.at("b_info").as_object();
    EXPECT_EQ(json::serialize(build.at("vcpu_hard_affinity")), "[[0,1,3],[0,1,3]]");
    EXPECT_FALSE(build.contains("vcpu_soft_affinity"));
    EXPECT_EQ(build.at("numa_placement").as_string(), "False");

    const json::value seeing = reference_json(config, uuid, {0, 0, 1, 1});
    EXPECT_EQ(json::serialize(seeing.at("b_info").at("vcpu_soft_affinity")),
              "[[0,1,2,3],[0,1,2,3]]");
}

TEST(ReferenceJson, AListGivesVcpusTheirOwnMaps) {
    config::DomainConfig config = small_guest("g1");
    config.vcpus = 2;
    config.cpus = {*config::CpuSelection::parse("1"), *config::CpuSelection::parse("2"),
                   *config::CpuSelection::parse("3")};
    config.cpus_is_list = true;
    EXPECT_EQ(json::serialize(reference_json(config, Uuid{}).at("b_info").at("vcpu_hard_affinity")),
              "[[1],[2]]");
}

TEST(ReferenceJson, AbsurdCountsDoNotBecomeAbsurdOutput) {
    config::DomainConfig config = small_guest("g1");
    config.vcpus = 4294967295U;
    config.cpus = {config::CpuSelection{{config::CpuPart{
        .kind = config::CpuPart::Kind::kCpus, .exclude = false, .first = 0, .last = 4294967295U}}}};
    const std::string text = print_reference(reference_json(config, Uuid{}));
    EXPECT_LT(text.size(), 200000U);
}

TEST(ReferenceJson, ActionsHaveLibxlsNames) {
    config::DomainConfig config = small_guest("g1");
    config.on_crash = config::Action::kRenameRestart;
    config.on_poweroff = config::Action::kCoredumpDestroy;
    config.on_reboot = config::Action::kDestroy;
    config.on_soft_reset = config::Action::kDestroy;
    const json::value value = reference_json(config, Uuid{});
    EXPECT_EQ(value.at("on_crash").as_string(), "restart_rename");
    EXPECT_EQ(value.at("on_poweroff").as_string(), "coredump_destroy");
    EXPECT_FALSE(value.as_object().contains("on_reboot"));
    EXPECT_FALSE(value.as_object().contains("on_soft_reset"));
}

TEST(ReferenceJson, ThePrinterEscapesAndNests) {
    const json::value value{{"text", "a\"\\\n\t\x01/\xe9"},
                            {"none", json::array{}},
                            {"list", json::array{1, -2, true, nullptr}}};
    EXPECT_EQ(print_reference(value),
              "{\n    \"text\": \"a\\\"\\\\\\n\\t\\u0001/\xe9\",\n    \"none\": [\n\n    ],\n"
              "    \"list\": [\n        1,\n        -2,\n        true,\n        null\n    ]\n}\n");
}

TEST(ReferenceJson, ThePassthroughDevicesOfAConfigAreThere) {
    config::DomainConfig config = small_guest("g1");
    config.irqs = {32};
    config.iomem = {{MachineFrame{1}, 2, GuestFrame{1}}, {MachineFrame{1}, 2, GuestFrame{3}}};
    config.dtdev = {"/soc/eth"};
    config.gic_version = config::GicVersion::kV2;
    config.vuart_sbsa = true;
    const json::value value = reference_json(config, Uuid{});
    EXPECT_EQ(json::serialize(value.at("b_info").at("irqs")), "[32]");
    EXPECT_EQ(json::serialize(value.at("b_info").at("iomem")),
              R"([{"start":1,"number":2},{"start":1,"number":2,"gfn":3}])");
    EXPECT_EQ(json::serialize(value.at("b_info").at("arch_arm")),
              R"({"gic_version":"v2","vuart":"sbsa_uart"})");
    EXPECT_EQ(json::serialize(value.at("dtdevs")), R"([{"path":"/soc/eth"}])");
}

}  // namespace
}  // namespace zeroth::api
