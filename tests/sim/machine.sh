#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The machine as a process of its own: xenstored and xld are its clients, and guests outlive both.
. "$ZEROTH_SOURCE/tests/sim/lib.sh"

start_machine --memory 1024 --cpus 2
start_xld
node_is() { [ "$(xs read "/local/domain/$1" 2>/dev/null)" = "$2" ]; }
state_is() { [ "$(xl list | awk -v name="$1" '$1 == name { print $5 }')" = "$2" ]; }
status() { xen_sim status | sed -n "s/^$1 //p"; }

check_equal "xld sees the machine's memory" "$(xl info total_memory)" 1024
free_at_first=$(status free-pages)
ports_at_first=$(status ports)
make_config one sim:linux 'on_poweroff = "preserve"'
check "a guest is created" xl create -q one.cfg
one=$(xl domid one)
check_within 10 "it speaks to xenstored over its ring" node_is "$one/control/feature-poweroff" 1

check "xld is killed" kill -KILL "$xld_pid"
wait "$xld_pid" 2>/dev/null
check_equal "the machine goes on" "$(status domains)" "0 $one"
check "the guest is told a key meanwhile" xs write "/local/domain/$one/control/sysrq" h
check_within 10 "which it takes" node_is "$one/control/sysrq" ""
start_xld
check "and runs when xld is back" state_is one -b----

check "xenstored is killed" kill -KILL "$store_pid"
wait "$store_pid" 2>/dev/null
store_pid=''
start_store
check "the guest's watches have outlived it" xs write "/local/domain/$one/control/shutdown" poweroff
check_within 10 "it ends as it is asked to" state_is one ---s--
check "it is destroyed" xl destroy one
check_within 10 "its memory is back" sh -c '[ "$("$1" --socket "$2" status | sed -n "s/^free-pages //p")" = "$3" ]' \
    - "$ZEROTH_BIN/xen-sim" "$machine" "$free_at_first"
check_equal "and its ports" "$(status ports)" "$ports_at_first"

check "a hypercall is to fail" xen_sim fail XEN_DOMCTL_max_vcpus ENOMEM
check_fails "a create that needs it fails" xl create -q one.cfg
check_equal "which names it" "$(xl create -q one.cfg 2>&1 | grep -c XEN_DOMCTL_max_vcpus)" 1
check "faults are cleared" xen_sim clear
check_equal "nothing was left behind" "$(status free-pages)" "$free_at_first"
check "the next create is to be the last of xld" xen_sim kill xld before 10
check_fails "its client is told" xl create -q one.cfg
wait "$xld_pid" 2>/dev/null
check_equal "xld was killed" $? 137
start_xld
check_equal "the next xld clears up" "$(status domains)" 0
check_equal "all of it" "$(status free-pages)" "$free_at_first"

check_fails "an unknown command is refused" xen_sim frobnicate
check_fails "an unknown error is refused" xen_sim fail map EWHAT
check_fails "a second machine at the socket is refused" "$ZEROTH_BIN/xen-sim" --socket "$machine"
check "the machine ends when asked" kill "$machine_pid"
wait "$machine_pid"
machine_pid=''
check_fails "and xld says that it is gone" xl create -q one.cfg
checks_done
