#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Simulated guests: each does what its name says, as XenStore and the list show it.
. "$ZEROTH_SOURCE/tests/sim/lib.sh"

start_xld
# So that there is something to look at after a guest's end.
keep=$(printf 'on_poweroff = "preserve"\non_crash = "preserve"')
node() { xs read "/local/domain/$1" 2>/dev/null; }
node_is() { [ "$(node "$1")" = "$2" ]; }
state() { xl list | awk -v name="$1" '$1 == name { print $5 }'; }
state_is() { [ "$(state "$1")" = "$2" ]; }
memory_is() { [ "$(xl list | awk -v name="$1" '$1 == name { print $3 }')" = "$2" ]; }
vcpus_are() { [ "$(xl list | awk -v name="$1" '$1 == name { print $4 }')" = "$2" ]; }
# What is put into a guest's tree, as the toolstack does it.
tell() { xs write "/local/domain/$1" "$2"; }

check_equal "domain 0 has its name" "$(xs read /local/domain/0/name)" Domain-0

make_config one sim:linux 'vcpus = 3' "$keep"
check "a guest that boots is created" xl create -q one.cfg
one=$(xl domid one)
check_within 10 "it says what it can do" node_is "$one/control/feature-poweroff" 1
check_within 10 "it turns all its vCPUs on" vcpus_are one 3
check "one is taken away" tell "$one/cpu/2/availability" offline
check_within 10 "which it obeys" vcpus_are one 2
check "its memory is to shrink" tell "$one/memory/target" 8192
check_within 10 "which it obeys, too" memory_is one 8
check "and to grow" tell "$one/memory/target" 16384
check_within 10 "and that" memory_is one 16
check "it is asked to end" tell "$one/control/shutdown" poweroff
check_within 10 "it takes the word away" node_is "$one/control/shutdown" ""
check_within 10 "and ends" state_is one ---s--
check "it is destroyed" xl destroy one

make_config two sim:linux "$keep"
check "another is created" xl create -q two.cfg
two=$(xl domid two)
check_within 10 "it is up" node_is "$two/control/feature-poweroff" 1
check "xenstored is killed" kill -KILL "$store_pid"
wait "$store_pid" 2>/dev/null
store_pid=''
start_store
check "and started anew: the guest is told a key" tell "$two/control/sysrq" c
check_within 10 "and crashes" state_is two ---sc-
check "it is destroyed" xl destroy two

make_config crash sim:crash,after=0 "$keep"
check "one that crashes is created" xl create -q crash.cfg
check_within 10 "it crashes" state_is crash ---sc-
make_config deaf sim:ignore-shutdown
check "one that ignores its orders is created" xl create -q deaf.cfg
deaf=$(xl domid deaf)
check_within 10 "it is up" node_is "$deaf/control/feature-poweroff" 1
check "it is asked to end" tell "$deaf/control/shutdown" poweroff
make_config hung sim:hang
check "one that does nothing is created" xl create -q hung.cfg
check_fails "it never says what it can do" node_is "$(xl domid hung)/control/feature-poweroff" 1
make_config off sim:poweroff,after=50 "$keep"
check "one that ends by itself is created" xl create -q off.cfg
check_within 10 "it ends" state_is off ---s--
check "the one that ignores its orders still runs" state_is deaf -b----
check_equal "and has not taken the word away" "$(node "$deaf/control/shutdown")" poweroff

make_config odd sim:windows
check_fails "a guest that is not there is refused" xl create -q odd.cfg
check_equal "and those that are there are named" \
    "$(xl create -q odd.cfg 2>&1 | grep -c 'there are linux, chatter, crash, hang')" 1
make_config odd sim:crash,before=5
check_equal "so is an option" "$(xl create -q odd.cfg 2>&1 | grep -c 'only after=NUMBER')" 1
for name in crash deaf hung off; do check "$name is destroyed" xl destroy $name; done

# A host without xenstored.
kill "$store_pid" && wait "$store_pid"
store_pid=''
"$ZEROTH_BIN/xld" --hypervisor=sim --socket="$xld_folder/other" >refused.log 2>&1
check_equal "without xenstored xld does not start" $? 1
check "and says how to start one" grep -q "xenstored --no-xen --socket $XENSTORED_PATH" refused.log
checks_done
