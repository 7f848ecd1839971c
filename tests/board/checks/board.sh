# SPDX-License-Identifier: Apache-2.0
# The board itself: what every script may count on.
# machine: virt-arm64 virt-arm32 midway orangepi-pc
. /board/check.sh

# Wildcards and pipes: a shell of its own.
sh_c() { check "$1" sh -c "$2"; }

sh_c "Xen is the one asked for" '[ "$(cat /sys/hypervisor/version/major).$(cat /sys/hypervisor/version/minor)" = "$BOARD_XEN" ]'
sh_c "this is dom0" 'grep -q control_d /proc/xen/capabilities'
sh_c "Xen's devices are there" 'for d in privcmd evtchn gntdev gntalloc hypercall xenbus; do [ -c /dev/xen/$d ] || exit 1; done'
sh_c "the clock is right to a day or so" '[ "$(date +%Y)" -ge 2024 ]'
sh_c "xenstored answers" '[ "$(xenstore-read /local/domain/0/name)" = Domain-0 ]'
# image FILE: what kind of kernel it is
image() {
    case $(dd if="$1" bs=4 skip=14 count=1 2>/dev/null)/$(od -An -tx4 -j36 -N4 "$1" | tr -d ' ') in
        ARMd/*) echo Image ;;
        */016f2818) echo zImage ;;
    esac
}
case $(uname -m) in
    aarch64) kind=Image ;;
    armv7l) kind=zImage ;;
esac
check_equal "the Linux guest's kernel is of this architecture" "$(image /guest/vmlinuz)" $kind
check_equal "and so is the tiny guest" "$(image /guest/tiny.img)" $kind
sh_c "which is a few KB" '[ "$(stat -c %s /guest/tiny.img)" -le 8192 ]'
sh_c "the guest's ramdisk is a gzip" 'gzip -t </guest/domu.cpio.gz'
sh_c "the reference is not there unasked" '[ -z "$REFERENCE" ] && ! ls /usr/lib/xen-*/bin/xl 2>/dev/null'
sh_c "a disk driver, a bridge and loop devices can be had" '[ -e /dev/loop-control ] && brctl addbr check0 && brctl delbr check0'
sh_c "stdout opens a second time" 'echo again >/dev/stdout'
check_status 3 "a status is seen" sh -c 'exit 3'
checks_done
