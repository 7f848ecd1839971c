#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# board: --with-reference --mem 2048 --timeout 1800
# Runs in the board's dom0: tiny guests with interfaces and disks, made by our xl and by Debian's in
# turn. Debian's scripts lie under /etc/xen/scripts: ours runs them, or does their work itself when
# they are put away. tests/bench/run --devices starts it.
. /bench/settings
log=/out/measurements
ours=/usr/sbin/xl
theirs=$REFERENCE/xl
mkdir -p /out
: >$log

give_up() {
    echo "error: $*" >&2
    [ ! -s /root/errors ] || sed 's/^/   | /' /root/errors >&2
    exit 1
}

timed() {
    timed_label=$1
    /bench/stopwatch $log "$@" 2>/root/errors || give_up "$timed_label: $* ended with status $?"
}

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

create_and_destroy() {
    timed "$1.create.$3" "$2" create "/root/$3.cfg"
    timed "$1.destroy.$3" "$2" destroy "$3"
    settle
}

ip link add virbr0 type bridge
ip link set virbr0 up
dd if=/dev/zero of=/root/disk.img bs=1M count=4 2>/dev/null
losetup /dev/loop7 /root/disk.img
make_config vif1 1 0
make_config disk1 0 1
make_config both 1 1
make_config vif8 8 0
cp -a /etc/xen/scripts /root/scripts.debian
built_in() { rm -rf /etc/xen/scripts && cp -a "${BENCH_SCRIPTS:-/root/scripts.ours}" /etc/xen/scripts; }
scripts() { rm -rf /etc/xen/scripts && cp -a /root/scripts.debian /etc/xen/scripts; }
mkdir -p /root/scripts.ours

"$(cat /board/services)/xenconsoled" --pid-file=/run/xen/xenconsoled.pid
for xl in "$ours" "$theirs"; do
    for guest in vif1 disk1 both; do
        "$xl" create /root/$guest.cfg >/dev/null 2>/root/errors || give_up "$xl creates no $guest"
        "$xl" destroy $guest || give_up "$xl destroys no $guest"
        settle
    done
done
for round in $(seq "$BENCH_ROUNDS"); do
    echo "round $round of $BENCH_ROUNDS" >&2
    scripts
    for guest in vif1 disk1 both vif8; do create_and_destroy theirs "$theirs" $guest; done
    for guest in vif1 disk1 both; do create_and_destroy ours-scripts "$ours" $guest; done
    built_in
    for guest in vif1 disk1 both vif8; do create_and_destroy ours "$ours" $guest; done
done
awk -v devices=1 -f /bench/summary.awk $log
awk -v devices=1 -v json=1 -f /bench/summary.awk $log >/out/bench.json
