#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What becomes of guests that end: policies, restarts and their damping, an xld that is killed in the
# middle of it. The machine is a process of its own, so that guests outlive xld.
. "$ZEROTH_SOURCE/tests/sim/lib.sh"

start_machine
start_xld
events=$xld_folder/state/events

# guest NAME KERNEL LINE…: is created
guest() {
    make_config "$@"
    xl create -q "$1.cfg"
}
listed() { xl list 2>/dev/null | grep -qE "^$1 "; }
gone() { ! listed "$1"; }
state_is() { [ "$(xl list | awk -v name="$1" '$1 == name { print $5 }')" = "$2" ]; }
# told NAME KIND [CODE]: an event says so
told() { grep "\"kind\":\"$2\"" "$events" | grep "\"name\":\"$1\"" | grep -q "${3:-.}"; }
number() { xl list --json "$1" | awk -v key="\"$2\":" '$1 == key { gsub(/[^0-9]/, "", $2); print $2 }'; }
lives_at_least() { [ "$(number "$1" lives)" -ge "$2" ]; }
again() { stop_xld KILL; start_xld; }

guest off sim:poweroff
check_within 10 "poweroff destroys by default" gone off
check "and why is told" told off domain.shutdown poweroff
check "and what is done about it" told off domain.policy destroy
check "and that it is done" told off domain.destroyed
guest kept sim:poweroff 'on_poweroff = "preserve"'
check_within 10 "preserve leaves the domain" state_is kept ---s--
again
check "also with another xld" state_is kept ---s--
check_equal "which does not tell it again" "$(grep -c '"kind":"domain.shutdown".*"name":"kept"' "$events")" 1
check "until it is destroyed" xl destroy kept
guest dog sim:watchdog 'on_watchdog = "destroy"'
check_within 10 "a watchdog's end has its own policy" gone dog
guest soft sim:soft-reset 'on_reboot = "destroy"'
check_within 10 "soft-reset falls back on what on_reboot says" gone soft
check "and says so" told soft domain.policy "cannot reset"
guest old sim:crash,after=200 'on_crash = "rename-restart"'
check_within 20 "rename-restart keeps the crashed life under another name" \
    sh -c '"$ZEROTH_BIN/xl" list | grep -qE "^old-20[0-9]+T[0-9]+Z "'
check "and begins another" listed old
xl destroy old
for name in $(xl list | awk '/^old-/ { print $1 }'); do check "$name is destroyed" xl destroy "$name"; done

guest loop sim:reboot-loop,after=20
uuid=$(number loop uuid)
missing=0
for _ in $(seq 1 30); do listed loop || missing=$((missing + 1)); done
check_equal "a domain that reboots all the time is in every list" "$missing" 0
for _ in $(seq 1 30); do xl list --json loop >/dev/null || missing=$((missing + 1)); done
check_equal "and found by its name each time" "$missing" 0
check_within 10 "its restarts are slowed down, which is told" told loop domain.restart-damped
check_within 10 "it has had several lives" lives_at_least loop 3
metric() { curl -s --unix-socket "$ZEROTH_XLD_SOCKET" http://x/metrics | grep -q "$1"; }
check "which is counted" metric '^xld_domain_restarts_total{.*name="loop".*} [2-9]'
check "of all domains, too" metric '^xld_restarts_total{result="done"} [2-9]'
check "and why" metric '^xld_policies_total{reason="reboot",action="restart"} [2-9]'
check "and what was put off" metric '^xld_restarts_damped_total [1-9]'
check_within 10 "the list says that it restarts" sh -c '"$ZEROTH_BIN/xl" list --json loop | grep -q "\"restarting\": true"'
check_status 3 "its name is taken meanwhile" xl create -q loop.cfg
check_fails "it cannot be paused between two lives" xl pause loop
again
check "it is listed after xld was killed" listed loop
was=$(number loop lives)
check_within 30 "and restarted by the next xld" lives_at_least loop $((was + 1))
check_equal "with the same UUID" "$(number loop uuid)" "$uuid"
check "destroy ends the loop" xl destroy loop
check "for good" sh -c '! grep -q "^[^ ].*\"name\":\"loop\"" "$1"' sh "$xld_folder/state/records"
check "it is listed no more" gone loop

guest late sim:linux
id=$(xl domid late)
check_within 10 "a guest is up" xs read "/local/domain/$id/control/feature-poweroff"
stop_xld KILL
check "it ends while there is no xld" xen_sim end "$id" poweroff
start_xld
check_within 10 "what ended while xld was not there is acted on" gone late
check_equal "nobody was taken for somebody else's" "$(grep -c domain.adopted "$events")" 0

guest lost sim:linux
stop_xld KILL
rm "$xld_folder/state/records"
start_xld
check_within 10 "a domain without a record is adopted" told lost domain.adopted
check "and listed so" sh -c '"$ZEROTH_BIN/xl" list --json lost | grep -q "\"adopted\": true"'
check "it can be destroyed" xl destroy lost

# Two at once on one domain.
guest both sim:linux
xl destroy both &
xl destroy both >both.txt 2>&1
wait $!
check "of two destroys at once, one does it and the other is told" gone both

# Eight creates at once are not held up by each other.
for i in 1 2 3 4 5 6 7 8; do make_config "g$i" sim:linux; done
creates=''
for i in 1 2 3 4 5 6 7 8; do
    xl create -q "g$i.cfg" &
    creates="$creates $!"
done
# shellcheck disable=SC2086
wait $creates # and not for xld
check_equal "eight creates at once" "$(xl list | grep -c '^g[1-8] ')" 8
# Asked to end.
check "a reboot is waited for" xl reboot -w g1
check_within 10 "it lives again" lives_at_least g1 2
check_within 10 "and is up" sh -c '"$ZEROTH_BIN/xenstore" read "/local/domain/$("$ZEROTH_BIN/xl" domid g1)/control/feature-poweroff"'
id=$(xl domid g2)
check_equal "a shutdown is told in the reference's words" "$(xl shutdown -ww g2 2>&1)" \
    "$(printf '%s\n' "Shutting down domain $id" "Waiting for 1 domains" \
        "Domain $id has been shut down, reason code 0" "Domain $id has been destroyed")"
guest deaf sim:ignore-shutdown
guest hung sim:hang
check_status 1 "a guest that does nothing is not waited for for ever" xl shutdown --timeout=1 hung
check_status 1 "nor one that takes note and stays" xl shutdown -w --timeout=2 deaf
check_status 1 "an unknown one is a failure" xl shutdown nosuch
for name in deaf hung; do xl destroy $name; done
check "all are asked at once" xl shutdown -a -w
check_within 10 "and none is left" sh -c '[ "$("$ZEROTH_BIN/xl" list | wc -l)" = 2 ]'
check_equal "of nobody there is nothing to wait for" "$(xl shutdown -a -w 2>&1)" "Waiting for 0 domains"
check_equal "no record is left" "$(records)" 0
checks_done
