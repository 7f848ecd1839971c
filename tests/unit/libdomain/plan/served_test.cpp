// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "libdomain/plan/devices.hpp"

namespace zeroth::plan {
namespace {

const Guest kGuest{"g1", *Uuid::parse("01234567-89ab-4def-8123-456789abcdef"), {}, {}};

Result<std::vector<Device>> make(std::vector<config::OtherDevice> entries,
                                 const DeviceFacts& facts = {}) {
    config::DomainConfig config;
    config.other_devices = std::move(entries);
    return make_devices(config, kGuest, facts);
}

std::string node(const Device& device, const std::string& path) {
    for (const auto& one : device.nodes) {
        if (one.path != path) continue;
        auto out = one.value + " (";
        for (const auto& permission : one.permissions) out += text(permission) + " ";
        return out + ")";
    }
    return "none";
}

TEST(Served, NodesAreWrittenForWhatProgramsServe) {
    const auto made = make({{"vkb", "backend-type=linux,unique-id=k"},
                            {"vdispl", "connectors=a:8x6"},
                            {"vkb", "backend-type=linux,unique-id=m"}});
    ASSERT_TRUE(made) << made.error().text();
    ASSERT_EQ(made->size(), 3U);
    EXPECT_EQ((*made)[2].title(), "vinput 1");
    EXPECT_EQ(node((*made)[2], "/local/domain/0/backend/vinput/{domid}/1/unique-id"),
              "m (n0 r{domid} )");
    // What serves it is called otherwise than what the guest's driver looks for.
    EXPECT_EQ(node((*made)[2], "/local/domain/{domid}/device/vkbd/1/backend"),
              "/local/domain/0/backend/vinput/{domid}/1 (n{domid} r0 )");
    EXPECT_EQ(node((*made)[2], "/libxl/{domid}/device/vkbd/1/backend"),
              "/local/domain/0/backend/vinput/{domid}/1 (n0 )");
    EXPECT_EQ(node((*made)[1], "/local/domain/{domid}/device/vdispl/0/0/resolution"),
              "8x6 (n0 r{domid} )");
    EXPECT_EQ(node((*made)[1], "/libxl/{domid}/device/vdispl/0/backend"),
              "/local/domain/0/backend/vdispl/{domid}/0 (n0 )");
}

TEST(Served, AnotherDomainOwnsItsBackend) {
    DeviceFacts facts;
    facts.backends["gpu"] = DomainId{7};
    const auto made = make({{"vkb", "backend-type=qemu,backend=gpu"}}, facts);
    ASSERT_TRUE(made) << made.error().text();
    const auto& device = made->front();
    EXPECT_EQ(node(device, "/local/domain/7/backend/vkbd/{domid}/0/state"), "1 (n7 r{domid} )");
    EXPECT_EQ(node(device, "/local/domain/{domid}/device/vkbd/0/backend-id"), "7 (n{domid} r7 )");
    EXPECT_EQ(device.hotplug, Hotplug::kElsewhere);
    EXPECT_EQ(make({{"vkb", "backend-type=qemu,backend=none"}}, facts).error().text(),
              "vkb[0]: backend=none: there is no such domain");
}

TEST(Served, WhoCannotBeThereIsNamed) {
    EXPECT_EQ(make({{"vkb", "backend-type=qemu"}}).error().text(),
              "vkb[0]: QEMU serves this kind, and none is started here for guests");
    const config::OtherDevice shared{"p9", "type=xen_9pfsd,security_model=none"};
    EXPECT_EQ(make({shared}).error().text(), "p9[0]: xen-9pfsd does not run in domain 0");
    DeviceFacts facts;
    facts.with_9pfsd.insert(kDomain0);
    const auto made = make({shared}, facts);
    ASSERT_TRUE(made) << made.error().text();
    EXPECT_EQ(node(made->front(), "/local/domain/0/backend/xen_9pfs/{domid}/0/path"),
              "/var/log/xen/guests/g1 (n0 r{domid} )");
    EXPECT_EQ(node(made->front(), "/local/domain/{domid}/device/9pfs/0/tag"), "Xen (n{domid} r0 )");
}

TEST(Served, AnInterfaceAndADiskMayBeOfAnotherDomain) {
    DeviceFacts facts;
    facts.backends["driver"] = DomainId{5};
    config::DomainConfig config;
    config.vif.emplace_back().backend = "driver";
    auto& disk = config.disk.emplace_back();
    disk.backend = "driver";
    disk.target = "/dev/there/only";
    disk.vdev = "xvda";
    const auto made = make_devices(config, kGuest, facts);
    ASSERT_TRUE(made) << made.error().text();
    for (const auto& device : *made) EXPECT_EQ(device.hotplug, Hotplug::kElsewhere);
    EXPECT_EQ(node((*made)[0], "/local/domain/5/backend/vbd/{domid}/51712/params"),
              "/dev/there/only (n5 r{domid} )");
    EXPECT_EQ(node((*made)[1], "/local/domain/{domid}/device/vif/0/mtu"), "1500 (n5 r{domid} )");
    EXPECT_EQ(node((*made)[1], "/local/domain/5/backend/vif/{domid}"), "none");
}

}  // namespace
}  // namespace zeroth::plan
