#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A guest from its config to its end, with the programs as users run them.
. "$ZEROTH_SOURCE/tests/sim/lib.sh"

start_xld
make_kernel tiny.img
cat >tiny.cfg <<'CFG'
name = "tiny"
kernel = "tiny.img"
memory = 16
vcpus = 2
CFG

column() { xl list | awk -v name="$1" -v column="$2" '$1 == name { print $column }'; }
free_memory() { xl info free_memory; }
free_at_first=$(free_memory)

check "a guest is created" xl create tiny.cfg
check_equal "and listed with its memory" "$(column tiny 3)" 16
# As on Xen: the guest itself turns on all but the first.
check_equal "and the vCPU that is online" "$(column tiny 4)" 1
check_equal "its name leads to its id" "$(xl domid tiny)" "$(column tiny 2)"
check_equal "and back" "$(xl domname "$(xl domid tiny)")" tiny
check_equal "each vCPU has a line" "$(xl vcpu-list tiny | grep -c '^tiny ')" 2
check "its memory is gone from the host" test "$(free_memory)" -le $((free_at_first - 16))
check_fails "a second of that name is refused" xl create tiny.cfg
check "it is paused" xl pause tiny
check_equal "which the list shows" "$(column tiny 5 | cut -c 3)" p
check "it is unpaused" xl unpause tiny
check "it is destroyed" xl destroy tiny
check_equal "and listed no more" "$(column tiny 1)" ""
check_equal "its memory is back" "$(free_memory)" "$free_at_first"
check_status 1 "it cannot be destroyed again" xl destroy tiny

check "another is created paused, from the command line's words" \
    xl create -p -q /dev/null 'name="other"' "kernel='$PWD/tiny.img'" memory=16
check_equal "it is paused" "$(column other 5 | cut -c 3)" p
check "two more at once" sh -c '
    "$ZEROTH_BIN/xl" create tiny.cfg "name=\"a\"" & "$ZEROTH_BIN/xl" create tiny.cfg "name=\"b\""; b=$?
    wait $! && [ $b = 0 ]'
for name in a b other; do check "$name is destroyed" xl destroy $name; done
check_equal "all memory is back" "$(free_memory)" "$free_at_first"
check "xld ends when asked" stop_xld
checks_done
