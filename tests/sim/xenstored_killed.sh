#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# xenstored is killed at any moment while clients write: what they were told is written, is there.
. "$ZEROTH_SOURCE/tests/sim/lib_xenstored.sh"

kills=25
rm -f written writers_end
: >written

# A writer's nodes are in a folder of its own; `written` has those that xenstored has acknowledged.
write_on() {
    node=0
    while [ ! -e writers_end ]; do
        path=/tool/$1/$node
        if xs write "$path" "$path" 2>/dev/null; then echo "$path" >>written; fi
        node=$((node + 1))
    done
}

start_xenstored
write_on a &
first=$!
write_on b &
second=$!
# written_since COUNT
written_since() { [ "$(wc -l <written)" -gt "$1" ]; }
while [ $kills -gt 0 ]; do
    kills=$((kills - 1))
    # Something of this one's, however slow the machine is.
    before=$(wc -l <written)
    tries=1000
    until written_since "$before" || [ $tries = 0 ]; do
        tries=$((tries - 1))
        sleep 0.02
    done
    sleep "0.$(od -An -N1 -tu1 /dev/urandom | tr -d ' ')"
    stop_xenstored KILL 2>/dev/null
    start_xenstored
done
touch writers_end
wait $first $second
check "each of them had something to write" test "$(wc -l <written)" -ge 25
# Every node has its path for a value.
xargs "$ZEROTH_BIN/xenstore" read <written >found
check "all of it is there" cmp written found
check_status 1 "the log has no complaint" grep -q "journal" xenstored.log
checks_done
