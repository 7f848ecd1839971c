// SPDX-License-Identifier: Apache-2.0
#include "libdomain/hypervisor/abi/layouts.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cerrno>

#include "libdomain/hypervisor/abi/numbers.hpp"

namespace zeroth::xenabi {
namespace {

const Layouts& release(std::uint32_t minor) { return all_layouts()[minor - 17]; }

TEST(Layouts, InterfaceVersionDecides) {
    EXPECT_EQ(find_layouts(17, 0x15)->release, "4.17");
    EXPECT_EQ(find_layouts(18, 0x16)->release, "4.18");
    EXPECT_EQ(find_layouts(22, 0x18)->release, "4.22");
    EXPECT_EQ(find_layouts(17, 0x14), nullptr);
    EXPECT_EQ(find_layouts(23, 0x19), nullptr);
}

TEST(Layouts, ReleasesThatShareAVersionAreToldApartByXensOwn) {
    EXPECT_EQ(find_layouts(19, 0x17)->release, "4.19");
    EXPECT_EQ(find_layouts(20, 0x17)->release, "4.20");
    EXPECT_EQ(find_layouts(21, 0x17)->release, "4.21");
    EXPECT_EQ(release(20).create_domain_size, 72U);
    EXPECT_EQ(release(21).create_domain_size, 76U);
}

TEST(Layouts, ALaterReleaseOfAKnownVersionIsServedByTheNewestRow) {
    EXPECT_EQ(find_layouts(23, 0x18)->release, "4.22");
    // A development tree may still call itself by the release before.
    EXPECT_EQ(find_layouts(21, 0x18)->release, "4.22");
}

TEST(Layouts, KnownVersionsAreListed) {
    EXPECT_EQ(known_domctl_versions(),
              "0x15 (Xen 4.17), 0x16 (Xen 4.18), 0x17 (Xen 4.19 to 4.21), 0x18 (Xen 4.22)");
}

TEST(Layouts, EveryReleaseReadsBackWhatItWrites) {
    hyper::DomainSpec spec;
    spec.ssidref = 7;
    spec.handle = Uuid::random();
    spec.iommu = spec.vpmu = true;
    spec.max_vcpus = 3;
    spec.max_evtchn_port = 500;
    spec.max_grant_frames = 12;
    spec.cpupool = CpupoolId{2};
    spec.gic = hyper::DomainSpec::Gic::kV3;
    spec.tee_type = 1;
    spec.nr_spis = 40;
    for (const auto& layouts : all_layouts()) {
        const auto from = to_create_domain(spec, layouts);
        ASSERT_TRUE(from);
        std::array<std::byte, kDomctlBodySize> bytes{};
        layouts.encode_create_domain(*from, bytes);
        const auto to = layouts.decode_create_domain(bytes);
        EXPECT_EQ(to.ssidref, 7U) << layouts.release;
        EXPECT_EQ(to.handle, spec.handle.bytes);
        EXPECT_EQ(to.flags & ~cdf::kTrapUnmappedAccesses,
                  cdf::kHvm | cdf::kHap | cdf::kIommu | cdf::kVpmu);
        EXPECT_EQ(to.max_vcpus, 3U);
        EXPECT_EQ(to.max_evtchn_port, 500U);
        EXPECT_EQ(to.max_grant_frames, 12U);
        EXPECT_EQ(to.max_maptrack_frames, 0xffffffffU);
        EXPECT_EQ(to.cpupool_id, 2U);
        EXPECT_EQ(to.arch.gic_version, 2U);
        EXPECT_EQ(to.arch.tee_type, 1U);
        EXPECT_EQ(to.arch.nr_spis, 40U);
    }
}

TEST(Layouts, SveSitsInTheSecondByteOfArch) {
    hyper::DomainSpec spec;
    spec.sve_vl = 4;
    std::array<std::byte, kDomctlBodySize> bytes{};
    release(18).encode_create_domain(*to_create_domain(spec, release(18)), bytes);
    EXPECT_EQ(bytes[57], std::byte{4});
    bytes.fill(std::byte{0});
    release(19).encode_create_domain(*to_create_domain(spec, release(19)), bytes);
    EXPECT_EQ(bytes[61], std::byte{4});
}

TEST(Layouts, UnmappedAccessesAreTrappedByFlagFrom421) {
    hyper::DomainSpec spec;
    EXPECT_EQ(to_create_domain(spec, release(20))->flags, 3U);
    EXPECT_EQ(to_create_domain(spec, release(21))->flags, 0x103U);
    spec.trap_unmapped_accesses = true;
    EXPECT_EQ(to_create_domain(spec, release(17))->flags, 3U);
    spec.trap_unmapped_accesses = false;
    EXPECT_EQ(to_create_domain(spec, release(22))->flags, 3U);
    EXPECT_EQ(to_create_domain(spec, release(20)).error().text(),
              "leaving unmapped accesses untrapped needs Xen 4.21 or later; this is 4.20");
}

struct Lack {
    void (*want)(hyper::DomainSpec&);
    std::uint32_t since;
    std::string_view text;
};

class Lacking : public ::testing::TestWithParam<Lack> {};

TEST_P(Lacking, IsRefusedByNameUntilItIsThere) {
    hyper::DomainSpec spec;
    GetParam().want(spec);
    for (const auto& layouts : all_layouts()) {
        const auto result = to_create_domain(spec, layouts);
        EXPECT_EQ(result.has_value(), layouts.minor >= GetParam().since) << layouts.release;
        if (result || layouts.minor != 17) continue;
        EXPECT_EQ(result.error().text(), GetParam().text);
        EXPECT_TRUE(result.error().is(EOPNOTSUPP));
    }
}

INSTANTIATE_TEST_SUITE_P(
    Features, Lacking,
    ::testing::Values(Lack{[](auto& spec) { spec.sve_vl = 1; }, 18,
                           "SVE needs Xen 4.18 or later; this is 4.17"},
                      Lack{[](auto& spec) { spec.tee_type = 2; }, 18,
                           "FF-A needs Xen 4.18 or later; this is 4.17"},
                      Lack{[](auto& spec) { spec.xs_domain = true; }, 21,
                           "a XenStore domain needs Xen 4.21 or later; this is 4.17"},
                      Lack{[](auto& spec) { spec.arm_sci_type = 1; }, 21,
                           "SCMI needs Xen 4.21 or later; this is 4.17"}));

}  // namespace
}  // namespace zeroth::xenabi
