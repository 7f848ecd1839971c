// SPDX-License-Identifier: Apache-2.0
#include "tests/guests/rtos/gic.hpp"

#include "tests/guests/rtos/cpu.hpp"
#include "tests/guests/rtos/panic.hpp"

// ARM Generic Interrupt Controller Architecture Specification, versions 2 and 3.
namespace zeroth::rtos {
namespace {

// Registers of the distributor; in version 3 those of private interrupts stand at the same places
// of the redistributor's second frame.
constexpr std::uintptr_t kControl = 0, kGroup = 0x80, kEnable = 0x100, kPriority = 0x400,
                         kTarget = 0x800, kRoute = 0x6000;
constexpr std::uint32_t kEnableV2 = 1, kEnableV3 = 1U << 4 | 1U << 1;  // with affinity routing
constexpr std::uintptr_t kRedistributorWaker = 0x14, kRedistributorPrivate = 0x10000;
constexpr std::uint32_t kProcessorSleep = 1U << 1, kChildrenAsleep = 1U << 2;
// Registers of version 2's interface to a CPU.
constexpr std::uintptr_t kCpuControl = 0, kCpuPriorityMask = 4, kCpuAcknowledge = 0xC,
                         kCpuEnd = 0x10;

std::uintptr_t address(const Tree::Device& device, std::size_t index) {
    return static_cast<std::uintptr_t>(device.regions[index].start);
}

/// An interrupt's byte in a register of four.
void write_byte(std::uintptr_t registers, std::uint32_t interrupt, std::uint32_t value) {
    const auto place = registers + (interrupt & ~3U);
    const auto shift = interrupt % 4 * 8;
    cpu::write32(place, (cpu::read32(place) & ~(0xFFU << shift)) | value << shift);
}

}  // namespace

void Gic::open_private(std::uintptr_t registers) const {
    constexpr std::uint32_t kBits = 1U << kTimerInterrupt | 1U << kEventInterrupt;
    for (const auto interrupt : {kTimerInterrupt, kEventInterrupt})
        write_byte(registers + kPriority, interrupt, 0x80);
    if (version_ == 3) cpu::write32(registers + kGroup, 0xFFFFFFFF);
    cpu::write32(registers + kEnable, kBits);
}

void Gic::open_shared(std::uint32_t interrupt) const {
    const auto word = interrupt / 32 * 4, bit = 1U << interrupt % 32;
    write_byte(distributor_ + kPriority, interrupt, 0x80);
    if (version_ == 3) {
        cpu::write32(distributor_ + kGroup + word, cpu::read32(distributor_ + kGroup + word) | bit);
        cpu::write32(distributor_ + kRoute + interrupt * 8, 0);
        cpu::write32(distributor_ + kRoute + interrupt * 8 + 4, 0);
    } else {
        write_byte(distributor_ + kTarget, interrupt, 1);
    }
    cpu::write32(distributor_ + kEnable + word, bit);
}

void Gic::open(const Tree& tree) {
    if (const auto v3 = tree.find("arm,gic-v3"); v3 && v3->count >= 2) {
        version_ = 3;
        distributor_ = address(*v3, 0);
        cpu::write32(distributor_ + kControl, kEnableV3);
        const auto redistributor = address(*v3, 1);  // that of the first CPU comes first
        const auto waker = redistributor + kRedistributorWaker;
        cpu::write32(waker, cpu::read32(waker) & ~kProcessorSleep);
        while ((cpu::read32(waker) & kChildrenAsleep) != 0) cpu::barrier();
        open_private(redistributor + kRedistributorPrivate);
        cpu::open_gic_v3();
    } else if (const auto v2 = tree.find("arm,cortex-a15-gic"); v2 && v2->count >= 2) {
        version_ = 2;
        distributor_ = address(*v2, 0);
        cpu_interface_ = address(*v2, 1);
        cpu::write32(distributor_ + kControl, kEnableV2);
        open_private(distributor_);
        cpu::write32(cpu_interface_ + kCpuPriorityMask, 0xFF);
        cpu::write32(cpu_interface_ + kCpuControl, 1);
    } else {
        panic("the device tree has no interrupt controller of a kind that is known here");
    }
}

std::uint32_t Gic::acknowledge() const {
    const auto raised =
        version_ == 3 ? cpu::acknowledge_gic_v3() : cpu::read32(cpu_interface_ + kCpuAcknowledge);
    return raised & 0x3FF;
}

void Gic::end(std::uint32_t interrupt) const {
    if (version_ == 3)
        cpu::end_gic_v3(interrupt);
    else
        cpu::write32(cpu_interface_ + kCpuEnd, interrupt);
}

}  // namespace zeroth::rtos
