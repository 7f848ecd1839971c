#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What xld does when /run, where it keeps its state, is full: guests go on, what cannot be written down
# is not begun, and all is as before once there is room.
if [ -z "$ZEROTH_UNSHARED" ]; then
    how=''
    for try in -m -rm; do
        [ -n "$how" ] || ! unshare $try mount -t tmpfs none /mnt 2>/dev/null || how=$try
    done
    [ -n "$how" ] || {
        echo "no file system can be mounted here"
        exit 77
    }
    ZEROTH_UNSHARED=1 exec unshare $how "$0"
fi
. "$ZEROTH_SOURCE/tests/sim/lib.sh"

state=$xld_folder/state
mkdir "$state"
mount -t tmpfs -o size=512k none "$state" || exit 1
fill() { dd if=/dev/zero of="$state/filler" bs=4k 2>/dev/null; }
make_room() { rm -f "$state/filler"; }
# What there was is looked at before the file system goes.
trap 'full_result=$?; [ -z "$xld_pid" ] || { kill "$xld_pid" && wait "$xld_pid"; xld_pid=""; }
    umount "$state"; (exit $full_result); sim_at_exit' EXIT

start_machine
start_xld
up() { xs read "/local/domain/$(xl domid "$1")/control/feature-poweroff"; }
lives() { xl list --json "$1" | awk '$1 == "\"lives\":" { gsub(/[^0-9]/, "", $2); print $2 }'; }
lives_at_least() { [ "$(lives "$1")" -ge "$2" ]; }
make_config web sim:linux
make_config late sim:linux
check "a guest is created" xl create -q web.cfg
check_within 10 "it is up" up web

fill
for action in pause unpause; do check "with /run full it can be ${action}d" xl $action web; done
check "it is listed" xl list web
check "it is renamed" xl rename web shop
# Its last page may have room for a record or two.
made=0
while [ $made -lt 20 ] && xl create -q late.cfg "name=\"late$made\"" 2>late.txt; do made=$((made + 1)); done
check "others cannot be created" test $made -lt 20
check "which is said" grep -q "No space left on device" late.txt
check_equal "and leaves nothing" "$(xl list | grep -c '^late')" $made
while [ $made -gt 0 ]; do made=$((made - 1)) && check "one that could is destroyed" xl destroy late$made; done
check "metrics are there" sh -c 'curl -s --unix-socket "$ZEROTH_XLD_SOCKET" http://x/metrics | grep -q "^xld_consoles 1"'
id=$(xl domid shop)
check "it is asked to reboot" xl reboot shop
check_within 20 "and lives again" lives_at_least shop 2
check_within 10 "which is up" up shop
check "events go on" sh -c '"$ZEROTH_BIN/xl" events --no-follow | grep -q domain.restarted'
check_within 10 "its console is logged" grep -q 'up: linux' "$xld_folder/consoles/guest-shop.log"

stop_xld KILL 2>/dev/null
start_xld
check "an xld that starts then serves" xl list shop
check "the guest can be paused" xl pause shop
check "and unpaused" xl unpause shop
check_equal "it is another life, and runs" "$([ "$(xl domid shop)" != "$id" ] && echo yes)" yes

make_room
check "with room again another is created" xl create -q late.cfg
check_within 10 "it is up" up late
check_within 15 "events are written again" sh -c "'$ZEROTH_BIN/xl' pause late; '$ZEROTH_BIN/xl' unpause late
    grep -q domain.unpaused '$state/events'"
stop_xld KILL 2>/dev/null
start_xld
check "and outlive xld" sh -c '"$ZEROTH_BIN/xl" events --no-follow --since all | grep -q domain.unpaused'
for name in shop late; do check "$name is destroyed" xl destroy $name; done
check_equal "nothing is left" "$(records)" 0
checks_done
