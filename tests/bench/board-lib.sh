# SPDX-License-Identifier: Apache-2.0
# What the board's benchmarks begin with.
. /bench/settings
log=/out/measurements
ours=${BENCH_OURS:-/usr/sbin/xl}
theirs=$REFERENCE/xl
mkdir -p /out
: >$log

give_up() {
    echo "error: $*" >&2
    [ ! -s /root/errors ] || sed 's/^/   | /' /root/errors >&2
    exit 1
}

# timed LABEL COMMAND…: every command must work, or the numbers mean nothing
timed() {
    timed_label=$1
    /bench/stopwatch $log "$@" 2>/root/errors || give_up "$timed_label: $* ended with status $?"
}

# Each host as it is: xld leaves consoles to an xenconsoled that has taken them.
start_consoles() {
    "$(cat /board/services)/xenconsoled" --pid-file=/run/xen/xenconsoled.pid
    [ -x "$ours" ] || give_up "there is no $ours on the board"
    [ -x "$theirs" ] || give_up "Debian's xl is not on the board (--with-reference)"
}

# summary OPTION…: the table, and the same as JSON in /out
summary() {
    awk "$@" -f /bench/summary.awk $log
    awk "$@" -v json=1 -f /bench/summary.awk $log >/out/bench.json
}
