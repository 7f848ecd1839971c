// SPDX-License-Identifier: Apache-2.0
// The smallest useful guest: an arm64 Image that writes one line to its PV console and then sleeps for
// ever. It runs as it is entered, with the MMU off, so whatever it shares with others is cleaned
// from (and dropped out of) the caches by hand.

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

    .section .text
    .globl _start
_start:
    b       main                    // code0
    .long   0                       // code1
    .quad   0                       // text_offset
    .quad   image_size              // image_size
    .quad   0xa                     // flags: little endian, 4 KiB pages, anywhere in memory
    .quad   0, 0, 0
    .ascii  "ARM\x64"
    .long   0

// x0: HVM param; gives its value in x0
get_param:
    adr     x1, param
    str     w0, [x1, #4]
    str     xzr, [x1, #8]
    dc      civac, x1
    dsb     sy
    mov     x0, #HVMOP_get_param
    mov     x16, #HYPERVISOR_hvm_op
    hvc     #0xea1
    adr     x1, param
    dc      civac, x1
    dsb     sy
    ldr     x0, [x1, #8]
    ret

main:
    mov     w0, #HVM_PARAM_CONSOLE_EVTCHN
    bl      get_param
    adr     x1, port
    str     w0, [x1]
    dc      civac, x1
    mov     w0, #HVM_PARAM_CONSOLE_PFN
    bl      get_param
    cbz     x0, sleep               // no console: nothing to say

    lsl     x2, x0, #12             // the ring
    add     x3, x2, #RING_OUT
    ldr     w4, [x2, #RING_OUT_PROD]
    adr     x5, line
1:  ldrb    w6, [x5], #1
    cbz     w6, 2f
    and     w7, w4, #(RING_OUT_SIZE - 1)
    strb    w6, [x3, w7, uxtw]
    add     w4, w4, #1
    b       1b
2:  dmb     sy                      // the text before the index that shows it
    str     w4, [x2, #RING_OUT_PROD]
    dsb     sy

    mov     x0, #EVTCHNOP_send
    adr     x1, port
    mov     x16, #HYPERVISOR_event_channel_op
    hvc     #0xea1

sleep:
    wfi
    b       sleep

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
