// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "core/cursor.hpp"
#include "libdomain/image/contents.hpp"
#include "libdomain/image/formats.hpp"

// ELF files are placed by their physical addresses, as loaders without an MMU do; the entry point
// is a virtual address and is translated by the segment that holds it.
namespace zeroth::image {
namespace {

using Head = std::span<const std::byte>;

constexpr std::uint16_t kMachineArm = 40, kMachineArm64 = 183;
constexpr std::uint32_t kLoad = 1;
constexpr std::size_t kMostSegments = 64;

struct ElfHeader {
    bool wide = false;
    std::uint64_t entry = 0, table = 0;
    std::uint16_t type = 0, machine = 0, entry_size = 0, entries = 0;
};

struct ProgramHeader {
    std::uint32_t type = 0;
    std::uint64_t offset = 0, virtual_address = 0, address = 0, size = 0, memory_size = 0;
};

std::unexpected<Error> damaged(std::string what) {
    return fail(Error::message(EINVAL, "the ELF file is damaged: " + std::move(what)));
}

Result<ElfHeader> read_header(Head head) {
    ByteReader reader{head};
    reader.skip(4);
    ElfHeader elf;
    const auto bits = reader.little<std::uint8_t>();
    const auto order = reader.little<std::uint8_t>();
    reader.skip(10);
    if (reader.ok() && order != 1) return fail(not_a_kernel(head));
    elf.wide = bits == 2;
    const auto word = [&] {
        return elf.wide ? reader.little<std::uint64_t>() : reader.little<std::uint32_t>();
    };
    elf.type = reader.little<std::uint16_t>();
    elf.machine = reader.little<std::uint16_t>();
    reader.skip(4);
    elf.entry = word();
    elf.table = word();
    word();
    reader.skip(6);
    elf.entry_size = reader.little<std::uint16_t>();
    elf.entries = reader.little<std::uint16_t>();
    if (!reader.ok()) return damaged("it ends within its header");
    if (bits != 1 && bits != 2) return damaged(fmt::format("its class is {}", bits));
    const auto wanted = elf.wide ? kMachineArm64 : kMachineArm;
    if (elf.machine != wanted) return fail(not_a_kernel(head));
    constexpr std::uint16_t kExecutable = 2, kShared = 3;
    if (elf.type != kExecutable && elf.type != kShared)
        return fail(Error::message(
            EINVAL, fmt::format("this is an ELF file of type {}, not an executable", elf.type)));
    return elf;
}

Result<ProgramHeader> read_program_header(Head head, const ElfHeader& elf, std::size_t index) {
    ByteReader reader{head};
    reader.skip(static_cast<std::size_t>(elf.table) + index * elf.entry_size);
    ProgramHeader program;
    program.type = reader.little<std::uint32_t>();
    if (elf.wide) reader.skip(4);
    const auto word = [&] {
        return elf.wide ? reader.little<std::uint64_t>() : reader.little<std::uint32_t>();
    };
    program.offset = word();
    program.virtual_address = word();
    program.address = word();
    program.size = word();
    program.memory_size = word();
    if (!reader.ok())
        return damaged(
            fmt::format("program header {} is not within its first {} bytes", index, head.size()));
    return program;
}

Result<> check_segment(const ProgramHeader& program, std::size_t index, std::uint64_t total) {
    if (program.size > program.memory_size)
        return damaged(fmt::format("segment {} has {:#x} bytes in the file and {:#x} in memory",
                                   index, program.size, program.memory_size));
    if (program.offset > total || program.size > total - program.offset)
        return damaged(
            fmt::format("segment {} ({:#x} bytes at {:#x}) goes beyond the file's {:#x} "
                        "bytes: is it truncated?",
                        index, program.size, program.offset, total));
    if (program.memory_size > kLargestImage)
        return damaged(
            fmt::format("segment {} claims {:#x} bytes of memory", index, program.memory_size));
    if (program.address > ~std::uint64_t{0} - program.memory_size ||
        program.virtual_address > ~std::uint64_t{0} - program.memory_size)
        return damaged(fmt::format("segment {} wraps around the end of the address space", index));
    return {};
}

Result<> check_overlaps(std::vector<Segment>& segments) {
    std::ranges::sort(segments, {}, &Segment::address);
    for (std::size_t i = 1; i < segments.size(); ++i) {
        const auto& before = segments[i - 1];
        if (before.address.raw() + before.memory_size > segments[i].address.raw())
            return damaged(
                fmt::format("segments overlap in memory at {:#x}", segments[i].address.raw()));
    }
    // In the file's order, so that one pass over it fills them all.
    std::ranges::sort(segments, {}, [](const Segment& segment) {
        return std::pair{segment.offset, segment.size};
    });
    for (std::size_t i = 1; i < segments.size(); ++i) {
        const auto& before = segments[i - 1];
        if (before.offset + before.size > segments[i].offset)
            return damaged(
                fmt::format("segments overlap in the file at {:#x}", segments[i].offset));
    }
    return {};
}

std::optional<GuestAddress> translate(std::uint64_t entry, const ProgramHeader& program) {
    if (entry < program.virtual_address || entry - program.virtual_address >= program.memory_size)
        return std::nullopt;
    return GuestAddress{program.address + (entry - program.virtual_address)};
}

}  // namespace

Result<std::optional<KernelFacts>> probe_elf(Head head, std::uint64_t total) {
    ByteReader magic{head};
    if (magic.big<std::uint32_t>() != 0x7F454C46) return std::nullopt;
    ZEROTH_TRY(const auto elf, read_header(head));
    if (elf.entries == 0) return damaged("it has no program headers, so nothing says what to load");
    if (elf.entries > kMostSegments)
        return damaged(fmt::format("it has {} program headers; at most {} are taken", elf.entries,
                                   kMostSegments));
    if (elf.entry_size < (elf.wide ? 56 : 32))
        return damaged(fmt::format("its program headers have {} bytes each", elf.entry_size));
    if (elf.table > head.size()) return damaged("its program headers are not at its beginning");
    KernelFacts facts;
    facts.format = Format::kElf;
    facts.width = elf.wide ? Width::k64 : Width::k32;
    for (std::size_t i = 0; i < elf.entries; ++i) {
        ZEROTH_TRY(const auto program, read_program_header(head, elf, i));
        if (program.type != kLoad || program.memory_size == 0) continue;
        ZEROTH_CHECK(check_segment(program, i, total));
        if (!facts.entry) facts.entry = translate(elf.entry, program);
        facts.segments.push_back({.offset = program.size == 0 ? 0 : program.offset,
                                  .size = program.size,
                                  .memory_size = program.memory_size,
                                  .address = GuestAddress{program.address}});
    }
    if (facts.segments.empty()) return damaged("it has no segment to load");
    ZEROTH_CHECK(check_overlaps(facts.segments));
    if (!facts.entry)
        return damaged(fmt::format("its entry point {:#x} lies in no segment", elf.entry));
    if (facts.entry->raw() % 4 != 0)
        return fail(Error::message(
            EINVAL, fmt::format("the ELF file's entry point {:#x} is not aligned to an ARM "
                                "instruction (Thumb code cannot be started)",
                                elf.entry)));
    return facts;
}

}  // namespace zeroth::image
