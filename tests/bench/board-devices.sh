#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# board: --with-reference --mem 2048 --timeout 1800
# Runs in the board's dom0: tiny guests with interfaces and disks, made by our xl and by Debian's in
# turn. Ours does the scripts' work by itself, or runs what it finds changed: our scripts with a line
# more, or Debian's. tests/bench/run --devices starts it.
. /bench/lib.sh
scripts=/etc/xen/scripts

settle() { usleep 300000; }

# make_config NAME VIFS DISKS
make_config() {
    {
        printf 'name = "%s"\nkernel = "/guest/tiny.img"\nmemory = 16\nvif = [' "$1"
        for i in $(seq "$2"); do printf '"bridge=virbr0,mac=00:16:3e:00:00:%02x",' "$i"; done
        printf ']\ndisk = ['
        for i in $(seq "$3"); do printf '"phy:/dev/loop7,xvda,w",'; done
        printf ']\n'
    } >"/root/$1.cfg"
}

# creates LABEL XL GUEST…
creates() {
    label=$1
    program=$2
    shift 2
    for guest in "$@"; do
        timed "$label.create.$guest" "$program" create "/root/$guest.cfg"
        timed "$label.destroy.$guest" "$program" destroy "$guest"
        settle
    done
}

# with FOLDER: these scripts, and no others
with() { rm -rf $scripts && cp -a "/root/$1" $scripts; }

ip link add virbr0 type bridge
ip link set virbr0 up
dd if=/dev/zero of=/root/disk.img bs=1M count=4 2>/dev/null
losetup /dev/loop7 /root/disk.img
make_config vif1 1 0
make_config disk1 0 1
make_config both 1 1
make_config vif8 8 0
cp -a $scripts /root/ours
cp -a $scripts /root/changed
for name in vif-bridge block; do echo '# as somebody has it' >>/root/changed/$name; done
cp -a $scripts /root/debian
cp -a /board/reference-scripts/. /root/debian/

start_consoles
for xl in "$ours" "$theirs"; do
    for folder in ours changed debian; do
        with $folder
        for guest in vif1 disk1 both; do
            "$xl" create /root/$guest.cfg >/dev/null 2>/root/errors || give_up "$xl creates no $guest"
            "$xl" destroy $guest || give_up "$xl destroys no $guest"
            settle
        done
    done
done
for round in $(seq "$BENCH_ROUNDS"); do
    echo "round $round of $BENCH_ROUNDS" >&2
    with debian
    creates theirs "$theirs" vif1 disk1 both vif8
    creates ours-debian "$ours" vif1 disk1 both
    with changed
    creates theirs-scripts "$theirs" vif1 disk1 both
    creates ours-scripts "$ours" vif1 disk1 both
    with ours
    creates ours "$ours" vif1 disk1 both vif8
done
summary -v devices=1
