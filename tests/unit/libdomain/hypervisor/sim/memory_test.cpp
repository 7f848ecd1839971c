// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "libdomain/hypervisor/guest_writer.hpp"
#include "libdomain/hypervisor/sim/backing.hpp"
#include "tests/unit/libdomain/hypervisor/sim/simulated.hpp"

namespace zeroth::hyper {
namespace {

constexpr GuestFrame kRam{0x40000};

std::size_t count_of(const sim::Machine& machine, std::string_view operation) {
    const auto lines = machine.transcript();
    return static_cast<std::size_t>(std::ranges::count_if(
        lines, [&](const auto& line) { return line.starts_with(operation); }));
}

TEST(Memory, AMachineLargerThanAnyAddressSpaceIsRefused) {
    const auto backing = sim::Backing::create(std::uint64_t{1} << 52);
    ASSERT_FALSE(backing);
    EXPECT_TRUE(backing.error().is(ENOMEM));
    EXPECT_FALSE(backing.error().hint().empty());
}

TEST(Memory, ManyExtentsAreSplitIntoCalls) {
    Simulated sim;
    const auto id = sim.domain();
    ASSERT_TRUE(sim.xen->set_max_mem(id, mib(100)));
    sim.machine->clear_transcript();
    EXPECT_EQ(sim.xen->populate_physmap(id, kRam, 20000, 0), 20000U);
    EXPECT_EQ(count_of(*sim.machine, "XENMEM_populate_physmap"), 3U);
    EXPECT_EQ(sim.xen->domain(id)->tot_pages, 20000U);
}

TEST(Memory, APopulateThatStopsTellsHowFarItCame) {
    Simulated sim;
    const auto id = sim.domain();
    ASSERT_TRUE(sim.xen->set_max_mem(id, mib(40)));
    EXPECT_EQ(sim.xen->populate_physmap(id, kRam, 30000, 0), 10240U);
}

TEST(Memory, ExtentsThatXenDoesNotHaveAreNotGiven) {
    sim::SimOptions options;
    options.largest_order = 9;
    Simulated sim{options};
    const auto id = sim.domain();
    ASSERT_TRUE(sim.xen->set_max_mem(id, mib(2048)));
    EXPECT_EQ(sim.xen->populate_physmap(id, kRam, 1, 18), 0U);
    EXPECT_EQ(sim.xen->populate_physmap(id, kRam, 512, 9), 512U);
}

TEST(Memory, RunsOutWhenTheHostDoes) {
    sim::SimOptions options;
    options.memory = mib(256);
    options.dom0_memory = mib(64);
    Simulated sim{options};
    const auto id = sim.domain();
    ASSERT_TRUE(sim.xen->set_max_mem(id, mib(1024)));
    const auto before = sim.machine->free_pages();
    const auto given = sim.xen->populate_physmap(id, kRam, 512, 9);
    ASSERT_TRUE(given);
    EXPECT_GE(*given * 512 + 512, before / 512 * 512 - 512);
    EXPECT_LT(*given, 100U);
    ASSERT_TRUE(sim.xen->destroy_domain(id));
    EXPECT_GT(sim.machine->free_pages(), before);
}

TEST(Memory, PageTablesComeOutOfThePool) {
    Simulated sim;
    const auto id = sim.domain();
    // 16 pages are the least that Xen gives; a table per GiB and one per 2 MiB are needed.
    ASSERT_TRUE(sim.xen->set_paging_mempool(id, Bytes{3 * kPageSize}));
    EXPECT_EQ(sim.xen->populate_physmap(id, kRam, 1, 0), 1U);
    EXPECT_EQ(sim.xen->populate_physmap(id, kRam + 512, 1, 0), 1U);
    EXPECT_EQ(sim.xen->populate_physmap(id, kRam + 1024, 1, 0), 0U);
    EXPECT_TRUE(sim.xen->set_paging_mempool(id, Bytes{kPageSize}).error().is(ENOMEM));
    ASSERT_TRUE(sim.xen->set_paging_mempool(id, Bytes{8 * kPageSize}));
    EXPECT_EQ(sim.xen->populate_physmap(id, kRam + 1024, 1, 0), 1U);
}

TEST(Memory, CacheFlushIsSplitAsXenWantsIt) {
    Simulated sim;
    const auto id = sim.domain();
    sim.machine->clear_transcript();
    EXPECT_TRUE(sim.xen->cache_flush(id, kRam, 3U << 18));
    EXPECT_EQ(count_of(*sim.machine, "XEN_DOMCTL_cacheflush"), 3U);
    sim.machine->clear_transcript();
    EXPECT_TRUE(sim.xen->cache_flush(id, kRam, 0));
    EXPECT_TRUE(sim.machine->transcript().empty());
}

TEST(Memory, DeviceFramesAreMappedInPieces) {
    Simulated sim;
    const auto id = sim.domain();
    ASSERT_TRUE(sim.xen->iomem_permission(id, MachineFrame{0x9000}, 200, true));
    sim.machine->clear_transcript();
    EXPECT_TRUE(sim.xen->memory_mapping(id, GuestFrame{0x8000}, MachineFrame{0x9000}, 200, true));
    EXPECT_EQ(count_of(*sim.machine, "XEN_DOMCTL_memory_mapping"), 4U);
}

TEST(Memory, ADeviceIsMappedWhollyOrNotAtAll) {
    Simulated sim;
    const auto id = sim.domain();
    ASSERT_TRUE(sim.xen->iomem_permission(id, MachineFrame{0x9000}, 100, true));
    sim.machine->clear_transcript();
    const auto mapped =
        sim.xen->memory_mapping(id, GuestFrame{0x8000}, MachineFrame{0x9000}, 128, true);
    ASSERT_FALSE(mapped);
    EXPECT_TRUE(mapped.error().is(EPERM));
    const auto lines = sim.machine->transcript();
    ASSERT_EQ(lines.size(), 3U);  // 64 mapped, 64 refused, 64 taken back
    EXPECT_EQ(lines[1], "XEN_DOMCTL_memory_mapping domain 1 failed: Operation not permitted");
    EXPECT_EQ(lines[2], "XEN_DOMCTL_memory_mapping domain 1");
}

TEST(Memory, ATooLargePieceIsHalved) {
    Simulated sim;
    const auto id = sim.domain();
    ASSERT_TRUE(sim.xen->iomem_permission(id, MachineFrame{0x9000}, 64, true));
    sim.machine->clear_transcript();
    sim.machine->fail_nth_call(2, E2BIG);  // the first is its buffer
    EXPECT_TRUE(sim.xen->memory_mapping(id, GuestFrame{0x8000}, MachineFrame{0x9000}, 64, true));
    EXPECT_EQ(count_of(*sim.machine, "XEN_DOMCTL_memory_mapping"), 3U);
}

TEST(Memory, AGuestSeesWhatAMappingWrites) {
    Simulated sim;
    const auto id = sim.domain();
    ASSERT_EQ(sim.xen->populate_physmap(id, kRam, 2, 0), 2U);
    {
        const std::array frames{kRam + 1, kRam};
        auto mapping = sim.xen->seam().map(id, frames);
        ASSERT_TRUE(mapping);
        std::memcpy(mapping->bytes().data() + kPageSize - 2, "abcd", 4);
    }
    EXPECT_EQ(sim.machine->live_mappings(), 0U);
    std::array<std::byte, 2> end{}, begin{};
    ASSERT_TRUE(sim.machine->read_guest(id, address_of(kRam + 1) + (kPageSize - 2), end));
    ASSERT_TRUE(sim.machine->read_guest(id, address_of(kRam), begin));
    EXPECT_EQ(end[0], std::byte{'a'});
    EXPECT_EQ(begin[1], std::byte{'d'});
    EXPECT_FALSE(sim.machine->read_guest(id, address_of(kRam + 2), begin));
}

TEST(Memory, FreedMemoryIsCleanWhenItIsGivenAgain) {
    Simulated sim;
    const auto first = sim.domain();
    ASSERT_EQ(sim.xen->populate_physmap(first, kRam, 1, 9), 1U);
    const std::array<std::byte, 3> secret{std::byte{1}, std::byte{2}, std::byte{3}};
    ASSERT_TRUE(sim.machine->write_guest(first, address_of(kRam), secret));
    ASSERT_TRUE(sim.xen->destroy_domain(first));
    const auto second = sim.domain();
    ASSERT_EQ(sim.xen->populate_physmap(second, kRam, 1, 9), 1U);
    std::array<std::byte, 3> seen{};
    ASSERT_TRUE(sim.machine->read_guest(second, address_of(kRam), seen));
    EXPECT_EQ(seen, (std::array<std::byte, 3>{}));
}

TEST(GuestWriter, WritesMoreThanItsTableHasEntries) {
    Simulated sim;
    const auto id = sim.domain();
    ASSERT_EQ(sim.xen->populate_physmap(id, kRam, 6, 9), 6U);
    auto grants = *sim.machine->grant_table();
    std::vector<std::byte> bytes(5 << 20);
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = std::byte(i % 253);
    {
        auto writer = GuestWriter::create(sim.xen->seam(), *grants, id);
        ASSERT_TRUE(writer);
        ASSERT_TRUE(writer->write(address_of(kRam) + 123, bytes));
        EXPECT_EQ(count_of(*sim.machine, "grant_copy"), 3U);
        EXPECT_FALSE(writer->write(address_of(kRam + 6 * 512), bytes));
    }
    std::vector<std::byte> seen(bytes.size());
    ASSERT_TRUE(sim.machine->read_guest(id, address_of(kRam) + 123, seen));
    EXPECT_EQ(seen, bytes);
    EXPECT_EQ(sim.machine->live_mappings(), 0U);
    EXPECT_FALSE(grants->map(id, GrantRef{8}));
}

}  // namespace
}  // namespace zeroth::hyper
