#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs in the board's dom0: makes many tiny guests, one after another, with one side's xl, and leaves
# in /out a line for each thing measured: SIDE WHAT GUESTS VALUE. tests/bench/scale/board starts it.
. /bench/settings
mkdir -p /out
log=/out/measurements
: >$log

give_up() {
    echo "error: $*" >&2
    [ ! -s /root/errors ] || sed 's/^/   | /' /root/errors >&2
    exit 1
}

# Logs and saved configs are on a disk, and in the page cache only as long as there is room.
mkdir /root/var
mount -t ext4 /dev/vda /root/var && cp -a /var/. /root/var/ && umount /root/var && mount -t ext4 /dev/vda /var ||
    give_up "/var cannot be put on the disk"

if [ "$BENCH_SIDE" = theirs ]; then
    xl=$REFERENCE/xl
    # Their side is theirs alone: our daemon is not to share dom0's memory or its CPU.
    pid=$(cat /run/zeroth/xld.pid 2>/dev/null) && kill "$pid"
    sleep 1
    "$(cat /board/services)/xenconsoled" --pid-file=/run/xen/xenconsoled.pid || give_up "no xenconsoled"
else
    xl=/usr/sbin/xl
fi

# timed WHAT GUESTS COMMAND…: in microseconds
timed() {
    timed_what=$1 timed_guests=$2
    shift 2
    : >/root/stopwatch
    /bench/stopwatch /root/stopwatch x "$@" 2>/root/errors || give_up "$timed_what at $timed_guests guests: $*"
    while read -r _ micros _; do echo "$BENCH_SIDE $timed_what $timed_guests $micros"; done </root/stopwatch >>$log
}

# Pages that Linux keeps free for each CPU, up to 28 MB of them here, which it counts as neither free nor
# available. In KB.
free_lists() { awk '$1 == "count:" { pages += $2 } END { print pages * 4 }' /proc/zoneinfo; }

# field NAME FILE: in KB
field() { sed -n "s/^$1:[[:space:]]*\([0-9]*\) kB/\1/p" "$2"; }

# Where dom0's memory is. What it has left says how much there is of it all; the others say what of.
kinds="AnonPages Shmem FilesInRun Slab PageTables KernelStack VmallocUsed Percpu"
memory_now() {
    sync
    echo 3 >/proc/sys/vm/drop_caches
    cp /proc/meminfo "$1"
    echo "FreeLists: $(free_lists) kB" >>"$1"
    echo "FilesInRun: $(du -sk /run | cut -f 1) kB" >>"$1"
}
available() { echo $(($(field MemAvailable "$1") + $(field FreeLists "$1"))); }

memory_since() { # FILE
    memory_now /root/memory.now
    echo "$BENCH_SIDE memory $BENCH_GUESTS $(($(available "$1") - $(available /root/memory.now)))" >>$log
    for kind in $kinds; do
        echo "$BENCH_SIDE memory.$kind $BENCH_GUESTS $(($(field $kind /root/memory.now) - $(field $kind "$1")))" >>$log
    done
}

make() {
    cat >/root/guest.cfg <<CFG
name = "tiny$1"
kernel = "/guest/tiny.img"
memory = 4
CFG
    timed create "$1" "$xl" create -q /root/guest.cfg
}
make_all() { # HOW-MANY
    for number in $(seq "$1"); do
        make "$number"
        case $number in *0) echo "$BENCH_SIDE: $number guests" >&2 ;; esac
    done
}
destroy_all() {
    for number in $(seq "$1"); do "$xl" destroy "tiny$number" || give_up "destroy of guest $number"; done
}

# The first ones also fill the page cache, and what programs take once: the stacks of their threads, and such.
for _ in 1 2 3 4 5 6 7 8 9 10; do make 0 && "$xl" destroy tiny0 || give_up "destroy of a first guest"; done
sed -i '/ create 0 /d' $log
sleep 1
memory_now /root/memory.before
for _ in 1 2 3; do timed list 0 "$xl" list; done
make_all "$BENCH_GUESTS"
for _ in 1 2 3; do timed list "$BENCH_GUESTS" "$xl" list; done
[ "$("$xl" list | grep -c '^tiny')" = "$BENCH_GUESTS" ] || give_up "not all guests are listed"
# xld gives back what a burst has left in its heap.
sleep 12
memory_since /root/memory.before
for name in xld xenstored xenconsoled xl; do
    for pid in $(pidof $name); do
        echo "$BENCH_SIDE rss.$name $BENCH_GUESTS $(field VmRSS "/proc/$pid/status")" >>$log
    done
done
timed destroy "$BENCH_GUESTS" "$xl" destroy "tiny$BENCH_GUESTS"

# The machine below may change its speed meanwhile: few guests and many in turn, few at either end.
[ "$BENCH_ROUNDS" -gt 1 ] || exit 0
destroy_all $((BENCH_GUESTS - 1))
for _ in $(seq 2 "$BENCH_ROUNDS"); do
    make_all "$BENCH_GUESTS"
    destroy_all "$BENCH_GUESTS"
done
make_all $((BENCH_GUESTS < 10 ? BENCH_GUESTS : 10))
