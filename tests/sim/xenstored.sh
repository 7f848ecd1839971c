#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# xenstored as a program: how it starts, ends, is replaced and comes back.
. "$ZEROTH_SOURCE/tests/sim/lib_xenstored.sh"

says() { grep -q "$1" "$2"; }

# The command line.
check "it gives help" sh -c '"$ZEROTH_BIN/xenstored" --help | grep -q -- --no-xen'
check "and its version" sh -c '"$ZEROTH_BIN/xenstored" --version | grep -q "^xenstored [0-9]"'
for bad in --nonsense -Z -F "-E many" "-Q noodles=1" word; do
    # shellcheck disable=SC2086
    check_status 2 "'$bad' is refused" xenstored -N $bad
done
if [ ! -e /dev/xen/privcmd ]; then
    check_status 1 "without Xen it does not start" "$ZEROTH_BIN/xenstored" -N --journal none
    "$ZEROTH_BIN/xenstored" -N --journal none 2>said
    check "and says what to do" says "no-xen" said
fi
check_status 1 "a folder that is not there is named" xenstored -N --socket "$xs_folder/no/such/s"
check_status 1 "a path that is too long is refused" \
    xenstored -N --socket "$xs_folder/$(printf '%0120d' 0)"

# One at a time.
start_xenstored
check_equal "its socket is its owner's alone" "$(stat -c %a "$xs_socket")" 600
check "a node is written" xs write /tool/kept 1
check_status 1 "a second one is refused" xenstored -N
xenstored -N 2>said
check "with the pid of the first" says "pid $xs_pid; --replace takes over" said
check_status 1 "so is one that keeps nothing, but wants the socket" xenstored -N --journal none
check "the first does not mind" xs write /tool/kept 2

# Its end and its return.
check "it ends when asked" stop_xenstored
check "and takes its socket along" test ! -e "$xs_socket"
start_xenstored
check_equal "the next one has the tree" "$(xs read /tool/kept)" 2
stop_xenstored KILL 2>/dev/null
check "killed, it leaves its socket" test -S "$xs_socket"
start_xenstored
check_equal "which the next one takes, and the tree" "$(xs read /tool/kept)" 2
old=$xs_pid
"$ZEROTH_BIN/xenstored" --no-xen -N --replace >>xenstored.log 2>&1 </dev/null &
xs_pid=$!
check_within 10 "one that replaces it sends it away" sh -c "! kill -0 $old"
wait "$old"
check_equal "without a complaint" $? 0
wait_for_xenstored
check_equal "and has the tree" "$(xs read /tool/kept)" 2
stop_xenstored
touch "$xs_socket"
check_status 1 "a file in the socket's place is left alone" xenstored -N
check "it is still there" test -f "$xs_socket"
rm "$xs_socket"
check "nothing is kept with --journal none" \
    sh -c '"$ZEROTH_BIN/xenstored" --no-xen --journal none --pid-file pid 2>/dev/null'

# In the background, since just now.
xs_pid=$(cat pid)
check "it serves by the time that it is in the background" xs write /tool/b 1
check_fails "what was kept is not its business" xs exists /tool/kept
kill "$xs_pid"
check_within 10 "it takes its pid file along" test ! -e pid
xs_pid=''
check_fails "in the background too, it says why it cannot start" \
    "$ZEROTH_BIN/xenstored" --no-xen --socket "$xs_folder/no/such/s"

# The trace.
start_xenstored --trace-file trace
xs write /tool/traced 1
check "requests are in the trace" says 'IN WRITE .*(/tool/traced 1)' trace
check "and replies" says 'OUT WRITE .*(OK )' trace
mv trace trace.old
kill -HUP "$xs_pid"
check_within 10 "SIGHUP opens it anew" test -e trace
xs write /tool/traced 2
check "for what comes then" says '/tool/traced 2' trace
checks_done
