#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# board: --with-reference --mem 2048 --timeout 1200
# Runs in the board's dom0: creates, destroys and lists with our xl and Debian's in turn, and leaves
# every measurement and a summary in /out. tests/bench/run starts it.
. /bench/lib.sh

# Memory of a domain that was destroyed is scrubbed in idle time, or else by the next create, which
# may be the other's: let it finish. The Linux guest has eight times the memory.
settle() {
    case $1 in
        linux) sleep 3 ;;
        *) usleep 500000 ;;
    esac
}

create_and_destroy() {
    timed "$1.create.$3" "$2" create "/guest/$3.cfg"
    timed "$1.destroy.$3" "$2" destroy "$3"
    settle "$3"
}

# Each comes first as often as second.
both() {
    if [ $(($1 % 2)) = 1 ]; then
        create_and_destroy ours "$ours" "$2"
        create_and_destroy theirs "$theirs" "$2"
    else
        create_and_destroy theirs "$theirs" "$2"
        create_and_destroy ours "$ours" "$2"
    fi
}

# memory NAME PID: a process's peak, in KB
memory() {
    sed -n "s/^VmHWM:[^0-9]*\([0-9]*\) kB/memory.$1 0 \1 0/p" "/proc/$2/status" >>$log
}

measure() {
    for round in $(seq "$BENCH_ROUNDS"); do
        echo "round $round of $BENCH_ROUNDS" >&2
        timed floor busybox true
        for guest in linux tiny; do both "$round" $guest; done
        for _ in 1 2 3; do
            timed ours.list "$ours" list
            timed theirs.list "$theirs" list
        done
    done
}

# What stays in memory while one guest runs: the reference leaves a process per guest.
measure_services() {
    pid=$(cat /run/zeroth/xld.pid 2>/dev/null) && memory ours.xld "$pid"
    memory theirs.xenstored "$(cat /run/xen/xenstored.pid)"
    memory theirs.xenconsoled "$(cat /run/xen/xenconsoled.pid)"
    "$theirs" create /guest/tiny.cfg >/dev/null 2>&1 || give_up "Debian's xl creates no guest"
    for pid in $(pidof xl); do memory theirs.monitor-per-guest "$pid"; done
    "$theirs" destroy tiny
}

start_consoles
# The first of each kind also fills the page cache and is not counted.
for xl in "$ours" "$theirs"; do
    for guest in linux tiny; do
        "$xl" create /guest/$guest.cfg >/dev/null 2>/root/errors || give_up "$xl creates no $guest"
        "$xl" destroy $guest || give_up "$xl destroys no $guest"
        settle $guest
    done
done
measure
measure_services
summary
