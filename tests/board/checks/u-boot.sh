# SPDX-License-Identifier: Apache-2.0
# A board that U-Boot starts, with the script of `xl boot-script`: it has come as far as dom0, so the
# script does; and what the script said is so.
# machine: virt-arm64-u-boot
. /board/check.sh

check "Xen finds the kernel where the script put it, below U-Boot" \
    sh -c "xl dmesg | grep -q 'Loading d0 kernel from boot module @ 00000000b6000000'"
check "and the ramdisk" sh -c "xl dmesg | grep -q 'Loading ramdisk from boot module @ 00000000b'"
check "Xen's command line is the script's" sh -c "xl info | grep -q '^xen_commandline.*bootscrub=0'"
check "and so is dom0's" grep -q random.trust_cpu=on /proc/cmdline
check "a guest is made" xl create -q /guest/tiny.cfg
check_equal "and is listed" "$(xl domname "$(xl domid tiny)")" tiny
check "and ends" xl destroy tiny
checks_done
