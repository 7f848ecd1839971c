#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Events: who follows them misses none and sees none twice, whatever happens to xld.
. "$ZEROTH_SOURCE/tests/sim/lib.sh"

rm -f followed.txt
ids() { sed -n 's/.*"id":\([0-9]*\).*/\1/p' "$1"; }
kinds() { sed -n 's/.*"kind":"\([^"]*\)".*/\1/p' "$1" | tr '\n' ' '; }
lines() { [ "$(wc -l <followed.txt)" -ge "$1" ]; }

start_xld
make_kernel tiny.img
printf 'name = "tiny"\nkernel = "tiny.img"\nmemory = 16\n' >tiny.cfg

# The program and not the function, whose shell is all that would be ended.
"$ZEROTH_BIN/xl" events --json --since all --kinds domain >followed.txt 2>said.txt </dev/null &
follower=$!
check "a guest is created" xl create -q tiny.cfg
check_within 10 "its birth is told" lines 1
check "it is paused" xl pause tiny
check "and unpaused" xl unpause tiny
check_within 10 "which is told" lines 3
check_fails "a second of its name is refused" xl create -q tiny.cfg
check_within 10 "which is told" lines 4
check "it is destroyed" xl destroy tiny
check_within 10 "which is told" lines 5
check_equal "in the order in which it happened" "$(kinds followed.txt)" \
    "domain.created domain.paused domain.unpaused domain.create-failed domain.destroyed "

stop_xld KILL 2>/dev/null
start_xld
check "after xld was killed, another is created" xl create -q tiny.cfg
check_within 20 "which whoever followed is told" lines 6
check "xld is stopped in good order" stop_xld
start_xld
check "one more" xl create -q tiny.cfg 'name="other"'
# The machine ended with its xld, and the domain before with it: that is told first.
check_within 20 "is told as well, behind the end of the one before" lines 8
ids followed.txt >ids.txt
check "the ids rise" sort -n -c -u ids.txt
check "he still follows" kill $follower
wait $follower 2>/dev/null
check_equal "without a complaint" "$(cat said.txt)" ""

check "what is remembered is printed" sh -c '"$ZEROTH_BIN/xl" events --no-follow --kinds domain --json >all.txt'
check_equal "and it is what was seen" "$(cat all.txt)" "$(cat followed.txt)"
last=$(ids followed.txt | sed -n 4p)
check_equal "from an id on" "$(xl events --no-follow --json --kinds domain --since "$last" | wc -l)" 4
check_equal "of one domain" "$(xl events --no-follow --json other | grep -c domain.created)" 1
check_equal "of a domain that is not there, none" "$(xl events --no-follow --json nobody)" ""
check_equal "for people, it has a heading" \
    "$(xl events --no-follow | head -n 1 | awk '{ print $1, $3 }')" "ID Event"
check_status 2 "an id that is none is refused" xl events --since yesterday
stop_xld
check_fails "without xld it ends" xl events

# A host that has booted has an empty /run.
log=$(sed -n 's/.*"log":"\([0-9a-f]*\)".*/\1/p' followed.txt | head -n 1)
rm -r "$xld_folder/state"
start_xld
for name in one two three; do check "there is a guest" xl create -q tiny.cfg "name=\"$name\""; done
xl events --no-follow --json --kinds domain --since "$log.2" >reset.txt
check "who goes on behind an id of before is told so" grep -q "^{\"kind\":\"reset\",.*\"former\":\"$log\"}" reset.txt
check_equal "and misses nothing of what has happened since" "$(grep -c domain.created reset.txt)" 3
check "people too" sh -c '"$ZEROTH_BIN/xl" events --no-follow --since "$1.2" 2>&1 >/dev/null |
    grep "the host has booted since"' sh "$log"
new=$(sed -n 's/^{"kind":"reset","log":"\([0-9a-f]*\)".*/\1/p' reset.txt)
check_equal "an id of now is taken for what it is" \
    "$(xl events --no-follow --json --since "$new.2" | grep -c reset)" 0
checks_done
