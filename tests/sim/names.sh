#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Names of domains, changed behind xld's back: XenStore says who has which, at every moment.
. "$ZEROTH_SOURCE/tests/sim/lib.sh"

start_machine
start_xld
make_config one sim:linux
make_config two sim:linux
name_of() { printf '/local/domain/%s/name' "$1"; }
taken() { # NAME COMMAND…
    taken_name=$1
    shift
    "$@" >out.txt 2>err.txt && check_not_ok "$taken_name" "it worked" && return
    if grep -q 'has this name already' err.txt; then check_ok "$taken_name"; else
        check_not_ok "$taken_name" "said:" "$(cat out.txt err.txt)"; fi
}

check "a guest is created" xl create -q one.cfg
one=$(xl domid one)
taken "its name is taken" xl create -q one.cfg
check "somebody else gives it another name" xs write "$(name_of "$one")" three
check_equal "which leads to it at once" "$(xl domid three)" "$one"
check_fails "the old one does not" xl domid one
check "and is free" xl create -q one.cfg
taken "the other is not" xl create -q one.cfg 'name="three"'
check_equal "the newest has the name" "$(xl domid one)" "$((one + 1))"
check "somebody else swaps the two: the first" xs write "$(name_of "$one")" between
check "the second" xs write "$(name_of $((one + 1)))" three
check "and the first again" xs write "$(name_of "$one")" one
check_equal "one is now the first" "$(xl domid one)" "$one"
check_equal "three the second" "$(xl domid three)" "$((one + 1))"

check "one is destroyed" xl destroy one
check_fails "nobody has its name" xl domid one
check "which is free" xl create -q one.cfg
check "eight at once" sh -c 'for i in 1 2 3 4 5 6 7 8; do
    "$ZEROTH_BIN/xl" create -q two.cfg "name=\"at-once-$i\"" & pids="$pids $!"; done
    for pid in $pids; do wait $pid || exit 1; done'
for i in 1 2 3 4 5 6 7 8; do
    taken "the name of number $i is taken" xl create -q two.cfg "name=\"at-once-$i\""
done

uuid=$(xl uptime >/dev/null 2>&1; xs read "/local/domain/$(xl domid three)/vm" | sed 's|/vm/||')
"$ZEROTH_BIN/xl" create -q two.cfg "uuid=\"$uuid\"" >out.txt 2>err.txt
check "a UUID is taken too" grep -q 'has this UUID already' err.txt

kill -KILL "$store_pid"
wait "$store_pid" 2>/dev/null
store_pid=''
start_store
check "while xenstored is killed, names stay" xl domid three
check "one changes right after" xs write "$(name_of "$(xl domid three)")" four
check "and is found" xl domid four
taken "and taken" xl create -q two.cfg 'name="four"'

stop_xld KILL
check "while xld is away, a name changes" xs write "$(name_of "$(xs list /local/domain | tail -n 1)")" five
start_xld
check "the next knows it" xl domid five
taken "and keeps it" xl create -q two.cfg 'name="five"'
checks_done
