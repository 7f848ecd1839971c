#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# xenstored with clients that write while it is killed and replaced, and with some that misbehave.
. "$ZEROTH_SOURCE/tests/sim/lib_xenstored.sh"

start_xenstored

# A client that counts: each number is noted once the write was acknowledged.
count() {
    number=0
    while [ ! -e stop ]; do
        number=$((number + 1))
        until xs write /tool/count $number 2>/dev/null; do sleep 0.02; done
        echo $number >acknowledged.new && mv acknowledged.new acknowledged
    done
}
rm -f stop acknowledged
count &
counting=$!
check_within 10 "a client counts" test -e acknowledged
for turn in 1 2 3; do
    was=$(cat acknowledged)
    stop_xenstored KILL 2>/dev/null
    noted=$(cat acknowledged)
    start_xenstored
    check "killed under load, it has what it acknowledged ($turn)" \
        sh -c "test \"\$(\"\$ZEROTH_BIN/xenstore\" read /tool/count)\" -ge $noted"
    check_within 10 "and the client goes on ($turn)" sh -c "test \$(cat acknowledged) -gt $was"
done
for turn in 1 2 3; do
    was=$(cat acknowledged) old=$xs_pid
    "$ZEROTH_BIN/xenstored" --no-xen -N --replace >>xenstored.log 2>&1 </dev/null &
    xs_pid=$!
    check_within 10 "replaced under load, the client goes on ($turn)" \
        sh -c "! kill -0 $old && test \$(cat acknowledged) -gt $((was + 2))"
    wait "$old"
    check_equal "and the old one ended well ($turn)" $? 0
done
touch stop
wait $counting
check_equal "nothing that was acknowledged is lost" "$(xs read /tool/count)" "$(cat acknowledged)"

# One that does not read its events.
"$ZEROTH_BIN/xenstore" watch /tool >/dev/null 2>&1 &
watcher=$!
sleep 0.5
kill -STOP $watcher
check "others write beside a watcher that is stopped" sh -c '
    for i in 1 2 3 4 5 6 7 8 9 10; do "$ZEROTH_BIN/xenstore" write /tool/$i x || exit 1; done'
kill -KILL $watcher
wait $watcher 2>/dev/null

checks_done
