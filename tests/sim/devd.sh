#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# `xl devd` by itself: an xenstored that calls this domain 7, and disks that scripts are to set up.
. "$ZEROTH_SOURCE/tests/sim/lib_xenstored.sh"

backend=/local/domain/0/backend/vbd/3
devd_pid=''
stop_devd() { [ -z "$devd_pid" ] || { kill "$devd_pid"; wait "$devd_pid"; }; devd_pid=''; }
trap 'stop_devd; xenstored_at_exit' EXIT

# script NAME: what it does is on stdin. Each says when it begins and ends, and of which device.
script() {
    {
        printf '#!/bin/sh\nsay() { echo "$1 ${XENBUS_PATH##*/}" >>"%s/said"; }\nsay "begin $1"\n' "$PWD"
        cat
        printf 'say "end $1"\n'
    } >"$1"
    chmod 755 "$1"
}
# device ID SCRIPT
device() {
    xs write "$backend/$1/script" "$PWD/$2" "$backend/$1/online" 1 \
        "$backend/$1/hotplug-status" '' "$backend/$1/state" 2
}
# removed ID: by the toolstack, after its backend has closed it
removed() { xs write "$backend/$1/online" 0 "$backend/$1/state" 6; }
status_is() { [ "$(xs read "$backend/$1/hotplug-status" 2>/dev/null)" = "$2" ]; }
is_gone() { ! xs exists "$backend/$1"; }
said() { grep -qx "$1" said; }

: >said
rm -f go
script quick </dev/null
script bad <<'SH'
echo "no such luck"; exit 3
SH
script slow <<SH
until [ -e "$PWD/go" ]; do sleep 0.05; done
SH

start_xenstored --journal none
check_status 1 "domain 0 needs none" "$ZEROTH_BIN/xl" devd -F
xs write /local/domain/0/domid 7
device 1 slow
"$ZEROTH_BIN/xl" devd -F >devd.log 2>&1 &
devd_pid=$!
check_within 10 "it sees to what it finds" said 'begin add 1'

# One that hangs holds up nobody else.
device 2 quick
check_within 10 "beside that, another is set up" status_is 2 connected
device 3 bad
check_within 10 "a third fails" status_is 3 error
check "and says why" sh -c "'$ZEROTH_BIN/xenstore' read $backend/3/hotplug-error | grep -q 'bad ended with status 3'"
check "the log has what it printed" grep -q 'no such luck' devd.log
removed 2
check_within 10 "a fourth goes" is_gone 2
check "its script has undone it" said 'end remove 2'
check "the first goes on all the while" status_is 1 ''

# What is asked of a device while its script runs comes after that.
removed 1
sleep 0.5
check_fails "it is not undone before it is set up" said 'begin remove 1'
touch go
check_within 10 "but then" is_gone 1
check_equal "one after the other" "$(grep ' 1$' said | tr '\n' ,)" \
    "begin add 1,end add 1,begin remove 1,end remove 1,"

# Its end waits for what runs.
rm go
device 4 slow
check_within 10 "one that takes its time" said 'begin add 4'
kill "$devd_pid"
sleep 0.5
check "asked to end, it sees that through" kill -0 "$devd_pid"
device 5 quick
touch go
wait "$devd_pid"
check_equal "and ends well" $? 0
devd_pid=''
check "what ran is set up" status_is 4 connected
check "nothing else was begun" status_is 5 ''
"$ZEROTH_BIN/xl" devd -F >>devd.log 2>&1 &
devd_pid=$!
check_within 10 "which is the next one's" status_is 5 connected

# Many at once, but not all that a guest with many devices might have.
rm go
have() { [ "$(grep -c "^$2 add [1-4][0-9]$" said)" = "$1" ]; }
for id in $(seq 10 49); do device "$id" slow; done
check_within 20 "of forty, many run side by side" have 32 begin
sleep 0.5
check "and no more than that" have 32 begin
touch go
check_within 20 "the others come after" have 40 end
check_within 10 "the last of them too" status_is 49 connected

# Who will not wait for a script to end asks twice.
rm go
device 6 slow
check_within 10 "one that would never end" said 'begin add 6'
kill "$devd_pid"
sleep 0.5
kill "$devd_pid"
wait "$devd_pid"
check_equal "asked twice, it ends at once" $? 0
devd_pid=''
touch go
sleep 0.5
check_fails "and its script with it" said 'end add 6'
check "what was not done is the next one's" status_is 6 ''

checks_done
