// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <string>

#include "tests/golden/golden.hpp"
#include "tests/unit/libdomain/hypervisor/abi_describe.hpp"

namespace zeroth::testing {
namespace {

class AbiGolden : public ::testing::TestWithParam<xenabi::Layouts> {};

/// The files were made by compiling each release's own public headers for arm64, not from ours.
TEST_P(AbiGolden, LayoutsAreThoseOfTheReleasesOwnHeaders) {
    const auto& layouts = GetParam();
    expect_golden("xenabi/" + std::string{layouts.release} + ".txt", describe_layouts(layouts));
}

INSTANTIATE_TEST_SUITE_P(AllReleases, AbiGolden,
                         ::testing::ValuesIn(xenabi::all_layouts().begin(),
                                             xenabi::all_layouts().end()),
                         [](const auto& param) {
                             return "Xen4_" + std::to_string(param.param.minor);
                         });

}  // namespace
}  // namespace zeroth::testing
