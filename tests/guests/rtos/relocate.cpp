// SPDX-License-Identifier: Apache-2.0
#include <elf.h>

#include <cstdint>

// The image is linked for address 0. Code finds its data by distance; what is left are addresses
// that stand in data, and of these the linker keeps a list.

#ifdef __aarch64__
using Relocation = Elf64_Rela;
#else
using Relocation = Elf32_Rel;
#endif

extern "C" {
// Hidden, so that they are found by distance too, and not through a table of addresses.
[[gnu::visibility("hidden")]] extern const Relocation _relocations[], _relocations_end[];

void rtos_relocate(std::uintptr_t base) {
    for (const Relocation* each = _relocations; each != _relocations_end; ++each) {
        auto* place = reinterpret_cast<std::uintptr_t*>(base + each->r_offset);
#ifdef __aarch64__
        *place = base + static_cast<std::uintptr_t>(each->r_addend);
#else
        *place += base;
#endif
    }
}
}
