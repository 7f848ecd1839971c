#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# board: --with-reference --mem 3072 --timeout 1500
# Runs in the board's dom0: what serving consoles costs xld, and what it costs Debian's xenconsoled:
# CPU time for a guest that prints while nobody watches, and memory for each console that is idle.
# tests/bench/console starts it.
. /bench/settings
debian=$(cat /board/services)
log=/var/log/xen/console

cat >/root/g.cfg <<'CFG'
name = "talker"
kernel = "/guest/vmlinuz"
ramdisk = "/guest/domu.cpio.gz"
memory = 128
vcpus = 1
extra = "console=hvc0"
CFG

ticks() { awk '{ print $14 + $15 }' "/proc/$1/stat"; } # hundredths of a second
rss() { sed -n 's/^VmRSS:[^0-9]*\([0-9]*\) kB/\1/p' "/proc/$1/status"; }
now() { awk '{ print int($1 * 100) }' /proc/uptime; }
wait_for() { # SECONDS TEXT FILE
    tries=$(($1 * 5))
    until grep -q "$2" "$3" 2>/dev/null; do
        tries=$((tries - 1))
        [ $tries -gt 0 ] || { echo "error: no '$2' in $3" >&2; tail -n 3 "$3" >&2; exit 1; }
        usleep 200000
    done
}

# talk NAME PID: the shell of the guest is told to print; its console's log is where it ends
talk() {
    before=$(ticks "$2") start=$(now)
    printf 'stty -echo; yes 0123456789012345678901234567890123456789012345678901234567890123456 | head -n %s; echo all printed\n' \
        $((BENCH_KIB * 1024 / 68)) >"$(xenstore-read "/local/domain/$("$xl" domid talker)/console/tty")"
    wait_for 600 '^all printed' $log/guest-talker.log
    after=$(ticks "$2") end=$(now)
    echo "$1: $BENCH_KIB KiB in $((end - start))0 ms, $((after - before))0 ms of CPU"
}

idle() { # NAME PID
    small=$(rss "$2")
    for i in $(seq "$BENCH_GUESTS"); do
        printf 'name = "idle%s"\nkernel = "/guest/tiny.img"\nmemory = 4\n' "$i" >/root/idle.cfg
        "$xl" create -q /root/idle.cfg || exit 1
    done
    sleep 2
    large=$(rss "$2")
    echo "$1: $small KB, with $BENCH_GUESTS idle consoles more $large KB: $(((large - small) * 1024 / BENCH_GUESTS)) bytes each"
    for i in $(seq "$BENCH_GUESTS"); do "$xl" destroy "idle$i"; done
}

xl=/usr/sbin/xl
xld=$(cat /run/zeroth/xld.pid)
"$xl" create -q /root/g.cfg || exit 1
wait_for 120 'zeroth guest is up' $log/guest-talker.log
sleep 2
talk xld "$xld"
"$xl" destroy talker
idle xld "$xld"
sleep 1
rm -f $log/*

# Their side is theirs alone: xld would serve each console before xenconsoled sees it.
kill "$xld"
sleep 1
xl=$REFERENCE/xl
"$debian/xenconsoled" --pid-file=/run/xen/xenconsoled.pid --log=guest --log-dir=$log
wait_for 20 '[0-9]' /run/xen/xenconsoled.pid # it writes that when it has gone to the background
theirs=$(cat /run/xen/xenconsoled.pid)
"$xl" create -q /root/g.cfg || exit 1
wait_for 120 'zeroth guest is up' $log/guest-talker.log
sleep 2
talk xenconsoled "$theirs"
"$xl" destroy talker
idle xenconsoled "$theirs"
