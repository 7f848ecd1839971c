// SPDX-License-Identifier: Apache-2.0
// An arm64 Image (Linux's Documentation/arm64/booting.rst): entered at its first byte with the
// device tree's address in x0, MMU off, interrupts masked.

    .section .head, "ax"
    .globl _start
_start:
    b       entry                   // code0
    .long   0                       // code1
    .quad   0                       // text_offset
    .quad   _image_size             // BSS and stack with it
    .quad   0xa                     // flags: little endian, 4 KiB pages, anywhere in memory
    .quad   0, 0, 0
    .ascii  "ARM\x64"
    .long   0

entry:
    mov     x19, x0
    adrp    x1, _stack_end
    add     x1, x1, :lo12:_stack_end
    mov     sp, x1
    adrp    x1, _bss_start
    add     x1, x1, :lo12:_bss_start
    adrp    x2, _bss_end
    add     x2, x2, :lo12:_bss_end
1:  cmp     x1, x2
    b.hs    2f
    str     xzr, [x1], #8
    b       1b
2:  adr     x0, _start
    bl      rtos_relocate
    adrp    x1, vectors
    add     x1, x1, :lo12:vectors
    msr     vbar_el1, x1
    isb
    mov     x0, x19
    bl      rtos_main
3:  wfi
    b       3b

    .macro  fatal, kind
    .balign 0x80
    mov     x0, #\kind
    b       die
    .endm

    .section .text
    .balign 0x800
vectors:
    fatal   0                       // with SP_EL0, which is never used
    fatal   1
    fatal   2
    fatal   3
    fatal   4                       // synchronous exception
    .balign 0x80
    b       interrupt
    fatal   6
    fatal   7
    fatal   8                       // from EL0, where nothing runs
    fatal   9
    fatal   10
    fatal   11
    fatal   12
    fatal   13
    fatal   14
    fatal   15

    .balign 0x80
die:                                // kind, syndrome, where, which address
    mrs     x1, esr_el1
    mrs     x2, elr_el1
    mrs     x3, far_el1
    bl      rtos_exception
4:  wfi
    b       4b

interrupt:                          // what a C++ function may change, and where to go back to
    stp     x0, x1, [sp, #-192]!
    stp     x2, x3, [sp, #16]
    stp     x4, x5, [sp, #32]
    stp     x6, x7, [sp, #48]
    stp     x8, x9, [sp, #64]
    stp     x10, x11, [sp, #80]
    stp     x12, x13, [sp, #96]
    stp     x14, x15, [sp, #112]
    stp     x16, x17, [sp, #128]
    stp     x18, x30, [sp, #144]
    mrs     x0, elr_el1
    mrs     x1, spsr_el1
    stp     x0, x1, [sp, #160]
    bl      rtos_interrupt
    ldp     x0, x1, [sp, #160]
    msr     elr_el1, x0
    msr     spsr_el1, x1
    ldp     x2, x3, [sp, #16]
    ldp     x4, x5, [sp, #32]
    ldp     x6, x7, [sp, #48]
    ldp     x8, x9, [sp, #64]
    ldp     x10, x11, [sp, #80]
    ldp     x12, x13, [sp, #96]
    ldp     x14, x15, [sp, #112]
    ldp     x16, x17, [sp, #128]
    ldp     x18, x30, [sp, #144]
    ldp     x0, x1, [sp], #192
    eret
