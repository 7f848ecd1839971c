# SPDX-License-Identifier: Apache-2.0
# What the files in machines/ share. Each says what a board is: machine_arch, machine_triple (Debian's
# names of it), machine_preset (CMake's), machine_qemu, machine_kernel_package, machine_xens (the
# hypervisors it boots), machine_memory and machine_cpus unless the command line says otherwise, and
#
#   machine_modules   kernel modules that dom0 needs on this board alone
#   machine_output    dom0's device for what the script prints; none: it comes with the results
#   machine_results   dom0's device for the results, a tar archive
#   machine_terminal  dom0's device for a shell; none: --interactive is refused
#   machine_monitor   dom0's device for QEMU's monitor; none: there is none
#
# and machine_command, which makes QEMU's command line of `layer_xen` and its kin (layers.sh), `work`,
# `memory`, `dom0_memory`, `cpus` and `interactive` (run) in the array qemu_command. The other ends of the
# channels are the character devices `console`, `script`, `results` and `terminal`.

# One port each on a virtio console.
virtio_channels() {
    qemu_command+=(
        -device virtio-serial-device
        -serial chardev:console
        -device virtserialport,nr=1,chardev=script
        -device virtserialport,nr=2,chardev=results
    )
    virtio_monitor
    [ "$interactive" = 0 ] || qemu_command+=(-device virtconsole,nr=0,chardev=terminal)
}

# QEMU's monitor, for dom0: machine_monitor is a port on the same virtio console. Each of the two ends here
# wants a character device for itself, so that there is a socket between them.
virtio_monitor() {
    qemu_command+=(
        -chardev "socket,id=monitor,path=$work/monitor,server=on,wait=off" -mon chardev=monitor
        -chardev "socket,id=dom0,path=$work/monitor" -device virtserialport,nr=3,chardev=dom0
    )
}

# virtio_disk MIB: with an empty file system of ext4. Before the channels, whose names in dom0 say which device
# they are counted from the last.
virtio_disk() {
    truncate -s "$1M" "$work/disk.img"
    /sbin/mke2fs -q -t ext4 -F "$work/disk.img"
    qemu_command+=(-drive "file=$work/disk.img,format=raw,if=none,id=disk" -device virtio-blk-device,drive=disk)
}

# pass_through NODE: the board's device tree says of a device that Xen keeps it from dom0, for a guest
pass_through() {
    local tree=$work/board.dtb
    if [ ! -e "$tree" ]; then
        # QEMU's own tree, once all that is on the command line has added to it.
        "${qemu_command[@]}" -chardev null,id=console -chardev null,id=script -chardev null,id=results \
            -chardev null,id=terminal -machine dumpdtb="$tree" >"$work/dumpdtb.log" 2>&1 ||
            board_fail $board_broken_status "QEMU does not give its device tree: $(cat "$work/dumpdtb.log")"
        qemu_command+=(-dtb "$tree")
    fi
    fdtget -l "$tree" "$1" >/dev/null 2>&1 || bad "--passthrough: $machine's device tree has no $1"
    fdtput "$tree" "$1" xen,passthrough
}

# results_disk INTERFACE: on a board that has none such, a disk (an SD card's size is a power of two)
results_disk() {
    truncate -s 64M "$work/results.tar"
    qemu_command+=(-drive "file=$work/results.tar,format=raw,if=$1,id=results")
}

# board_device_tree NAME KERNEL-ADDRESS INITRD-ADDRESS SERIAL XEN-ARGUMENTS DOM0-ARGUMENTS: the board's own
# device tree, as the kernel's package has it, with what a boot loader adds to /chosen, in
# $work/board.dtb.
board_device_tree() {
    local name=$1 kernel=$2 initrd=$3 serial=$4 xen_arguments=$5 dom0_arguments=$6
    local tree=$work/board.dtb module
    cp "$layer_device_trees/$name.dtb" "$tree"
    fdtput "$tree" /chosen -p '#address-cells' 1
    fdtput "$tree" /chosen '#size-cells' 1
    fdtput -t s "$tree" /chosen stdout-path "$serial"
    fdtput -t s "$tree" /chosen xen,xen-bootargs "$xen_arguments"
    module=/chosen/module@${kernel#0x}
    fdtput -p -t s "$tree" "$module" compatible xen,linux-zimage xen,multiboot-module
    fdtput -t x "$tree" "$module" reg "$kernel" "$(printf '%x' "$(stat -c %s "$layer_kernel")")"
    fdtput -t s "$tree" "$module" bootargs "$dom0_arguments"
    module=/chosen/module@${initrd#0x}
    fdtput -p -t s "$tree" "$module" compatible xen,linux-initrd xen,multiboot-module
    fdtput -t x "$tree" "$module" reg "$initrd" "$(printf '%x' "$(stat -c %s "$work/initrd")")"
    qemu_command+=(
        -dtb "$tree"
        -device "loader,force-raw=on,addr=$kernel,file=$layer_kernel"
        -device "loader,force-raw=on,addr=$initrd,file=$work/initrd"
    )
}

# wrapped_xen ADDRESS: Xen as a uImage that is loaded and entered there, $work/xen.uimage, for machines
# on which QEMU would put a zImage where Xen cannot run. QEMU looks at no checksum of it.
wrapped_xen() {
    local size
    size=$(stat -c %s "$layer_xen")
    {
        # magic, header's checksum, time, size, load address, entry, data's checksum
        printf '%08x%08x%08x%08x%08x%08x%08x' 0x27051956 0 0 "$size" "$1" "$1" 0
        # Linux, arm, kernel, no compression; then the name
        printf '05020200'
        printf '%064d' 0
    } | bytes_of >"$work/xen.uimage"
    cat "$layer_xen" >>"$work/xen.uimage"
}

# Hexadecimal digits to bytes.
bytes_of() {
    local digits
    digits=$(cat)
    # shellcheck disable=SC2059
    printf "$(sed 's/../\\x&/g' <<<"$digits")"
}
