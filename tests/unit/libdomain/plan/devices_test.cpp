// SPDX-License-Identifier: Apache-2.0
#include "libdomain/plan/devices.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/unit/libdomain/plan/guests.hpp"

namespace zeroth::plan {
namespace {

using namespace zeroth::testing;

config::Vif vif(std::optional<std::string> mac = "00:16:3e:01:02:03",
                std::optional<std::string> bridge = "br0") {
    config::Vif out;
    out.mac = std::move(mac);
    out.bridge = std::move(bridge);
    return out;
}

config::Disk disk(std::string target = "/images/g1.img", std::string vdev = "xvda") {
    config::Disk out;
    out.target = std::move(target);
    out.vdev = std::move(vdev);
    return out;
}

DeviceFacts host() {
    DeviceFacts facts;
    facts.bridges = {"br0", "virbr0"};
    facts.targets["/images/g1.img"] = {DiskTarget::Kind::kFile, "", "file 1", 1 << 20};
    facts.targets["/dev/vg/g1"] = {DiskTarget::Kind::kBlockDevice, "", "device 253:0", 0};
    facts.targets["/images/small"] = {DiskTarget::Kind::kFile, "", "file 2", 100};
    facts.targets["/dev/null"] = {DiskTarget::Kind::kOther, "", "", 0};
    facts.targets["/dev/nosuch"].trouble = "No such file or directory";
    return facts;
}

const Guest kGuest{"g1", *Uuid::parse("01234567-89ab-4def-8123-456789abcdef"), {}, {}};

Result<std::vector<Device>> make(std::vector<config::Vif> vifs, std::vector<config::Disk> disks,
                                 const DeviceFacts& facts = host()) {
    config::DomainConfig config;
    config.vif = std::move(vifs);
    config.disk = std::move(disks);
    return make_devices(config, kGuest, facts);
}

std::string error_of(std::vector<config::Vif> vifs, std::vector<config::Disk> disks,
                     const DeviceFacts& facts = host()) {
    const auto made = make(std::move(vifs), std::move(disks), facts);
    return made ? "no error" : made.error().text();
}

std::string value_of(const Device& device, const std::string& path) {
    for (const auto& node : device.nodes)
        if (node.path == path) return node.value;
    return "no such node";
}

TEST(Devices, AMacIsTheSameForTheSameGuestAndOfXensPrefix) {
    const auto mac = generated_mac(kGuest.uuid, 0);
    EXPECT_EQ(mac, generated_mac(kGuest.uuid, 0));
    EXPECT_NE(mac, generated_mac(kGuest.uuid, 1));
    EXPECT_NE(mac, generated_mac(Uuid{}, 0));
    EXPECT_TRUE(mac.starts_with("00:16:3e:")) << mac;
    EXPECT_LT(mac[9], '8') << mac;
}

TEST(Devices, ANumberAndAMacAreMadeWhereTheConfigHasNone) {
    auto third = vif();
    third.devid = 1;
    const auto made = settled({vif(std::nullopt), third, vif(std::nullopt)}, kGuest, host());
    EXPECT_EQ(made[0].devid, 0U);
    EXPECT_EQ(made[0].mac, generated_mac(kGuest.uuid, 0));
    EXPECT_EQ(made[1].mac, "00:16:3e:01:02:03");
    EXPECT_EQ(made[2].devid, 2U);
    auto taken = host();
    taken.nics.push_back({generated_mac(kGuest.uuid, 0), "", "\"other\" (domain 4)", 0});
    EXPECT_NE(settled({vif(std::nullopt)}, kGuest, taken)[0].mac, made[0].mac);
}

TEST(Devices, AMacThatIsTakenNamesBothOwners) {
    EXPECT_EQ(error_of({vif(), vif()}, {}),
              "vif[1]: the MAC address 00:16:3e:01:02:03 is that of vif[0] already");
    auto facts = host();
    facts.nics.push_back({"00:16:3e:01:02:03", "", "\"other\" (domain 4)", 2});
    EXPECT_EQ(error_of({vif()}, {}, facts),
              "vif[0]: the MAC address 00:16:3e:01:02:03 is that of interface 2 of \"other\" "
              "(domain 4)");
}

TEST(Devices, ABridgeHasToBeThere) {
    const auto made = make({vif("00:16:3e:01:02:03", "nobr0")}, {});
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().text(), "vif[0]: there is no bridge nobr0 on this host");
    EXPECT_EQ(made.error().hint(), "Those that are there: br0, virbr0.");
    EXPECT_EQ(error_of({vif("00:16:3e:01:02:03", std::nullopt)}, {}),
              "vif[0]: there is no bridge xenbr0 on this host, which is meant where an entry names "
              "none");
    EXPECT_EQ(make({vif("00:16:3e:01:02:03", "virbr0")}, {})->size(), 1U);
}

TEST(Devices, AnInterfacesNameIsItsOwn) {
    auto named = vif();
    named.vifname = "web";
    auto facts = host();
    facts.taken_names.insert("web");
    EXPECT_EQ(error_of({named}, {}, facts),
              "vif[0]: vifname=web: there is an interface of that name already");
    auto second = vif("00:16:3e:01:02:04");
    second.vifname = "web";
    EXPECT_EQ(error_of({named, second}, {}), "vif[1]: vifname=web is that of vif[0] already");
}

TEST(Devices, ADiskHasToBeThereAndToBeOne) {
    EXPECT_EQ(error_of({}, {disk("/dev/nosuch")}),
              "disk[0]: /dev/nosuch: No such file or directory");
    EXPECT_EQ(error_of({}, {disk("/dev/null")}),
              "disk[0]: /dev/null is neither a block device nor a regular file");
    EXPECT_EQ(error_of({}, {disk("/images/small")}),
              "disk[0]: /images/small has 100 bytes, less than a sector");
    EXPECT_EQ(error_of({}, {disk(), disk("/dev/vg/g1", "xvda")}),
              "disk[1]: vdev=xvda is that of disk[0] already");
    EXPECT_EQ(error_of({}, {disk(), disk("/dev/vg/g1", "51712")}),
              "disk[1]: vdev=51712 is that of disk[0] already");
}

TEST(Devices, WhoOnlyReadsDiscardsNothing) {
    auto reader = disk("/dev/vg/g1", "xvdb");
    reader.writable = false;
    const auto made = make({}, {disk(), reader});
    ASSERT_TRUE(made) << made.error().text();
    const std::string backend = "/local/domain/0/backend/vbd/{domid}/";
    EXPECT_EQ(value_of((*made)[0], backend + "51712/discard-enable"), "1");
    EXPECT_EQ(value_of((*made)[1], backend + "51728/discard-enable"), "0");
}

TEST(Devices, WhatNeedsADeviceModelIsRefused) {
    auto image = disk();
    image.format = config::DiskFormat::kQcow2;
    const auto made = make({}, {image});
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().text(),
              "disk[0]: format qcow2 needs a device model, and there is none here");
    EXPECT_NE(made.error().hint().find("qemu-img convert -O raw"), std::string::npos);
    auto qdisk = disk();
    qdisk.backendtype = config::DiskBackend::kQdisk;
    EXPECT_EQ(error_of({}, {qdisk}),
              "disk[0]: backendtype=qdisk needs a device model, and there is none here");
    auto virtio = disk();
    virtio.virtio = true;
    EXPECT_EQ(
        error_of({}, {virtio}),
        "disk[0]: a virtio disk needs a program that serves it, and a virtual bus that guests "
        "do not get here yet");
}

TEST(Devices, OneWriterAloneOrReadersOnly) {
    auto facts = host();
    facts.disks.push_back({"file 1", "xvda", "\"other\" (domain 4)", true});
    EXPECT_EQ(error_of({}, {disk()}, facts),
              "disk[0]: /images/g1.img is xvda of \"other\" (domain 4), which writes to it");
    auto reader = disk();
    reader.writable = false;
    EXPECT_NE(error_of({}, {reader}, facts), "no error");
    facts.disks[0].writable = false;
    EXPECT_EQ(error_of({}, {reader}, facts), "no error");
    EXPECT_EQ(
        error_of({}, {disk()}, facts),
        "disk[0]: /images/g1.img is xvda of \"other\" (domain 4); only one that reads may too");
    EXPECT_EQ(error_of({}, {disk(), disk("/images/g1.img", "xvdb")}),
              "disk[1]: /images/g1.img is xvda of the same guest, which writes to it");
}

TEST(Devices, WritersShareADiskThatIsSaidToBeShared) {
    auto facts = host();
    facts.disks.push_back({"file 1", "xvda", "\"other\" (domain 4)", true, true});
    auto shared = disk();
    shared.shared = true;
    EXPECT_EQ(error_of({}, {shared}, facts), "no error");
    EXPECT_EQ(
        value_of(make({}, {shared})->front(), "/local/domain/0/backend/vbd/{domid}/51712/mode"),
        "w!");
    EXPECT_NE(error_of({}, {disk()}, facts), "no error");
    auto reader = disk();
    reader.writable = false;
    EXPECT_EQ(error_of({}, {reader}, facts), "no error");
    auto second = shared;
    second.vdev = "xvdb";
    EXPECT_EQ(error_of({}, {shared, second}), "no error");
}

TEST(Devices, AScriptIsRunWhereOneIsNamedOrTheHostsOwnIsNotOurs) {
    auto named = vif();
    named.script = "vif-own";
    EXPECT_EQ(error_of({named}, {}),
              "vif[0]: script=/etc/xen/scripts/vif-own: there is no such file that can be run");
    auto facts = host();
    facts.scripts["/etc/xen/scripts/vif-own"] = ScriptFile::kForeign;
    EXPECT_EQ(make({named}, {}, facts)->front().hotplug, Hotplug::kScript);
    EXPECT_EQ(make({vif()}, {}, facts)->front().hotplug, Hotplug::kBuiltIn);
    facts.scripts["/etc/xen/scripts/vif-bridge"] = ScriptFile::kShipped;
    facts.scripts["/etc/xen/scripts/block"] = ScriptFile::kForeign;
    EXPECT_EQ(make({vif()}, {}, facts)->front().hotplug, Hotplug::kBuiltIn);
    EXPECT_EQ(make({}, {disk()}, facts)->front().hotplug, Hotplug::kScript);
    facts.scripts["/etc/xen/scripts/vif-bridge"] = ScriptFile::kForeign;
    EXPECT_EQ(make({vif()}, {}, facts)->front().hotplug, Hotplug::kScript);
    named.script = "vif-route";
    EXPECT_EQ(std::get<Nic>(make({named}, {}, host())->front().what).way, Nic::Way::kRoute);
}

TEST(Devices, NodesHaveTheReferencesValues) {
    auto entry = vif();
    entry.rate = config::Vif::Rate{62'500, 50'000};
    entry.mtu = 1400;
    entry.vifname = "web{1}";
    const auto made = make({entry}, {disk("/dev/vg/g1")});
    ASSERT_TRUE(made) << made.error().text();
    const auto& block = (*made)[0];
    EXPECT_EQ(value_of(block, "/local/domain/0/backend/vbd/{domid}/51712/params"), "/dev/vg/g1");
    EXPECT_EQ(value_of(block, "/local/domain/{domid}/device/vbd/51712/backend"),
              "/local/domain/0/backend/vbd/{domid}/51712");
    const auto& nic = (*made)[1];
    const std::string back = "/local/domain/0/backend/vif/{domid}/0";
    EXPECT_EQ(value_of(nic, back + "/rate"), "62500,50000");
    EXPECT_EQ(value_of(nic, back + "/mtu"), "1400");
    EXPECT_EQ(value_of(nic, back + "/vifname"), "web{{1}");
    EXPECT_EQ(value_of(nic, back + "/hotplug-status"), "");
    EXPECT_EQ(value_of(nic, "/local/domain/{domid}/device/vif/0/mtu"), "1400");
    EXPECT_EQ(value_of(nic, "/libxl/{domid}/device/vif/0/mac"), "00:16:3e:01:02:03");
}

TEST(Devices, AnotherDomainHasToBeThereToServe) {
    auto entry = vif();
    entry.backend = "net";
    EXPECT_EQ(error_of({entry}, {}), "vif[0]: backend=net: there is no such domain");
    entry.backend = "Domain-0";
    EXPECT_EQ(error_of({entry}, {}), "no error");
}

TEST(Devices, StepsComeBeforeTheGuestRunsAndWaitLast) {
    auto inputs = tiny_guest();
    inputs.host.devices = host();
    inputs.config.vif = {vif()};
    const auto plan = plan_of(inputs);
    ASSERT_GE(plan.steps.size(), 2U);
    EXPECT_TRUE(std::holds_alternative<WaitDevices>(plan.steps[plan.steps.size() - 2]));
    EXPECT_EQ(describe(Step{step_of<AttachDevice>(plan)}),
              "network interface 0: 00:16:3e:01:02:03, on bridge br0");
    const auto start = std::ranges::find_if(
        plan.steps, [](const Step& step) { return std::holds_alternative<StartDevices>(step); });
    ASSERT_NE(start, plan.steps.end());
    EXPECT_TRUE(std::holds_alternative<AttachDevice>(*(start - 1)));
    EXPECT_TRUE(std::holds_alternative<IntroduceDomain>(*(start + 1)));
}

}  // namespace
}  // namespace zeroth::plan
