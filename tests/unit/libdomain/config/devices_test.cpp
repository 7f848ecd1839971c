// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <map>

#include "libdomain/config/vdev.hpp"
#include "tests/unit/libdomain/config/helpers.hpp"

namespace zeroth::config {
namespace {

Vif vif(std::string_view entry) {
    const DomainConfig config = accepted("vif = [ '" + std::string{entry} + "' ]");
    return config.vif.empty() ? Vif{} : config.vif.front();
}

Disk disk(std::string_view entry) {
    const DomainConfig config = accepted("disk = [ '" + std::string{entry} + "' ]");
    return config.disk.empty() ? Disk{} : config.disk.front();
}

bool takes(std::string_view key, std::string_view entry) {
    return parse_with(std::string{key} + " = [ '" + std::string{entry} + "' ]").config.has_value();
}

TEST(VifEntry, MayBeEmpty) {
    EXPECT_EQ(accepted("vif = [ '' ]").vif.size(), 1U);
    EXPECT_EQ(vif(""), Vif{});
    EXPECT_EQ(accepted("vif = [ '', \"\" ]").vif.size(), 2U);
}

TEST(VifEntry, HasItsFields) {
    const Vif v =
        vif("mac=00:16:3E:aa:bb:cc, bridge=br0,script=vif-route ,ip=10.0.0.1 10.0.0.2,"
            "gatewaydev=eth0,vifname=net0,model=e1000,backend=netdom,devid=3,mtu=9000,vlan=7");
    EXPECT_EQ(v.mac, "00:16:3e:aa:bb:cc");
    EXPECT_EQ(v.bridge, "br0");
    EXPECT_EQ(v.script, "vif-route");
    EXPECT_EQ(v.ip, "10.0.0.1 10.0.0.2");
    EXPECT_EQ(v.gatewaydev, "eth0");
    EXPECT_EQ(v.vifname, "net0");
    EXPECT_EQ(v.model, "e1000");
    EXPECT_EQ(v.backend, "netdom");
    EXPECT_EQ(v.devid, 3U);
    EXPECT_EQ(v.mtu, 9000U);
    EXPECT_EQ(v.vlan, "7");
    EXPECT_TRUE(v.trusted);
    EXPECT_FALSE(vif("untrusted").trusted);
    EXPECT_EQ(vif("netdev=eth1").gatewaydev, "eth1");
}

TEST(VifEntry, RateIsBytesPerInterval) {
    const auto rate = [](std::string_view text) {
        return vif("rate=" + std::string{text}).rate.value_or(Vif::Rate{});
    };
    EXPECT_EQ(rate("10Mb/s"), (Vif::Rate{62'500, 50'000}));
    EXPECT_EQ(rate("250KB/s"), (Vif::Rate{12'500, 50'000}));
    EXPECT_EQ(rate("1MB/s@20ms"), (Vif::Rate{20'000, 20'000}));
    EXPECT_EQ(rate("1GB/s@1000us"), (Vif::Rate{1'000'000, 1'000}));
    EXPECT_EQ(rate("100B/s@2s"), (Vif::Rate{200, 2'000'000}));
    EXPECT_EQ(rate("100B/s@2"), (Vif::Rate{200, 2'000'000}));
    for (const char* bad :
         {"", "10", "10M", "Mb/s", "10Tb/s", "0b/s", "1b/s", "10Mb/s@", "10Mb/s@0", "10Mb/s@5h",
          "10Mb/s@99999999", "18446744073709551615GB/s"}) {
        EXPECT_FALSE(takes("vif", "rate=" + std::string{bad})) << bad;
    }
}

TEST(VifEntry, TypeIsTakenAndMeansNothing) {
    EXPECT_EQ(vif("type=vif"), Vif{});
    EXPECT_EQ(vif("type=netfront"), Vif{});
    EXPECT_FALSE(takes("vif", "type=ioemu"));
}

TEST(VifEntry, RefusesWhatItCannotBe) {
    for (const char* bad :
         {"mac=", "mac=00:16:3e:1:2:3", "mac=001122334455", "mac=00-16-3e-00-00-01",
          "mac=ff:ff:ff:ff:ff:ff", "frob=1", "bridge", "mtu=1", "mtu=x", "devid=-1",
          "vifname=sixteen-letters-", "vifname=a/b", "trusted=maybe"}) {
        EXPECT_FALSE(takes("vif", bad)) << bad;
    }
}

TEST(VifEntry, ASingleTextIsTakenForAList) {
    const Parsed parsed = parse_with("vif = 'bridge=br0'");
    ASSERT_TRUE(parsed.config);
    EXPECT_EQ(parsed.config->vif.size(), 1U);
    EXPECT_EQ(summary(parsed), "warning 4:7+12 `vif` is a single value but should be a list\n");
}

TEST(DiskEntry, PositionsAreTargetFormatVdevAccess) {
    const Disk d = disk("/dev/vg/a,qcow2,xvdb,ro");
    EXPECT_EQ(d.target, "/dev/vg/a");
    EXPECT_EQ(d.format, DiskFormat::kQcow2);
    EXPECT_EQ(d.vdev, "xvdb");
    EXPECT_FALSE(d.writable);
    EXPECT_EQ(disk("/a,,xvda"), disk("/a,raw,xvda,rw"));
    EXPECT_EQ(disk("/a,,xvda,"), disk("/a,raw,xvda,w"));
}

TEST(DiskEntry, NamesAndPositionsMix) {
    EXPECT_EQ(disk("vdev=xvda,/a,raw,r"), disk("/a,raw,xvda,r"));
    EXPECT_EQ(disk("format=raw, vdev=xvda, access=r, target=/a"), disk("/a,raw,xvda,r"));
    EXPECT_TRUE(disk("/a,raw,xvda,w!").shared);
    EXPECT_TRUE(disk("/a,raw,xvda,w!").writable);
    EXPECT_FALSE(disk("/a,raw,xvda,w").shared);
    EXPECT_TRUE(disk("/a,raw,xvda,w,removable").removable);
    EXPECT_EQ(disk("vdev=xvda,target=/a,b , c").target, "/a,b , c");
}

TEST(DiskEntry, PrefixesOfOldSkipTheFormat) {
    EXPECT_EQ(disk("phy:/dev/loop0,xvda,w"), disk("/dev/loop0,raw,xvda,w"));
    EXPECT_EQ(disk("file:/a,xvda,w"), disk("/a,raw,xvda,w"));
    EXPECT_EQ(disk("tap:aio:/a,xvda,w"), disk("/a,raw,xvda,w"));
    EXPECT_EQ(disk("tap:qcow2:/a,xvda,r").format, DiskFormat::kQcow2);
    EXPECT_EQ(disk("drbd:r0,xvda,w").script, "block-drbd");
    EXPECT_EQ(disk("host:path,raw,xvda,w").target, "host:path");
    EXPECT_FALSE(takes("disk", "nfs:/a,xvda,w"));
}

TEST(DiskEntry, CdromsAreReadOnlyAndMayBeEmpty) {
    const Disk empty = disk(",hdc:cdrom,r");
    EXPECT_TRUE(empty.cdrom && empty.removable);
    EXPECT_FALSE(empty.writable);
    EXPECT_EQ(empty.format, DiskFormat::kEmpty);
    const Disk full = disk("/a.iso,raw,hdc:cdrom,rw");
    EXPECT_TRUE(full.cdrom);
    EXPECT_FALSE(full.writable);
    EXPECT_EQ(full.format, DiskFormat::kRaw);
    EXPECT_EQ(disk("vdev=hdc,devtype=cdrom"), empty);
}

TEST(DiskEntry, HasItsFlags) {
    const Disk d = disk(
        "vdev=xvda,direct-io-safe,no-discard,untrusted,backendtype=qdisk,"
        "specification=virtio,transport=mmio,grant_usage=0,script=s,backend=b,target=/a");
    EXPECT_TRUE(d.direct_io_safe);
    EXPECT_FALSE(d.discard);
    EXPECT_FALSE(d.trusted);
    EXPECT_EQ(d.backendtype, DiskBackend::kQdisk);
    EXPECT_TRUE(d.virtio);
    EXPECT_EQ(d.grant_usage, false);
    EXPECT_EQ(d.script, "s");
    EXPECT_EQ(d.backend, "b");
}

TEST(DiskEntry, RefusesWhatItCannotBe) {
    for (const char* bad :
         {"", "garbage", "/a,raw", "/a,raw,xvda,w,x", "/a,frob,xvda", "/a,raw,zzz", "/a,raw,xvda,x",
          "vdev=xvda", "/a,raw,xvda,format=vhd", "frob=1,vdev=xvda",
          "vdev=xvda,vdev=xvdb,target=/a", "vdev=xvda,devtype=tape,target=/a",
          "vdev=xvda,transport=pci,target=/a", "vdev=xvda,backendtype=x,target=/a"}) {
        EXPECT_FALSE(takes("disk", bad)) << bad;
    }
}

TEST(Vdev, HasItsNumber) {
    const std::map<std::string, std::uint32_t> known{
        {"xvda", 51712},        {"xvda1", 51713},      {"xvdp15", 51967}, {"xvdq", 0x10001000},
        {"xvda16", 0x10000010}, {"xvdaa", 0x10001A00}, {"hda", 768},      {"hdb", 832},
        {"hdc", 5632},          {"hdd1", 5697},        {"sda", 2048},     {"sdp15", 2303},
        {"d0p0", 51712},        {"d16p0", 0x10001000}, {"768", 768},      {"0xCA00", 51712}};
    for (const auto& [name, number] : known) EXPECT_EQ(vdev_number(name), number) << name;
}

TEST(Vdev, RefusesOthers) {
    for (const char* bad : {"", "xvd", "xvda256", "xvda01", "xvda0", "xvda-1", "hde", "hda64",
                            "sdq", "sda16", "d0", "d0p256", "d1048576p0", "dp", "-1", "4294967296",
                            "vda", "xvdaaaaaaaaaaaaaaaa", "xvda 1"}) {
        EXPECT_EQ(vdev_number(bad), std::nullopt) << bad;
    }
}

TEST(OtherDevices, AreKeptAsWritten) {
    const DomainConfig config =
        accepted("vkb = [ 'backend-type=linux,unique-id=1' ]\npci = [ '01:00.0', '02:00.*' ]");
    ASSERT_EQ(config.other_devices.size(), 3U);
    EXPECT_EQ(config.other_devices[0], (OtherDevice{"vkb", "backend-type=linux,unique-id=1"}));
    EXPECT_EQ(config.other_devices[2], (OtherDevice{"pci", "02:00.*"}));
}

TEST(OtherDevices, InListsHaveOnlyWhatBothFormsCanSay) {
    const auto toml = [](const std::string& lines) {
        return parse({.name = "t.toml", .text = std::string{kNeeded} + lines}, Form::kToml);
    };
    EXPECT_TRUE(toml("vtpm = [['a', ['b', 1]]]").config);
    EXPECT_FALSE(toml("vtpm = [[{a = 1}]]").config);
    EXPECT_FALSE(toml("vtpm = [[true]]").config);
    EXPECT_FALSE(parse_with("vtpm = [ [ 'a\\xff' ] ]").config);
    const auto nested = [](std::size_t depth) {
        return "vtpm = " + std::string(depth, '[') + "'x'" + std::string(depth, ']');
    };
    EXPECT_TRUE(toml(nested(16)).config);
    EXPECT_EQ(summary(toml(nested(17))), "error 4:24+5 lists nest at most 16 deep\n");
}

}  // namespace
}  // namespace zeroth::config
