// SPDX-License-Identifier: Apache-2.0
// An arm32 zImage that is not compressed (Linux's Documentation/arm/booting.rst): entered at its
// first byte in SVC mode with the device tree's address in r2, MMU off, interrupts masked.

    .syntax unified
    .arm
    .section .head, "ax"
    .globl _start
_start:
    .rept   8
    mov     r0, r0
    .endr
    b       entry
    .word   0x016f2818              // "this is a zImage"
    .word   0                       // its start: anywhere
    .word   _image_size             // its end, BSS and stack with it

    .macro  address, register, symbol   // by its distance from here
    movw    \register, #:lower16:\symbol - .Lhere\@
    movt    \register, #:upper16:\symbol - .Lhere\@
    .set    .Lhere\@, . + 8
    add     \register, \register, pc
    .endm

entry:
    mov     r8, r2
    address r1, _stack_end
    mov     sp, r1
    address r1, _bss_start
    address r2, _bss_end
    mov     r3, #0
1:  cmp     r1, r2
    strlo   r3, [r1], #4
    blo     1b
    adr     r0, _start
    bl      rtos_relocate
    address r1, vectors
    mcr     p15, 0, r1, c12, c0, 0  // VBAR
    isb
    mov     r0, r8
    bl      rtos_main
2:  wfi
    b       2b

    .section .text
    .balign 32
vectors:
    b       .                       // reset: never
    b       undefined
    b       call
    b       prefetch
    b       data
    b       .                       // only in Hyp mode
    b       interrupt
    b       .                       // FIQ: never enabled

undefined:
    mov     r0, #1
    b       die
call:
    mov     r0, #2
    b       die
prefetch:
    mov     r0, #3
    mrc     p15, 0, r1, c5, c0, 1   // IFSR
    mrc     p15, 0, r3, c6, c0, 2   // IFAR
    b       die_in_svc
data:
    mov     r0, #4
    mrc     p15, 0, r1, c5, c0, 0   // DFSR
    mrc     p15, 0, r3, c6, c0, 0   // DFAR
    b       die_in_svc
die:
    mov     r1, #0
    mov     r3, #0
die_in_svc:                         // kind, syndrome, where, which address
    mov     r2, lr
    cps     #0x13
    bic     sp, sp, #7
    bl      rtos_exception
3:  wfi
    b       3b

interrupt:                          // handled on SVC mode's stack
    sub     lr, lr, #4
    srsdb   sp!, #0x13
    cps     #0x13
    push    {r0-r4, r12, lr}
    mov     r4, sp
    bic     sp, sp, #7
    bl      rtos_interrupt
    mov     sp, r4
    pop     {r0-r4, r12, lr}
    rfeia   sp!
