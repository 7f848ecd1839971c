// SPDX-License-Identifier: Apache-2.0
// The same for 32-bit ARM, as a zImage.

#define HYPERVISOR_event_channel_op 32
#define HYPERVISOR_hvm_op 34
#define HVMOP_get_param 1
#define HVM_PARAM_CONSOLE_PFN 17
#define HVM_PARAM_CONSOLE_EVTCHN 18
#define EVTCHNOP_send 4
#define DOMID_SELF 0x7ff0

// The console ring: in[1024], out[2048], then four indexes.
#define RING_OUT 1024
#define RING_OUT_SIZE 2048
#define RING_OUT_PROD 3084

    .arch   armv7-a
    .arch_extension virt
    .section .text
    .arm
    .globl _start
_start:
    .rept   8
    nop
    .endr
    b       main
    .long   0x016f2818              // zImage
    .long   0                       // start: anywhere
    .long   image_size              // end

// r0: HVM param; gives the low half of its value in r0
get_param:
    adr     r1, param
    str     r0, [r1, #4]
    mov     r2, #0
    str     r2, [r1, #8]
    str     r2, [r1, #12]
    mcr     p15, 0, r1, c7, c14, 1  // DCCIMVAC
    dsb
    mov     r0, #HVMOP_get_param
    mov     r12, #HYPERVISOR_hvm_op
    hvc     #0xea1
    adr     r1, param
    mcr     p15, 0, r1, c7, c14, 1
    dsb
    ldr     r0, [r1, #8]
    bx      lr

main:
    mov     r0, #HVM_PARAM_CONSOLE_EVTCHN
    bl      get_param
    adr     r1, port
    str     r0, [r1]
    mcr     p15, 0, r1, c7, c14, 1
    mov     r0, #HVM_PARAM_CONSOLE_PFN
    bl      get_param
    cmp     r0, #0
    beq     sleep                   // no console: nothing to say

    lsl     r2, r0, #12             // the ring
    add     r3, r2, #RING_OUT
    ldr     r8, =RING_OUT_PROD
    ldr     r4, [r2, r8]
    ldr     r9, =(RING_OUT_SIZE - 1)
    adr     r5, line
1:  ldrb    r6, [r5], #1
    cmp     r6, #0
    beq     2f
    and     r7, r4, r9
    strb    r6, [r3, r7]
    add     r4, r4, #1
    b       1b
2:  dmb                             // the text before the index that shows it
    str     r4, [r2, r8]
    dsb

    mov     r0, #EVTCHNOP_send
    adr     r1, port
    mov     r12, #HYPERVISOR_event_channel_op
    hvc     #0xea1

sleep:
    wfi
    b       sleep

    .ltorg
line:
    .asciz  "zeroth tiny guest is up\r\n"

    .balign 64                      // a cache line each for what Xen reads and writes
param:
    .hword  DOMID_SELF, 0
    .long   0
    .quad   0
    .balign 64
port:
    .long   0
    .balign 4096
    .set    image_size, . - _start
