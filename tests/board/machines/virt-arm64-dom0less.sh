# SPDX-License-Identifier: Apache-2.0
# The same, with three guests that Xen itself makes at boot ("dom0less"), beside dom0: domU1 is Linux and
# domU2 the bare-metal real-time guest, both with XenStore (`xen,enhanced`); domU3 is the bare guest of one
# line, has none, and has the board's clock. Their serial ports come out on Xen's console.

# shellcheck source=tests/board/machines/virt-arm64.sh
. "$here/machines/virt-arm64.sh"

# dom0less_module TREE DOMAIN KIND ADDRESS FILE: a file that the boot loader has loaded for a domain
dom0less_module() {
    local tree=$1 module=/chosen/$2/module@${4#0x}
    fdtput -p -t s "$tree" "$module" compatible "multiboot,$3" multiboot,module
    fdtput -t x "$tree" "$module" reg "$4" "$(printf '%x' "$(stat -Lc %s "$5")")"
    [ $# -lt 6 ] || fdtput -t s "$tree" "$module" bootargs "$6"
    qemu_command+=(-device "loader,force-raw=on,addr=$4,file=$5")
}

# dom0less_domain TREE DOMAIN MIB: a guest of one vCPU with an emulated PL011
dom0less_domain() {
    fdtput -p -t s "$1" "/chosen/$2" compatible xen,domain
    fdtput "$1" "/chosen/$2" '#address-cells' 1
    fdtput "$1" "/chosen/$2" '#size-cells' 1
    fdtput "$1" "/chosen/$2" cpus 1
    fdtput "$1" "/chosen/$2" memory 0 $(($3 * 1024)) # KiB, in two cells
    fdtput "$1" "/chosen/$2" vpl011
}

# dom0less_device FILE NODE FRAME INTERRUPT: a partial device tree with a device of one page and one interrupt, as
# Xen's passthrough.txt has it
dom0less_device() {
    dtc -q -I dts -O dtb -o "$1" <<DTS
/dts-v1/;
/ {
    #address-cells = <2>;
    #size-cells = <2>;
    gic: gic {
        #interrupt-cells = <3>;
        interrupt-controller;
    };
    passthrough {
        compatible = "simple-bus";
        ranges;
        #address-cells = <2>;
        #size-cells = <2>;
        device {
            reg = <0 ${3}000 0 0x1000>;
            interrupt-parent = <&gic>;
            interrupts = <0 $(($4 - 32)) 4>;
            xen,reg = <0 ${3}000 0 0x1000 0 ${3}000>;
            xen,path = "$2";
            xen,force-assign-without-iommu;
        };
    };
};
DTS
}

machine_command() {
    local tree=$work/board.dtb layer_device_trees=$work
    local board=("$machine_qemu" -M "virt,virtualization=on,gic-version=3" -cpu cortex-a57 -smp "$cpus" -m "$memory"
        -display none -monitor none -no-reboot -nodefaults)
    # QEMU's own tree, with what a boot loader adds; the modules are where neither Xen nor its tree is.
    "${board[@]}" -M dumpdtb="$work/qemu.dtb" >"$work/dumpdtb.log" 2>&1 ||
        board_fail $board_broken_status "QEMU does not give its device tree: $(cat "$work/dumpdtb.log")"
    qemu_command=("${board[@]}" -accel "tcg,thread=multi" -kernel "$layer_xen")
    virtio_channels
    board_device_tree qemu 0x49000000 0x4c000000 /pl011@9000000 \
        "console=dtuart dom0_mem=${dom0_memory}M dom0_max_vcpus=1 bootscrub=0 loglvl=all guest_loglvl=all" \
        "console=hvc0 quiet loglevel=4 random.trust_cpu=on nokaslr panic=1"
    guests_ramdisk "$layer_dir/kernel.pool/bin/busybox" "$layer_dir/kernel.pool/lib/modules" "$work/domu.cpio.gz"
    guests_tiny "$machine_triple" "$work/tiny.img"
    guests_rtos "$machine_triple" "$work/rtos.img"
    # The last node that is made comes first in the tree, and the first in the tree is domain 1.
    dom0less_domain "$tree" domU3 16
    dom0less_module "$tree" domU3 kernel 0x65000000 "$work/tiny.img"
    dom0less_device "$work/clock.dtb" /pl031@9010000 0x9010 34
    dom0less_module "$tree" domU3 device-tree 0x67000000 "$work/clock.dtb"
    fdtput "$tree" /pl031@9010000 xen,passthrough
    dom0less_domain "$tree" domU2 16
    fdtput -t s "$tree" /chosen/domU2 xen,enhanced enabled
    dom0less_module "$tree" domU2 kernel 0x66000000 "$work/rtos.img"
    dom0less_domain "$tree" domU1 128
    fdtput -t s "$tree" /chosen/domU1 xen,enhanced enabled
    dom0less_module "$tree" domU1 kernel 0x60000000 "$layer_kernel" "console=ttyAMA0 loglevel=4 panic=1 sysrq_always_enabled"
    dom0less_module "$tree" domU1 ramdisk 0x64000000 "$work/domu.cpio.gz"
}
