# SPDX-License-Identifier: Apache-2.0
# The same, started as a board on a desk is: Debian's U-Boot in EL2 finds a disk with the files and the
# script that `xl boot-script` wrote for them, and boots Xen.

# shellcheck source=tests/board/machines/virt-arm64.sh
. "$here/machines/virt-arm64.sh"
machine_xens=4.17

# Our xl for this machine, and Debian's U-Boot for the board.
machine_prepare() {
    machine_xl=${ZEROTH_HOST_XL:-$board_root/build/dev/bin/xl}
    [ -n "${ZEROTH_HOST_XL:-}" ] || (cd "$board_root" && { [ -e build/dev/build.ninja ] || cmake --preset dev; } &&
        cmake --build --preset dev --target xl) >"$board_build/build-xl.log" 2>&1 ||
        board_fail $board_broken_status "xl does not build for this machine ($board_build/build-xl.log)"
    foreign_open "$machine_arch" bookworm
    layer_pool u-boot bookworm u-boot-qemu
}

# u_boot_disk FOLDER IMAGE: a disk with one partition, bootable, of ext4, with the files of the folder
u_boot_disk() {
    local folder=$1 image=$2 size entry
    size=$(($(du -sm "$folder" | cut -f1) * 5 / 4 + 16))
    rm -f "$image.part"
    truncate -s "${size}M" "$image.part"
    /sbin/mke2fs -q -t ext4 -d "$folder" -F "$image.part"
    truncate -s 1M "$image"
    cat "$image.part" >>"$image"
    rm "$image.part"
    # The partition table: bootable, Linux, from 1 MiB on, in sectors; its signature.
    entry=$(printf '%08x' $((size * 2048)))
    {
        printf '8000000083000000%s' 00080000
        printf '%s%s%s%s' "${entry:6:2}" "${entry:4:2}" "${entry:2:2}" "${entry:0:2}"
        printf '%096d55aa' 0
    } | bytes_of | dd of="$image" bs=1 seek=446 conv=notrunc status=none
}

machine_command() {
    local files=$work/boot
    machine_prepare
    mkdir "$files"
    cp "$layer_xen" "$files/xen"
    cp "$layer_kernel" "$files/vmlinuz"
    ln "$work/initrd" "$files/initrd"
    "$machine_xl" boot-script --board qemu-arm64 --memory "$memory" --out "$files" \
        --xen "$files/xen" --kernel "$files/vmlinuz" --ramdisk "$files/initrd" \
        --xen-args "console=dtuart dom0_mem=${dom0_memory}M dom0_max_vcpus=1 bootscrub=0 loglvl=all guest_loglvl=all" \
        --dom0-args "console=hvc0 quiet loglevel=4 random.trust_cpu=on nokaslr panic=1" >"$work/boot.log" || {
        cat "$work/boot.log" >&2
        board_fail $board_broken_status "xl boot-script failed"
    }
    u_boot_disk "$files" "$work/boot.img"
    qemu_command=(
        "$machine_qemu" -M virt,virtualization=on,gic-version=3 -cpu cortex-a57
        -accel tcg,thread=multi -smp "$cpus" -m "$memory"
        -display none -monitor none -no-reboot -nodefaults
        -bios "$layer_dir/u-boot.pool/usr/lib/u-boot/qemu_arm64/u-boot.bin"
        -drive "file=$work/boot.img,format=raw,if=none,id=boot" -device virtio-blk-device,drive=boot
    )
    virtio_channels
}
