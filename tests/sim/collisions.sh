#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# What gets into each other's way: two actions at once on one domain, an action on one that is dying,
# two xlds, sockets that are stale or none.
# shellcheck source=tests/sim/lib.sh
. "$ZEROTH_SOURCE/tests/sim/lib.sh"

start_machine
start_xld
ask() { curl -s -m 30 --unix-socket "$ZEROTH_XLD_SOCKET" "$@"; }
status() { ask -o /dev/null -w '%{http_code}\n' "$@"; }
post() { status -X POST "http://x/v1/domains/$1"; }
# at_once COUNT COMMAND…: so many of them, and the lines that they print
at_once() {
    local count=$1 i
    shift
    for ((i = 0; i < count; i++)); do "$@" & done >statuses.txt
    for i in $(jobs -p); do
        [ "$i" = "$xld_pid" ] || [ "$i" = "$store_pid" ] || [ "$i" = "$machine_pid" ] || wait "$i"
    done
}
# only STATUS…: nothing else was answered, and every request was
only() {
    local known
    known=$(printf '%s\n' "$@")
    ! grep -vxF "$known" statuses.txt
}

make_config tiny sim:linux
check "a guest is created" xl create -q tiny.cfg
id=$(xl domid tiny)
pause_and_unpause() {
    post tiny/pause
    post tiny/unpause
}
at_once 20 pause_and_unpause
check_equal "twenty pause it and let it go at once: all are answered" "$(wc -l <statuses.txt)" 40
check "each is done or told to wait" only 204 409
check_equal "it is as it was before" "$(xl list tiny | awk 'NR == 2 { print substr($5, 3, 1) }')" "-"
rename() { status -X PUT -H 'Content-Type: application/json' -d "{\"name\":\"$1\"}" "http://x/v1/domains/$id/name"; }
rename_to_any() { rename "name$BASHPID"; }
at_once 10 rename_to_any
check "ten rename it at once" only 204 409
check_equal "it has one name" "$(xl list | grep -c '^name')" 1
check_equal "and Xen's, XenStore's and xld's are the same" "$(xs read "/local/domain/$id/name")" "$(xl domname "$id")"
check_equal "so is its log's" "$(find "$xld_folder/consoles" -name 'guest-name*.log')" \
    "$xld_folder/consoles/guest-$(xl domname "$id").log"
destroy() { status -X DELETE "http://x/v1/domains/$id"; }
at_once 8 destroy
check "eight destroy it at once: it is gone, or somebody is at it" only 204 404 409
check "one of them has done it" grep -qx 204 statuses.txt
check_equal "nothing of it is left" "$(xs list /local/domain 2>/dev/null | grep -vx 0)" ""
create() {
    xl create -q tiny.cfg
    echo $?
} 2>/dev/null
at_once 6 create
check_equal "of six creates of one name one is done" "$(grep -cx 0 statuses.txt)" 1
check_equal "and there is one" "$(xl list | grep -c '^tiny ')" 1
create_and_destroy() {
    xl create -q tiny.cfg
    xl destroy tiny
    echo 0
} 2>/dev/null
xl destroy tiny
at_once 6 create_and_destroy
xl destroy tiny 2>/dev/null
check_within 10 "creates and destroys of one name leave nothing" sh -c '! "$ZEROTH_BIN/xl" list | grep -q "^tiny "'
check_equal "not even a record" "$(records)" 0

# Who holds a mapping of a domain's memory keeps it from going: here, an xld that is stopped.
check "a guest is created" xl create -q tiny.cfg
id=$(xl domid tiny)
kill -STOP "$xld_pid"
other=$xld_folder/other
"$ZEROTH_BIN/xld" --hypervisor="sim@$machine" --socket="$other" --state-dir="$xld_folder/other-state" \
    --userdata-dir="$xld_folder/userdata" --console-log-dir="$xld_folder/consoles" >>other.log 2>&1 </dev/null &
other_pid=$!
mine=$ZEROTH_XLD_SOCKET
export ZEROTH_XLD_SOCKET=$other
check_within 20 "another xld is there" xl list
check "which destroys it" xl destroy tiny
check "it is dying" sh -c '"$ZEROTH_BIN/xl" list --json "$1" | grep -q "\"dying\": true"' sh "$id"
for action in pause unpause; do
    check_equal "what is dying is not to be ${action}d" "$(status -X POST "http://x/v1/domains/$id/$action")" 409
done
check "and that is said" sh -c "! '$ZEROTH_BIN/xl' pause $id 2>err.txt && grep -q 'is dying' err.txt"
check_equal "to destroy it again changes nothing" "$(status -X DELETE "http://x/v1/domains/$id")" 204
check_equal "and is told once" "$(grep -c '"kind":"domain.destroyed"' "$xld_folder/other-state/events")" 1
check_equal "nor given memory" \
    "$(status -X PUT -H 'Content-Type: application/json' -d '{"max":16384}' "http://x/v1/domains/$id/memory")" 409
check_equal "it has no name any more" "$(status -X POST http://x/v1/domains/tiny/pause)" 404
check "another of the name can be made meanwhile" xl create -q tiny.cfg
check "and ended" xl destroy tiny
kill "$other_pid"
wait "$other_pid"
kill -CONT "$xld_pid"
export ZEROTH_XLD_SOCKET=$mine
check_within 15 "once nobody holds it, it goes" sh -c '[ "$("$ZEROTH_BIN/xl" list | wc -l)" = 2 ]'

# Sockets.
again() { "$ZEROTH_BIN/xld" --hypervisor=sim --socket="$1" --state-dir="$2" >again.log 2>&1; }
check_fails "a socket is one xld's" again "$ZEROTH_XLD_SOCKET" "$xld_folder/third"
check "which is said" grep -q "another xld serves it" again.log
check_fails "so is a folder of states" again "$xld_folder/third.sock" "$xld_folder/state"
check "which is said, too" grep -q "another xld works there" again.log
check "the first is not disturbed" xl list
stop_xld KILL 2>/dev/null
check "one that was killed leaves its socket" test -S "$ZEROTH_XLD_SOCKET"
start_xld
check "which the next takes for what it is" xl list
echo precious >file.txt
check_fails "a file is not taken for a socket" again "$PWD/file.txt" "$xld_folder/third"
check_equal "and left alone" "$(cat file.txt)" precious
checks_done
