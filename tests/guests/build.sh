# SPDX-License-Identifier: Apache-2.0
# The guests that the board's dom0 finds in /guest. Sourced by tests/board/host/layers.sh.

guests_source=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tests/guests/rtos/build.sh
. "$guests_source/rtos/build.sh"

# guests_tiny TRIPLE FILE: the bare guest, a few KB; beside it, as FILE's name with .elf, the same linked for
# an address in a guest's RAM
guests_tiny() {
    local triple=$1 file=$2 object source
    case $triple in
        aarch64-*) source=arm64.S ;;
        arm-*) source=arm32.S ;;
    esac
    object=$(mktemp)
    "$triple-gcc" -c -o "$object" "$guests_source/tiny/$source"
    "$triple-ld" -Ttext=0 -e _start -o "$object.elf" "$object"
    "$triple-objcopy" -O binary -j .text "$object.elf" "$file"
    "$triple-ld" -Ttext=0x40600000 -z max-page-size=4096 -s -e _start -o "${file%.*}.elf" "$object"
    rm -f "$object" "$object.elf"
}

# guests_ramdisk BUSYBOX MODULES-DIR FILE: the Linux guest's userland
guests_ramdisk() {
    local busybox=$1 modules=$2 file=$3 root name
    root=$(mktemp -d)
    mkdir -p "$root"/{bin,sbin,etc,proc,sys,dev,tmp,root,modules/9p}
    install -m 755 "$busybox" "$root/bin/busybox"
    install -m 755 "$guests_source/linux/init" "$root/init"
    install -m 755 "$guests_source/linux/"{poweroff,reboot} "$root/sbin/"
    install -m 755 "$guests_source/linux/rcS" "$root/etc/rcS"
    install -m 644 "$guests_source/linux/"{inittab,profile} "$root/etc/"
    for name in xen-blkfront xen-netfront; do
        find "$modules" -name "$name.ko" -exec cp {} "$root/modules/" \;
    done
    # For who wants them: these are not loaded.
    for name in 9pnet 9pnet_xen; do
        find "$modules" -name "$name.ko" -exec cp {} "$root/modules/9p/" \;
    done
    board_archive "$root" "$root.cpio"
    gzip -9n <"$root.cpio" >"$file"
    rm -rf "$root" "$root.cpio"
}
